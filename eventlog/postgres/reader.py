"""Reading the PostgreSQL log: one active reader per group, under an advisory lock."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from eventlog import direct
from eventlog.failures import OutOfRange
from eventlog.postgres.errors import expected_as_connection_error
from eventlog.postgres.producer import CHANNEL
from eventlog.topics import WrongTopic
from eventlog.transport import Health, Place, Record, Revoked

_STANDBY_SECONDS = 0.5

_HEADS = "SELECT topic, low, head FROM head WHERE topic = ANY ($1::text[])"
_READ = """
SELECT r.topic, r.position, r.key, r.body
FROM unnest($1::text[], $2::bigint[]) AS wanted (topic, position) CROSS JOIN LATERAL (
    SELECT l.topic, l.position, l.key, l.body FROM log_record AS l
    WHERE l.topic = wanted.topic AND l.position >= wanted.position
    ORDER BY l.position LIMIT $3
) AS r ORDER BY r.topic, r.position
"""
log = logging.getLogger(__name__)


class PostgresReader:
    """`url` is the log's database and must bypass any pooler: the group's lock is the session's."""

    def __init__(self, url: str) -> None:
        self._url = direct.url_of(url)
        self._connection: Any = None
        self._topics: tuple[str, ...] = ()
        self._group = ""
        self._revoked: Revoked | None = None
        self._ours = False
        self._next: dict[Place, int] = {}
        self._woken = asyncio.Event()
        self._trouble = "not started"

    async def start(self, topics: Sequence[str], group: str, revoked: Revoked) -> None:
        self._topics, self._group, self._revoked = tuple(topics), group, revoked
        await self._connected()
        await self._take_over()

    async def log_id(self) -> str:
        with expected_as_connection_error():
            connection = await self._connected()
            log_id = await connection.fetchval("SELECT id FROM log")
        return f"postgres:{log_id}"

    def assigned(self) -> frozenset[Place]:
        return frozenset(Place(topic, 0) for topic in self._topics) if self._ours else frozenset()

    def seek(self, place: Place, offset: int) -> bool:
        if place not in self.assigned():
            return False
        self._next[place] = offset
        return True

    async def fetch(self, wait: float, limit: int) -> Mapping[Place, Sequence[Record]]:
        await self._connected()
        if not self._ours and not await self._take_over():
            await asyncio.sleep(max(wait, _STANDBY_SECONDS))
            return {}
        self._woken.clear()
        with expected_as_connection_error():
            found = await self._read(limit)
        if found:
            return found
        try:
            async with asyncio.timeout(wait):
                await self._woken.wait()
        except TimeoutError:
            return {}
        with expected_as_connection_error():
            return await self._read(limit)

    async def bounds(self, places: Collection[Place]) -> Mapping[Place, tuple[int, int]]:
        with expected_as_connection_error():
            connection = await self._connected()
            rows = await connection.fetch(_HEADS, [place.topic for place in places])
        found = {Place(row["topic"], 0): (row["low"], row["head"]) for row in rows}
        if found.keys() != set(places):
            raise WrongTopic(f"not in the log: {sorted(set(places) - found.keys())}")
        return found

    def note(self, positions: Mapping[Place, int]) -> None:
        """Nothing: the lag is the head less the position each service keeps itself."""

    async def stop(self) -> None:
        self._trouble = "stopped"
        connection, self._connection = self._connection, None
        self._ours = False
        self._next.clear()
        if connection is not None:
            await direct.hang_up(connection)

    def health(self) -> Health:
        return Health("postgres", not self._trouble, self._trouble)

    async def _connected(self) -> Any:
        """The session; a new one, without the lock, where the old one died."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        if self._ours:
            self._ours = False
            self._next.clear()
            if self._revoked is not None:
                await self._revoked([Place(topic, 0) for topic in self._topics])
        self._trouble = "not connected"
        with expected_as_connection_error():
            self._connection = await direct.connect(self._url, name=f"read {self._group}")
            await self._connection.add_listener(CHANNEL, lambda *_: self._woken.set())
        self._trouble = ""
        return self._connection

    async def _take_over(self) -> bool:
        with expected_as_connection_error():
            self._ours = await self._connection.fetchval(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"group {self._group}"
            )
        return self._ours

    async def _read(self, limit: int) -> Mapping[Place, Sequence[Record]]:
        wanted = dict(self._next)
        heads = await self._connection.fetch(_HEADS, [place.topic for place in wanted])
        for row in heads:
            at = wanted[Place(row["topic"], 0)]
            if not row["low"] <= at <= row["head"]:
                raise OutOfRange(
                    f"{row['topic']} holds {row['low']} to {row['head']}, this service is at {at}"
                )
        news = [row["topic"] for row in heads if row["head"] > wanted[Place(row["topic"], 0)]]
        if not news:
            return {}
        rows = await self._connection.fetch(
            _READ, news, [wanted[Place(topic, 0)] for topic in news], limit
        )
        found: dict[Place, list[Record]] = {}
        for row in rows:
            record = Record(row["topic"], 0, row["position"], row["key"], row["body"])
            found.setdefault(Place(record.topic, 0), []).append(record)
        for place, records in found.items():
            if self._next.get(place) == wanted[place]:
                self._next[place] = records[-1].offset + 1
        return found
