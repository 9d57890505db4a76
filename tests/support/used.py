"""Which real servers a test session used; the end of pytest's report names them."""

import pytest

_USED = pytest.StashKey[dict[str, str]]()


def note(config: pytest.Config, name: str, what: str) -> None:
    """`name` is PostgreSQL or Kafka, `what` its version and where it came from."""
    config.stash.setdefault(_USED, {})[name] = what


def lines(config: pytest.Config) -> list[str]:
    return [f"{name} {what}" for name, what in config.stash.get(_USED, {}).items()]
