"""The overseer says whose a push is; whoever already has one for the decision keeps that one."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.kit import Kit
from services.supervision.adapters import known, pushes
from services.supervision.adapters.pushes import Stored
from services.supervision.domain.push import Status
from services.supervision.usecases.claim import Hand, noted


async def assign(
    kit: Kit,
    connection: AsyncConnection,
    id_: UUID,
    hand: Hand,
    *,
    regulator: str,
    reason: str,
) -> Stored:
    """Of what was returned or nobody claimed. Problem `invalid` for a regulator unknown here."""
    hand.sight.catalogue.organisation(regulator)
    seen = await pushes.load(connection, id_, visible=hand.sight.visible, lock=False)
    row = seen.row
    pushes_of = await pushes.of_decision(connection, row["no"], row["decision_version"])
    stored = pushes_of[id_]
    pushes.require_version(stored.row, hand.expected)
    other = _had_by(pushes_of, regulator, besides=id_)
    stored.push.assign(
        by=hand.by,
        at=hand.at,
        reason=reason,
        to=known.regulator(hand.sight.catalogue, regulator, stored.push.park),
        has=other.push.id if other else None,
    )
    await noted(kit, connection, hand, "assign", id_)
    saved = await pushes.save(kit, connection, stored)
    if other is not None:
        other.push.take_in(saved.push)
        await pushes.save(kit, connection, other)
        await pushes.note(
            connection,
            other.push.id,
            at=hand.at,
            action="took-in",
            by=hand.by,
            detail={"push": str(id_), "reason": reason},
        )
    return saved


def _had_by(pushes_of: dict[UUID, Stored], regulator: str, *, besides: UUID) -> Stored | None:
    return next(
        (
            one
            for one in pushes_of.values()
            if one.push.regulator == regulator
            and one.push.status is not Status.MERGED
            and one.push.id != besides
        ),
        None,
    )
