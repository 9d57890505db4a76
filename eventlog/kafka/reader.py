"""Reading Kafka as a member of a group, from positions that are not Kafka's."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    IllegalStateError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from eventlog.failures import OutOfRange, told
from eventlog.kafka import clients
from eventlog.kafka.clients import UNREACHABLE, quietly
from eventlog.kafka.config import KafkaConfig
from eventlog.transport import Health, Place, Record, Revoked

_COMMIT_SECONDS = 3.0

log = logging.getLogger(__name__)


class KafkaReader:
    """Classic group protocol; committed offsets are told beside the work, for lag alone.

    There is no reset policy: a place that was not sought delivers nothing, and a position the
    broker does not hold raises OutOfRange instead of jumping.
    """

    def __init__(self, config: KafkaConfig, *, session_timeout_ms: int = 10_000) -> None:
        self._config = config
        self._session_timeout_ms = session_timeout_ms
        self._client: Any = None
        self._admin: Any = None
        self._assigned: frozenset[Place] = frozenset()
        self._sought: dict[Place, int] = {}
        self._noted: dict[Place, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._trouble = "not started"

    async def start(self, topics: Sequence[str], group: str, revoked: Revoked) -> None:
        admin = AIOKafkaAdminClient(**self._config.options())
        try:
            await clients.start(admin.start(), admin.close)
        except BaseException as error:
            self._trouble = told(error)
            raise
        client = self._member(group)
        client.subscribe(list(topics), listener=_Listener(self, revoked))
        try:
            await clients.start(client.start(), client.stop)
        except BaseException as error:
            self._trouble = told(error)
            await quietly(admin.close())
            raise
        self._client, self._admin, self._trouble = client, admin, ""

    async def log_id(self) -> str:
        # Asked of the admin: the consumer's own client drops the id from its metadata.
        try:
            cluster = await self._admin.describe_cluster()
        except UNREACHABLE as error:
            raise ConnectionError(told(error)) from error
        return f"kafka:{cluster['cluster_id']}"

    def assigned(self) -> frozenset[Place]:
        # Not aiokafka's own answer: that is the old assignment until a rebalance is over, and a
        # position sought on it is forgotten with it.
        return self._assigned

    def seek(self, place: Place, offset: int) -> bool:
        if place not in self._assigned:
            return False
        try:
            self._client.seek(TopicPartition(*place), offset)
        except IllegalStateError:  # the next rebalance has begun and has not yet told us
            return False
        self._sought[place] = offset
        return True

    async def fetch(self, wait: float, limit: int) -> Mapping[Place, Sequence[Record]]:
        try:
            got = await self._client.getmany(timeout_ms=int(wait * 1000), max_records=limit)
        except NoOffsetForPartitionError:  # assigned and not yet sought
            return {}
        except OffsetOutOfRangeError as error:
            self._check_range(error)
            return {}
        except UNREACHABLE as error:
            self._trouble = told(error)
            raise ConnectionError(told(error)) from error
        self._trouble = ""
        return {
            Place(tp.topic, tp.partition): [_record(message) for message in messages]
            for tp, messages in got.items()
            if Place(tp.topic, tp.partition) in self._sought
        }

    async def bounds(self, places: Collection[Place]) -> Mapping[Place, tuple[int, int]]:
        partitions = [TopicPartition(*place) for place in places]
        try:
            first = await self._client.beginning_offsets(partitions)
            last = await self._client.end_offsets(partitions)
        except UNREACHABLE as error:
            self._trouble = told(error)
            raise ConnectionError(told(error)) from error
        return {Place(tp.topic, tp.partition): (first[tp], last[tp]) for tp in partitions}

    def note(self, positions: Mapping[Place, int]) -> None:
        self._noted.update(positions)
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())

    async def stop(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        self._trouble = "stopped"
        await self._last_commit(client)
        self._assigned = frozenset()
        self._sought.clear()
        await quietly(client.stop())
        await quietly(self._admin.close())

    def health(self) -> Health:
        return Health("kafka", not self._trouble, self._trouble)

    def given(self, places: Collection[Place]) -> None:
        """The group has settled: these are ours, and none of them is sought yet."""
        self._assigned = frozenset(places)
        self._sought.clear()
        log.info("assigned %d places", len(places))

    async def taken(self, places: Collection[Place], revoked: Revoked) -> None:
        """Nothing is ours until the group has settled; the newest positions are told before."""
        self._assigned = frozenset()
        self._sought.clear()
        await revoked(places)
        await self._last_commit(self._client)

    def _member(self, group: str) -> Any:
        return AIOKafkaConsumer(
            **self._config.options(),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=self._session_timeout_ms,
            heartbeat_interval_ms=self._session_timeout_ms // 4,
            fetch_max_wait_ms=100,
            max_poll_interval_ms=300_000,
        )

    async def _commit(self) -> None:
        if self._client is not None:
            await _commit(self._client, self._noted)

    async def _last_commit(self, client: Any) -> None:
        if self._committing is not None:
            await asyncio.wait([self._committing], timeout=_COMMIT_SECONDS)
            self._committing.cancel()
            self._committing = None
        if client is not None and self._noted:
            await _commit(client, self._noted)

    def _check_range(self, error: OffsetOutOfRangeError) -> None:
        asked: dict[TopicPartition, int] = error.args[0]
        for tp, offset in asked.items():
            place = Place(tp.topic, tp.partition)
            if place in self._sought:
                raise OutOfRange(f"{place.topic}/{place.partition} no longer holds {offset}")


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, reader: KafkaReader, revoked: Revoked) -> None:
        self._reader = reader
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._reader.taken(_places(revoked), self._revoked)

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self._reader.given(_places(assigned))


def _places(partitions: Collection[TopicPartition]) -> list[Place]:
    return [Place(tp.topic, tp.partition) for tp in partitions]


async def _commit(client: Any, noted: dict[Place, int]) -> None:
    """Failing is no matter: the next commit, or the next owner, tells it again."""
    offsets = {TopicPartition(*place): offset for place, offset in noted.items()}
    noted.clear()
    try:
        async with asyncio.timeout(_COMMIT_SECONDS):
            await client.commit(offsets)
    except (*UNREACHABLE, TimeoutError) as error:
        log.debug("offsets were not told: %s", told(error))


def _record(message: Any) -> Record:
    # NUL cannot stand in PostgreSQL's text, and a foreign key is no reason to stand still.
    key = (message.key or b"").decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Record(message.topic, message.partition, message.offset, key, message.value or b"")
