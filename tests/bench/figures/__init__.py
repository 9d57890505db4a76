"""What is measured, a module for each line of the table."""

from tests.bench.figures import beside, deciding, footprint, growing, loop, relaying

FIGURES = {
    "deciding": deciding.measure,
    "loop": loop.measure,
    "relay": relaying.measure,
    "growing": growing.measure,
    "footprint": footprint.measure,
    "beside": beside.measure,
}
