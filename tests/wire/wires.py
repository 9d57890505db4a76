"""The two transports as the same test bodies see them."""

import asyncio
import itertools
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import asyncpg

from eventlog import kafka, postgres
from eventlog.envelope import Envelope
from eventlog.topics import Topic
from eventlog.transport import Message, Place, Producer, Published, Reader, Record
from tests.wire.part import Part

DAY_MS = 86_400_000


class Wire(Protocol):
    """One log with topics of its own for each test."""

    async def topic(self, *, partitions: int = 3) -> str:
        """A fresh topic; the PostgreSQL log gives it one partition whatever is asked."""
        ...

    def producer(self) -> Producer: ...

    def reader(self) -> Reader: ...


@dataclass
class KafkaWire:
    config: kafka.KafkaConfig
    _session: str = field(default_factory=lambda: secrets.token_hex(3))
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def topic(self, *, partitions: int = 3) -> str:
        name = f"wire-{self._session}-{next(self._numbers)}.v1"
        await kafka.ensure(self.config, [Topic(name, partitions, DAY_MS)])
        return name

    def producer(self) -> Producer:
        return kafka.KafkaProducer(self.config)

    def reader(self) -> Reader:
        return kafka.KafkaReader(self.config, session_timeout_ms=6_000)


@dataclass
class PostgresWire:
    url: str
    owner_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def topic(self, *, partitions: int = 3) -> str:
        name = f"wire-{next(self._numbers)}.v1"
        await postgres.ensure(self.url, [Topic(name, partitions, DAY_MS)])
        return name

    def producer(self) -> Producer:
        return postgres.PostgresProducer(self.url)

    def reader(self) -> Reader:
        return postgres.PostgresReader(self.url)

    async def do(self, sql: str) -> None:
        connection = await asyncpg.connect(self.owner_url)
        await connection.execute(sql)
        await connection.close()


async def records(wire: Wire, topic: str, *, at_least: int) -> list[Record]:
    """What stands on a topic, read from its start; waits for `at_least` of them."""
    reader = wire.reader()
    await reader.start([topic], f"probe-{secrets.token_hex(4)}", _not_interested)
    found: list[Record] = []
    sought: set[Place] = set()
    try:
        async with asyncio.timeout(20):
            while len(found) < at_least or (await _left(reader, found, sought)):
                for place in reader.assigned() - sought:
                    reader.seek(place, 0)
                    sought.add(place)
                for some in (await reader.fetch(0.1, 1000)).values():
                    found.extend(some)
    finally:
        await reader.stop()
    return found


async def _left(reader: Reader, found: Sequence[Record], places: Collection[Place]) -> bool:
    bounds = await reader.bounds(places) if places else {}
    reached = {Place(one.topic, one.partition): one.offset + 1 for one in found}
    return any(end > max(first, reached.get(place, 0)) for place, (first, end) in bounds.items())


async def _not_interested(places: Collection[Place]) -> None:
    return None


def sequences(found: Sequence[Record], key: str) -> list[int]:
    """The sequences of a key's records, in the order they stand on the topic."""
    return [Envelope.from_bytes(one.value).sequence for one in found if one.key == key]


@dataclass
class CutAfterPublishing:
    """A producer during whose first publish the relay's own session dies."""

    inner: Producer
    part: Part
    application: str
    cuts: int = 1

    async def start(self) -> None:
        await self.inner.start()

    async def publish(self, messages: Sequence[Message]) -> Published:
        published = await self.inner.publish(messages)
        if self.cuts:
            self.cuts -= 1
            assert await self.part.cut(self.application) == 1
        return published

    async def prune(self) -> int:
        return await self.inner.prune()

    async def stop(self) -> None:
        await self.inner.stop()

    def health(self):
        return self.inner.health()
