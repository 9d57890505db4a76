"""One transaction of a consumer: the position first, then inbox rows and effects.

The position row is moved by compare-and-set from where the fetch began. Its lock serialises two
owners of one place; the loser rolls back before it has done anything.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy.exc
from sqlalchemy import ARRAY, Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventlog import parking
from eventlog.envelope import Envelope
from eventlog.failures import Missing, Stopped, Trouble, told
from eventlog.parking import Handler
from eventlog.tables import EventTables
from eventlog.transport import Place, Record

_LOCK_NOT_AVAILABLE = "55P03"

_FIRST_TIMES = text(
    "INSERT INTO inbox (event_id) SELECT unnest(:ids) ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
"""One statement for a batch of any size; its text never changes, so it stays prepared."""

Told = Callable[[AsyncConnection], Awaitable[None]]
"""Runs in the transaction that remembers what it is told."""


class Lost(Exception):
    """Another owner has moved the position; what was fetched is not ours to apply."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The position row of one place."""

    position: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Effects:
    engine: AsyncEngine
    tables: EventTables
    handlers: Mapping[str, Handler]
    log_id: str
    now: Callable[[], datetime]
    holds_per_minute: int
    missing_bound: timedelta

    async def take(self, place: Place, begin: int, records: Sequence[Record]) -> int:
        """Applies the records in order, all or none; how many handlers ran.

        Raises Lost, whatever a handler raised, Unreadable, or the database's errors.
        """
        async with self._transaction() as connection:
            await self._move(connection, place, begin, records[-1].offset + 1)
            return await self._apply(connection, place.topic, records)

    async def set_aside(self, place: Place, begin: int, record: Record, error: Exception) -> None:
        """Parks a record that cannot be applied and holds its key.

        Raises Stopped instead when too many keys failed within a minute: then the release is at
        fault and not the events.
        """
        async with self._transaction() as connection:
            await self._move(connection, place, begin, record.offset + 1)
            now = self.now()
            if not isinstance(error, Missing):
                minute = now - timedelta(minutes=1)
                if await parking.dead_since(connection, self.tables, minute) >= (
                    self.holds_per_minute
                ):
                    raise Stopped(
                        f"{self.holds_per_minute} keys failed within a minute, last:"
                        f" {record.topic} {record.key}: {told(error)}"
                    ) from error
            await parking.hold(connection, self.tables, record, error, now=now)
            await parking.park(
                connection, self.tables, record, log_id=self.log_id, error=told(error)
            )

    async def free(self, topic: str, key: str) -> parking.Freed:
        """Tries a held key again in a transaction of its own."""
        async with self._transaction() as connection:
            return await parking.free(
                connection,
                self.tables,
                self.handlers,
                topic=topic,
                key=key,
                now=self.now(),
                bound=self.missing_bound,
            )

    async def waiting_for(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """Holds of these keys, on any topic, that wait for a cause."""
        async with self._alone() as connection:
            return await parking.missing_keys(connection, self.tables, keys=keys)

    async def due(self) -> list[tuple[str, str]]:
        """Holds that wait for a cause and are to be tried again by now."""
        async with self._alone() as connection:
            return await parking.missing_keys(connection, self.tables, due=self.now())

    async def stored(self, place: Place, *, first: int) -> Stored:
        """The place's position in this log; `first` where this log is new to the service."""
        row = self.tables.position
        this = (
            (row.c.log_id == self.log_id)
            & (row.c.topic == place.topic)
            & (row.c.partition == place.partition)
        )
        async with self._transaction() as connection:
            await connection.execute(
                insert(row)
                .values(
                    log_id=self.log_id,
                    topic=place.topic,
                    partition=place.partition,
                    position=first,
                )
                .on_conflict_do_nothing()
            )
            found = (
                await connection.execute(select(row.c.position, row.c.replayed_at).where(this))
            ).one()
        return Stored(found.position, found.replayed_at is not None)

    async def replayed(self, place: Place, tell: Told) -> None:
        """Remembers, once, that the place was read to the end it had, and tells it."""
        row = self.tables.position.c
        async with self._transaction() as connection:
            done = await connection.execute(
                update(self.tables.position)
                .where(
                    row.log_id == self.log_id,
                    row.topic == place.topic,
                    row.partition == place.partition,
                    row.replayed_at.is_(None),
                )
                .values(replayed_at=func.now())
                .returning(row.position)
            )
            if done.first() is not None:
                await tell(connection)

    async def _move(self, connection: AsyncConnection, place: Place, begin: int, end: int) -> None:
        row = self.tables.position.c
        try:
            moved = await connection.execute(
                update(self.tables.position)
                .where(
                    row.log_id == self.log_id,
                    row.topic == place.topic,
                    row.partition == place.partition,
                    row.position == begin,
                )
                .values(position=end, moved_at=func.now())
            )
        except sqlalchemy.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise Trouble("another owner holds the position") from error
            raise
        if moved.rowcount != 1:
            raise Lost(f"{place.topic}/{place.partition} is no longer at {begin}")

    async def _apply(
        self, connection: AsyncConnection, topic: str, records: Sequence[Record]
    ) -> int:
        known = [
            (record, envelope)
            for record in records
            if (envelope := Envelope.from_bytes(record.value)).type in self.handlers
        ]
        if not known:
            return 0
        keys = {record.key for record, _ in known}
        held = await parking.held(connection, self.tables, topic, sorted(keys))
        if held:
            await self._park(connection, [pair for pair in known if pair[0].key in held])
            known = [pair for pair in known if pair[0].key not in held]
        fresh = await self._first_times(connection, [envelope.id for _, envelope in known])
        applied = 0
        for _, envelope in known:
            if envelope.id in fresh:
                fresh.remove(envelope.id)
                await self.handlers[envelope.type](connection, envelope)
                applied += 1
        return applied

    async def _park(
        self, connection: AsyncConnection, waiting: Sequence[tuple[Record, Envelope]]
    ) -> None:
        inbox = self.tables.inbox.c.event_id
        done = set(
            await connection.scalars(
                select(inbox).where(inbox.in_([envelope.id for _, envelope in waiting]))
            )
        )
        for record, envelope in waiting:
            if envelope.id not in done:
                await parking.park(connection, self.tables, record, log_id=self.log_id)

    async def _first_times(self, connection: AsyncConnection, ids: Sequence[UUID]) -> set[UUID]:
        if not ids:
            return set()
        written = await connection.execute(_FIRST_TIMES, {"ids": list(dict.fromkeys(ids))})
        return set(written.scalars())

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._connection() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that needs no transaction around it."""
        async with self._connection() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """Not being able to connect is never an event's fault, whatever the error is."""
        try:
            connection = await self.engine.connect()
        except Exception as error:
            raise Trouble("no connection to the database") from error
        try:
            yield connection
        finally:
            await connection.close()
