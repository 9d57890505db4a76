"""Keys that wait: holding one, parking its events, and applying them in order later.

A hold's row is the lock between the consumer, which takes it `FOR SHARE` while it parks later
events behind it, and whoever frees the key, who takes it `FOR UPDATE` and so sees all of them.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import Envelope, Unreadable
from eventlog.failures import Missing, is_trouble, told
from eventlog.tables import EventTables
from eventlog.transport import Record

Handler = Callable[[AsyncConnection, Envelope], Awaitable[None]]
"""Applies one event in the connection's transaction; it never commits."""

_LONGEST_RETRY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Freed:
    """What an attempt to free a key did."""

    applied: int
    left: int
    error: str | None = None


def event_id(record: Record) -> UUID:
    """The event's own id; one from its content where it cannot be read."""
    try:
        return Envelope.from_bytes(record.value).id
    except Unreadable:
        digest = hashlib.sha256(record.value).hexdigest()
        return uuid5(NAMESPACE_URL, f"{record.topic}\n{record.key}\n{digest}")


async def held(
    connection: AsyncConnection, tables: EventTables, topic: str, keys: Collection[str]
) -> set[str]:
    """Which of these keys wait; they keep waiting until this transaction ends."""
    hold = tables.hold.c
    rows = await connection.execute(
        select(hold.key)
        .where(hold.topic == topic, hold.key.in_(keys))
        .order_by(hold.key)
        .with_for_update(read=True)
    )
    return set(rows.scalars())


async def hold(
    connection: AsyncConnection,
    tables: EventTables,
    record: Record,
    error: Exception,
    *,
    now: datetime,
) -> None:
    """Lets the record's key wait because of it; a missing cause is no dead letter yet."""
    missing = isinstance(error, Missing)
    await connection.execute(
        insert(tables.hold)
        .values(
            topic=record.topic,
            key=record.key,
            reason=told(error),
            missing=missing,
            dead=not missing,
            since=now,
            next_try=now + timedelta(seconds=1) if missing else None,
        )
        .on_conflict_do_nothing()
    )


async def park(
    connection: AsyncConnection,
    tables: EventTables,
    record: Record,
    *,
    log_id: str,
    error: str | None = None,
) -> None:
    """Sets the record aside behind what its key already waits for; twice is once."""
    await connection.execute(
        insert(tables.parked)
        .values(
            event_id=event_id(record),
            topic=record.topic,
            key=record.key,
            log_id=log_id,
            partition=record.partition,
            position=record.offset,
            body=record.value,
            error=error,
        )
        .on_conflict_do_nothing()
    )


async def free(
    connection: AsyncConnection,
    tables: EventTables,
    handlers: Mapping[str, Handler],
    *,
    topic: str,
    key: str,
    now: datetime,
    bound: timedelta,
) -> Freed:
    """Applies what waits under the key in order and removes the hold, in this transaction.

    The first that fails stays in front of the rest, and the hold with it. Connection trouble is
    raised and leaves everything as it was.
    """
    at = tables.hold.c
    this = (at.topic == topic) & (at.key == key)
    found = (await connection.execute(select(tables.hold).where(this).with_for_update())).first()
    if found is None:
        return Freed(0, 0)
    waiting = await _waiting(connection, tables, topic, key)
    applied = 0
    for row in waiting:
        try:
            async with connection.begin_nested():
                await _apply(connection, tables, handlers, row)
        except Exception as error:
            if is_trouble(error):
                raise
            await _keep(connection, tables, found, row, error, now=now, bound=bound)
            return Freed(applied, len(waiting) - applied, told(error))
        applied += 1
    await connection.execute(delete(tables.hold).where(this))
    return Freed(applied, 0)


async def first_time(connection: AsyncConnection, tables: EventTables, id_: UUID) -> bool:
    """Writes the inbox row; False when the event took effect before."""
    written = await connection.execute(
        insert(tables.inbox)
        .values(event_id=id_)
        .on_conflict_do_nothing()
        .returning(tables.inbox.c.event_id)
    )
    return written.first() is not None


async def missing_keys(
    connection: AsyncConnection,
    tables: EventTables,
    *,
    keys: Collection[str] | None = None,
    due: datetime | None = None,
    limit: int = 50,
) -> list[tuple[str, str]]:
    """(topic, key) of holds that wait for a cause: those of `keys`, or those due again."""
    hold = tables.hold.c
    query = select(hold.topic, hold.key).where(hold.missing).order_by(hold.since).limit(limit)
    if keys is not None:
        query = query.where(hold.key.in_(keys))
    if due is not None:
        query = query.where(hold.next_try <= due)
    return [(row.topic, row.key) for row in await connection.execute(query)]


async def dead_since(connection: AsyncConnection, tables: EventTables, since: datetime) -> int:
    """How many keys were held as failures since then."""
    hold = tables.hold.c
    counted = select(func.count()).where(hold.since >= since, ~hold.missing)
    return await connection.scalar(counted) or 0


async def _waiting(
    connection: AsyncConnection, tables: EventTables, topic: str, key: str
) -> list[Any]:
    parked = tables.parked.c
    rows = await connection.execute(
        select(parked.event_id, parked.body)
        .where(tuple_(parked.topic, parked.key) == (topic, key), parked.dropped_at.is_(None))
        .order_by(parked.number)
    )
    return list(rows)


async def _apply(
    connection: AsyncConnection, tables: EventTables, handlers: Mapping[str, Handler], row: Any
) -> None:
    envelope = Envelope.from_bytes(row.body)
    handler = handlers.get(envelope.type)
    if handler is not None and await first_time(connection, tables, envelope.id):
        await handler(connection, envelope)
    await connection.execute(delete(tables.parked).where(tables.parked.c.event_id == row.event_id))


async def _keep(
    connection: AsyncConnection,
    tables: EventTables,
    found: Any,
    row: Any,
    error: Exception,
    *,
    now: datetime,
    bound: timedelta,
) -> None:
    """The key keeps waiting, for the reason of the one now in front."""
    missing = isinstance(error, Missing)
    pause = min(timedelta(seconds=2 ** min(found.tries + 1, 10)), _LONGEST_RETRY)
    await connection.execute(
        update(tables.hold)
        .where(tables.hold.c.topic == found.topic, tables.hold.c.key == found.key)
        .values(
            reason=told(error),
            missing=missing,
            dead=not missing or now - found.since >= bound,
            tries=found.tries + 1,
            next_try=now + pause if missing else None,
        )
    )
    await connection.execute(
        update(tables.parked)
        .where(tables.parked.c.event_id == row.event_id)
        .values(error=told(error))
    )
