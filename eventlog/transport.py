"""The seam between the event log's rules and what carries the bytes: Kafka or PostgreSQL."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """One ordered stream: a partition of a topic (PostgreSQL's topics have one, numbered 0)."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Message:
    """What the relay hands to a producer."""

    topic: str
    key: str
    value: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a reader hands to the consumer; `offset` rises within its place, with gaps."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """The first `confirmed` messages are durable; the rest may or may not be in the log."""

    confirmed: int
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the transport answers, for /readyz and an alarm; `detail` is for people."""

    name: str
    ok: bool
    detail: str = ""


class Producer(Protocol):
    """Appends to the log in the order given, at least once."""

    async def start(self) -> None:
        """Raises ConnectionError while the log cannot be reached."""
        ...

    async def publish(self, messages: Sequence[Message]) -> Published:
        """Send all, flush once. Never raises for the transport's own errors: see Published."""
        ...

    async def prune(self) -> int:
        """Forget what retention no longer asks for, where the log does not do so by itself."""
        ...

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


Revoked = Callable[[Collection[Place]], Awaitable[None]]


class Reader(Protocol):
    """Reads places from where the consumer says; owns no position that matters."""

    async def start(self, topics: Sequence[str], group: str, revoked: Revoked) -> None:
        """`revoked` is awaited before another reader may get these places.

        Raises ConnectionError while the log cannot be reached.
        """
        ...

    async def log_id(self) -> str:
        """Kafka's cluster id, or the log's uuid: positions are only good within one log."""
        ...

    def assigned(self) -> frozenset[Place]:
        """What this reader may read now; empty while another one of the group holds all."""
        ...

    def seek(self, place: Place, offset: int) -> bool:
        """The next fetch of this place starts there; what was fetched before is dropped.

        False, and nothing else, where the place was taken away meanwhile.
        """
        ...

    async def fetch(self, wait: float, limit: int) -> Mapping[Place, Sequence[Record]]:
        """Up to `limit` records in order per place; empty after `wait` seconds.

        Only places that were sought deliver. Raises OutOfRange, never jumps.
        """
        ...

    async def bounds(self, places: Collection[Place]) -> Mapping[Place, tuple[int, int]]:
        """First offset still held, and the one the next message will get."""
        ...

    def note(self, positions: Mapping[Place, int]) -> None:
        """Tell the log how far the group is, beside the work and for lag alone."""
        ...

    async def stop(self) -> None:
        """Give the places back; the newest noted positions are told first."""
        ...

    def health(self) -> Health: ...
