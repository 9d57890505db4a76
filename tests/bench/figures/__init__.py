"""What is measured, a module for each line of the table."""

from tests.bench.figures import deciding, loop, relaying

FIGURES = {
    "deciding": deciding.measure,
    "loop": loop.measure,
    "relay": relaying.measure,
}
