"""What an operator does with events that were set aside, for the services' databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.deadletters import Audited, DeadLetters, HeldKey, ParkedEvent
from eventlog.parking import Freed
from servicekit import audit
from servicekit.kit import Kit, collecting
from servicekit.settings import Settings
from shenguan.parts import BY_NAME


async def held(settings: Settings, part: str) -> list[HeldKey]:
    """The keys that wait, the longest first."""
    async with _open(settings, part) as (_, letters):
        return list(await letters.list())


async def show(settings: Settings, part: str, topic: str, key: str) -> list[ParkedEvent]:
    """What waits under a key, in its order."""
    async with _open(settings, part) as (_, letters):
        return list(await letters.show(topic, key))


async def resend(settings: Settings, part: str, topic: str, key: str) -> Freed:
    """Applies what waits, in order, with the part's own handlers. Raises NotHeld."""
    async with _open(settings, part) as (kit, letters):
        audited = _audited(kit, "dead-letters.resend", f"{topic}/{key}", {})
        return await letters.resend(topic, key, audited=audited)


async def drop(settings: Settings, part: str, event_id: UUID, *, reason: str, name: str) -> None:
    """Gives one event up for good, by name and with a reason. Raises NotHeld."""
    async with _open(settings, part) as (kit, letters):
        detail = {"reason": reason, "name": name}
        audited = _audited(kit, "dead-letters.drop", str(event_id), detail)
        await letters.drop(event_id, reason=reason, name=name, audited=audited)


@asynccontextmanager
async def _open(settings: Settings, part: str) -> AsyncIterator[tuple[Kit, DeadLetters]]:
    with collecting() as kits:
        BY_NAME[part].roles(settings)
    (kit,) = kits
    try:
        yield kit, DeadLetters(kit.engine, kit.log, kit.heard)
    finally:
        await kit.close()


def _audited(kit: Kit, action: str, object_: str, detail: dict[str, str]) -> Audited:
    async def write(connection: AsyncConnection) -> None:
        await audit.append(
            connection, kit.own.audit, caller=None, action=action, object_=object_, detail=detail
        )

    return write
