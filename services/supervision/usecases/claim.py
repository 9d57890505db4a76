"""The regulator takes a push, gives it back to its desk, or says it is another's."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import audit
from servicekit.kit import Kit
from servicekit.tokens import Caller
from services.supervision.adapters import pushes
from services.supervision.adapters.pushes import Stored
from services.supervision.adapters.sight import Sight
from services.supervision.domain.push import Person


@dataclass(frozen=True, slots=True)
class Hand:
    """An officer's hand on one push: who, what they see, which version they saw, when."""

    caller: Caller
    by: Person
    sight: Sight
    expected: int | None
    at: datetime


async def claim(kit: Kit, connection: AsyncConnection, id_: UUID, hand: Hand) -> Stored:
    """One officer has it for the organisation; of many at once one wins.

    The same officer again gets the same answer, nothing is told twice.
    """
    won = await pushes.claim(kit, connection, id_, by=hand.by, at=hand.at, expected=hand.expected)
    if won is None:
        return await _claimed_otherwise(kit, connection, id_, hand)
    await noted(kit, connection, hand, "claim", id_)
    return won


async def _claimed_otherwise(
    kit: Kit, connection: AsyncConnection, id_: UUID, hand: Hand
) -> Stored:
    """Not free a moment ago: the officer's own already, another's, not theirs, or free again."""
    stored = await pushes.load(connection, id_, visible=hand.sight.visible)
    if stored.push.held_by(hand.by):
        return stored
    pushes.require_version(stored.row, hand.expected)
    stored.push.claim(by=hand.by, at=hand.at)
    await noted(kit, connection, hand, "claim", id_)
    return await pushes.save(kit, connection, stored)


async def release(
    kit: Kit, connection: AsyncConnection, id_: UUID, hand: Hand, *, reason: str
) -> Stored:
    """Back to the organisation's desk."""
    stored = await pushes.load(connection, id_, visible=hand.sight.visible, expected=hand.expected)
    stored.push.release(by=hand.by, at=hand.at, reason=reason)
    await noted(kit, connection, hand, "release", id_)
    return await pushes.save(kit, connection, stored)


async def give_back(
    kit: Kit,
    connection: AsyncConnection,
    id_: UUID,
    hand: Hand,
    *,
    reason: str,
    suggests: str | None,
) -> Stored:
    """“Not mine”: the overseer decides whose it is."""
    stored = await pushes.load(connection, id_, visible=hand.sight.visible, expected=hand.expected)
    stored.push.give_back(by=hand.by, at=hand.at, reason=reason, suggests=suggests)
    await noted(kit, connection, hand, "return", id_)
    return await pushes.save(kit, connection, stored)


async def noted(kit: Kit, connection: AsyncConnection, hand: Hand, action: str, id_: UUID) -> None:
    """The audit's line of a verb."""
    await audit.append(
        connection,
        kit.own.audit,
        caller=hand.caller,
        action=f"push.{action}",
        object_=f"push:{id_}",
    )
