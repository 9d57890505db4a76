"""Control runs: with one defence taken away the rehearsal must find what that defence keeps out.

Nothing here can be reached by a setting: only the rehearsal's own processes ask `part_of`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from eventlog.direct import url_of
from eventlog.relay import Relay
from servicekit import transports
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.settings import Settings
from servicekit.working import Role
from services.approval.entrypoints import kit as approval
from shenguan.parts import BY_NAME, Part

NO_INBOX = "no-inbox"
UNORDERED_READER = "unordered-reader"
CONTROLS = (NO_INBOX, UNORDERED_READER)

_SHIELDS = {
    "intake": ["ALTER TABLE inbox DROP CONSTRAINT inbox_pkey"],
    "approval": [
        "ALTER TABLE inbox DROP CONSTRAINT inbox_pkey",
        "ALTER TABLE feedback DROP CONSTRAINT feedback_pkey CASCADE",
        "ALTER TABLE desk DROP CONSTRAINT desk_pkey",
    ],
    "supervision": [
        "ALTER TABLE inbox DROP CONSTRAINT inbox_pkey",
        "ALTER TABLE push DROP CONSTRAINT push_pkey CASCADE",
        "ALTER TABLE push DROP CONSTRAINT uq_push_decision",
        "DROP INDEX uq_push_regulator",
        "ALTER TABLE decision DROP CONSTRAINT decision_pkey",
    ],
}
"""By database: the inbox's key, and the unique keys that would keep a second effect out."""

_AT_RANDOM = """
SELECT id, topic, key, body, traceparent, position,
       extract(epoch FROM clock_timestamp() - written_at)::float8 AS age
FROM outbox ORDER BY random() LIMIT least($1, 1 + (SELECT count(*) FROM outbox) / 3)
"""
GATHERS_S = 1.0


async def drop_shields(settings: Settings) -> None:
    """Takes inbox and unique keys out of the rehearsal's own databases."""
    for name, statements in _SHIELDS.items():
        connection = await asyncpg.connect(url_of(settings.database_url(name, owner=True)))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


class UnorderedRelay(Relay):
    """Lets rows gather and takes a third of them, whichever: the others are overtaken."""

    async def _next_rows(self) -> Sequence[Any]:
        await asyncio.sleep(GATHERS_S)
        return await self._fetch(_AT_RANDOM)


@dataclass(frozen=True, slots=True)
class _Unordered(Part):
    """A part whose relay reads without order."""

    def roles(self, settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
        kit = approval.open(settings, clock, role="worker")
        ordered = Part.roles(self, settings, clock=clock)
        return {**ordered, "relay": _unordered(kit)}


def _unordered(kit: Kit) -> Role:
    return UnorderedRelay(
        kit.settings.database_url(kit.name),
        kit.log,
        transports.producer(kit.settings, kit.name),
        name=kit.name,
    ).run


def part_of(name: str, control: str) -> Part:
    """The part as it is, or as the control run wants it."""
    part = BY_NAME[name]
    if control == UNORDERED_READER and name == "approval":
        return _Unordered(part.name, part.title, part.package, part.port)
    return part
