"""Writing an event beside the row it speaks of, in the same transaction."""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, Uuid, column, insert, table
from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import Envelope

MAX_BODY = 900_000
"""Bytes; below the broker's 1 MiB a message with room for its headers."""

_OUTBOX = table(
    "outbox",
    column("id", BigInteger),
    column("event_id", Uuid),
    column("topic", Text),
    column("key", Text),
    column("body", LargeBinary),
    column("traceparent", Text),
)


class TooLarge(Exception):
    """The event would not pass the broker; files belong in materials, not in events."""


def row(*, topic: str, key: str, envelope: Envelope) -> dict[str, Any]:
    """The values of one outbox row, for a statement that writes more than this one.

    Raises TooLarge. In a CTE, select it FROM the statement that locks the aggregate's row, so that
    the identity is drawn after that lock.
    """
    body = envelope.to_bytes()
    if len(body) >= MAX_BODY:
        raise TooLarge(f"{envelope.type} {envelope.subject}: {len(body)} bytes")
    return {
        "event_id": envelope.id,
        "topic": topic,
        "key": key,
        "body": body,
        "traceparent": envelope.traceparent,
    }


async def add(connection: AsyncConnection, *, topic: str, key: str, envelope: Envelope) -> None:
    """One event into the outbox of this transaction. Raises TooLarge.

    Call it after the aggregate's row was written: that row's lock is what orders the ids.
    """
    await connection.execute(insert(_OUTBOX), row(topic=topic, key=key, envelope=envelope))
