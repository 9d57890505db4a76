"""A check on the spot, recorded by the organisation that claimed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from law.workingday import civil_day
from servicekit.kit import Kit
from services.supervision.adapters import findings as rows
from services.supervision.adapters import known, published, pushes
from services.supervision.domain.finding import inspect
from services.supervision.usecases.claim import Hand, noted


async def record(
    kit: Kit,
    connection: AsyncConnection,
    id_: UUID,
    hand: Hand,
    *,
    inspection: UUID,
    officers: Sequence[str],
    inspected_at: datetime,
    findings: str,
) -> RowMapping:
    """行政处罚法第四十二条: two or more, each with the certificate the catalogue has."""
    stored = await pushes.load(connection, id_, visible=hand.sight.visible, expected=hand.expected)
    stored.push.open_to_inspection(by=hand.by)
    day = civil_day(inspected_at)
    made = inspect(
        id=inspection,
        inspectors=[
            known.inspector(hand.sight.catalogue, officer, org=hand.by.org, day=day)
            for officer in officers
        ],
        org=hand.by.org,
        inspected_at=inspected_at,
        findings=findings,
        now=hand.at,
    )
    row = await rows.record(connection, id_, made, by=hand.by, at=hand.at)
    await pushes.note(
        connection,
        id_,
        at=hand.at,
        action="inspected",
        by=hand.by,
        detail={"inspection": str(made.id)},
    )
    await pushes.tell(
        kit,
        connection,
        stored.row,
        published.inspected(stored.push, made, hand.by),
        aggregate=f"inspection:{made.id}",
        sequence=1,
        at=hand.at,
    )
    await noted(kit, connection, hand, "inspect", id_)
    return row
