"""What is measured, a module for each line of the table."""

from tests.bench.figures import deciding

FIGURES = {"deciding": deciding.measure}
