"""Topics as they must be, and the check that they are: nothing is created by accident."""

from dataclasses import dataclass
from typing import Protocol


class Spec(Protocol):
    """What `ensure` reads of a topic; `contracts.topics` lists ours."""

    @property
    def name(self) -> str: ...
    @property
    def partitions(self) -> int: ...
    @property
    def retention_ms(self) -> int | None: ...
    @property
    def compacted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    partitions: int
    retention_ms: int | None = None
    """None keeps for ever."""
    compacted: bool = False


class WrongTopic(Exception):
    """A topic exists and is not as it must be; starting on it would break order or lose events."""


def check(spec: Spec, *, partitions: int, compacted: bool, retention_ms: int | None) -> None:
    """Raises WrongTopic naming what differs; longer retention than asked is fine."""
    if partitions != spec.partitions:
        raise WrongTopic(f"{spec.name} has {partitions} partitions, must have {spec.partitions}")
    if compacted != spec.compacted:
        raise WrongTopic(f"{spec.name} must {'' if spec.compacted else 'not '}be compacted")
    if retention_ms is None or spec.compacted:
        return
    if spec.retention_ms is None or retention_ms < spec.retention_ms:
        raise WrongTopic(f"{spec.name} keeps {retention_ms} ms, must keep {spec.retention_ms}")
