"""What every test may ask for, and the last lines of the report."""

import pytest

from tests.support import used

pytest_plugins = ["tests.support.kafka", "tests.support.postgres"]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in used.lines(config):
        terminalreporter.write_line(f"used: {line}")
