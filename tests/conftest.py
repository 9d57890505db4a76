"""What every test may ask for, and the last lines of the report."""

from typing import Any

import pytest

from tests.support import used

pytest_plugins = ["tests.support.kafka", "tests.support.postgres"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    used.hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    used.take(node.config, getattr(node, "workeroutput", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in used.lines(config):
        terminalreporter.write_line(f"used: {line}")
