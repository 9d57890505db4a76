"""What an operator does with keys that wait: look, send again once mended, or drop one event."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventlog import parking
from eventlog.parking import Freed, Handler
from eventlog.tables import EventTables

Audited = Callable[[AsyncConnection], Awaitable[None]]
"""Writes the audit line in the transaction of what was done."""


class NotHeld(Exception):
    """No such key waits, or no such event is parked."""


@dataclass(frozen=True, slots=True)
class HeldKey:
    topic: str
    key: str
    reason: str
    missing: bool
    """It waits for a cause that has not come."""
    dead: bool
    """It needs a person; a missing cause does so only after a bound."""
    since: datetime
    tries: int
    waiting: int
    """How many events are parked under it."""


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    event_id: UUID
    log_id: str
    partition: int
    position: int
    body: bytes
    error: str | None
    parked_at: datetime


class DeadLetters:
    """The held keys of one service's database; `handlers` are its consumer's."""

    def __init__(
        self, engine: AsyncEngine, tables: EventTables, handlers: Mapping[str, Handler]
    ) -> None:
        self._engine = engine
        self._tables = tables
        self._handlers = dict(handlers)

    async def list(self) -> Sequence[HeldKey]:
        """All held keys, the longest first."""
        hold, parked = self._tables.hold.c, self._tables.parked.c
        waiting = (
            select(func.count())
            .where(parked.topic == hold.topic, parked.key == hold.key, parked.dropped_at.is_(None))
            .scalar_subquery()
        )
        columns = (hold.topic, hold.key, hold.reason, hold.missing, hold.dead)
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(*columns, hold.since, hold.tries, waiting.label("waiting")).order_by(
                    hold.since, hold.topic, hold.key
                )
            )
            return [HeldKey(**row._mapping) for row in rows]

    async def show(self, topic: str, key: str) -> Sequence[ParkedEvent]:
        """What waits under a key, in the order it will be applied."""
        parked = self._tables.parked.c
        columns = (parked.event_id, parked.log_id, parked.partition, parked.position)
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(*columns, parked.body, parked.error, parked.parked_at)
                .where(parked.topic == topic, parked.key == key, parked.dropped_at.is_(None))
                .order_by(parked.number)
            )
            return [ParkedEvent(**row._mapping) for row in rows]

    async def resend(self, topic: str, key: str, *, audited: Audited | None = None) -> Freed:
        """Applies what waits, in order, and frees the key; safe to repeat.

        Where one fails, those before it are applied and it stays in front of the rest. Raises
        NotHeld.
        """
        async with self._engine.begin() as connection:
            await self._lock(connection, topic, key)
            freed = await parking.free(
                connection,
                self._tables,
                self._handlers,
                topic=topic,
                key=key,
                now=datetime.now(UTC),
                bound=timedelta(0),
            )
            if audited is not None:
                await audited(connection)
        return freed

    async def drop(
        self, event_id: UUID, *, reason: str, name: str, audited: Audited | None = None
    ) -> None:
        """Gives one parked event up for good, by name and with a reason; the row keeps both.

        It never takes effect, also when the log is read again. The key stays held while others
        wait under it. Raises NotHeld, and ValueError without reason or name.
        """
        if not reason.strip() or not name.strip():
            raise ValueError("dropping an event needs a reason and a name")
        async with self._engine.begin() as connection:
            row = await self._parked(connection, event_id)
            await self._lock(connection, row.topic, row.key)
            await connection.execute(
                update(self._tables.parked)
                .where(self._tables.parked.c.event_id == event_id)
                .values(dropped_at=func.now(), dropped_by=name, dropped_because=reason)
            )
            await parking.first_time(connection, self._tables, event_id)
            await self._lift_if_empty(connection, row.topic, row.key)
            if audited is not None:
                await audited(connection)

    async def _lock(self, connection: AsyncConnection, topic: str, key: str) -> None:
        hold = self._tables.hold.c
        row = await connection.execute(
            select(hold.topic).where(hold.topic == topic, hold.key == key).with_for_update()
        )
        if row.first() is None:
            raise NotHeld(f"{topic} {key}")

    async def _parked(self, connection: AsyncConnection, event_id: UUID) -> Row[Any, Any]:
        parked = self._tables.parked.c
        found = await connection.execute(
            select(parked.topic, parked.key).where(
                parked.event_id == event_id, parked.dropped_at.is_(None)
            )
        )
        row = found.first()
        if row is None:
            raise NotHeld(str(event_id))
        return row

    async def _lift_if_empty(self, connection: AsyncConnection, topic: str, key: str) -> None:
        hold, parked = self._tables.hold.c, self._tables.parked.c
        waits = select(parked.event_id).where(
            parked.topic == topic, parked.key == key, parked.dropped_at.is_(None)
        )
        await connection.execute(
            delete(self._tables.hold).where(hold.topic == topic, hold.key == key, ~waits.exists())
        )
