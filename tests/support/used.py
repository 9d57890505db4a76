"""Which real servers a test session used; the end of pytest's report names them."""

import pytest

_USED = pytest.StashKey[dict[str, str]]()
_FROM_WORKER = "shenguan_used"


def note(config: pytest.Config, name: str, what: str) -> None:
    """`name` is PostgreSQL or Kafka, `what` its version and where it came from."""
    config.stash.setdefault(_USED, {})[name] = what


def hand_over(config: pytest.Config) -> None:
    """At the end of one of several workers: what it used goes to the report's process."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_FROM_WORKER] = config.stash.get(_USED, {})


def take(config: pytest.Config, workeroutput: dict[str, dict[str, str]]) -> None:
    """What a worker handed over."""
    for name, what in workeroutput.get(_FROM_WORKER, {}).items():
        note(config, name, what)


def lines(config: pytest.Config) -> list[str]:
    return [f"{name} {what}" for name, what in sorted(config.stash.get(_USED, {}).items())]
