"""A service in miniature: its database with the event log's tables, and effects one can count."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventlog import outbox
from eventlog.consumer import Consumer
from eventlog.envelope import Envelope, new_id
from eventlog.failures import Missing, Refused
from eventlog.tables import EventTables, define

EFFECT = """
CREATE TABLE effect (
    number bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL,
    key text NOT NULL, sequence integer NOT NULL)
"""
TYPE = "wire.happened.v1"
NEEDS_CAUSE = "wire.followed.v1"
TABLES: EventTables = define(MetaData())
_sequences = itertools.count(1)


def an_event(key: str, *, type_: str = TYPE, sequence: int | None = None, **data: Any) -> Envelope:
    """A fact about `key`; sequences rise over the whole session."""
    return Envelope(
        id=new_id(),
        source="/shenguan/test/wire",
        type=type_,
        subject=key,
        time=datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC),
        dataschema=f"/contracts/events/{type_}.json",
        aggregate="case",
        sequence=next(_sequences) if sequence is None else sequence,
        tenant="zhanggong",
        data={"名称": "赣州某某有限公司", **data},
    )


@dataclass
class Part:
    """`owner` may do anything, `engine` is the runtime role's."""

    engine: AsyncEngine
    owner: AsyncEngine
    url: str
    tables: EventTables = TABLES
    poisoned: set[str] = field(default_factory=set)
    """Keys whose events fail."""
    refused: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    """Keys in the order handlers were called, also in transactions that rolled back."""

    @property
    def handlers(self) -> dict[str, Any]:
        return {TYPE: self.happened, NEEDS_CAUSE: self.followed}

    async def happened(self, connection: AsyncConnection, event: Envelope) -> None:
        self.calls.append(event.subject)
        if event.subject in self.poisoned:
            raise ValueError(f"cannot take {event.subject}")
        if event.subject in self.refused:
            raise Refused("not here")
        await connection.execute(
            text("INSERT INTO effect (event_id, key, sequence) VALUES (:id, :key, :sequence)"),
            {"id": event.id, "key": event.subject, "sequence": event.sequence},
        )

    async def followed(self, connection: AsyncConnection, event: Envelope) -> None:
        cause = await connection.scalar(
            text("SELECT count(*) FROM effect WHERE key = :key"), {"key": event.subject}
        )
        if not cause:
            raise Missing(f"case {event.subject}")
        await self.happened(connection, event)

    async def write(self, topic: str, *events: Envelope) -> None:
        """Into the outbox, one transaction an event."""
        for event in events:
            async with self.engine.begin() as connection:
                await outbox.add(connection, topic=topic, key=event.subject, envelope=event)

    async def effects(self) -> list[tuple[str, int]]:
        """(key, sequence) in the order they took effect."""
        rows = await self.rows("SELECT key, sequence FROM effect ORDER BY number")
        return [(row.key, row.sequence) for row in rows]

    async def effect_ids(self) -> list[UUID]:
        rows = await self.rows("SELECT event_id FROM effect ORDER BY number")
        return [row.event_id for row in rows]

    async def count(self, table: str) -> int:
        return int((await self.rows(f"SELECT count(*) AS n FROM {table}"))[0].n)

    async def rows(self, sql: str, **values: Any) -> Sequence[Row[Any]]:
        async with self.owner.connect() as connection:
            return (await connection.execute(text(sql), values)).all()

    async def do(self, sql: str, **values: Any) -> None:
        """As the owner."""
        async with self.owner.begin() as connection:
            await connection.execute(text(sql), values)

    async def cut(self, application: str) -> int:
        """Ends the sessions with this application name, as a failing network would."""
        async with self.engine.connect() as connection:
            ended = await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = :name AND datname = current_database()"
                ),
                {"name": application},
            )
            return len(ended.all())


async def passed(one: Consumer, count: int) -> None:
    """Turns the consumer until its positions add up to `count`."""
    async with asyncio.timeout(20):
        while sum(one.positions.values()) < count:
            await one.turn(wait=0.05)
