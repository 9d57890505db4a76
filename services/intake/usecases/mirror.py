"""After acceptance only approval acts: its words are mirrored here for the applicant's side."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from contracts import approval, supervision
from contracts.approval import CaseEvent
from eventlog.failures import Missing
from services.intake.adapters.tables import filing, paper

CASE_STATUS: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        approval.Opened.TYPE: "under-review",
        approval.Reviewed.TYPE: "awaiting-decision",
        approval.Returned.TYPE: "under-review",
        approval.Suspended.TYPE: "suspended",
        approval.Resumed.TYPE: "under-review",
        approval.Extended.TYPE: None,
        approval.Decided.TYPE: "decided",
        approval.Issued.TYPE: "issued",
        approval.Denied.TYPE: "denied",
        approval.Withdrawn.TYPE: "withdrawn",
        approval.Revoked.TYPE: "revoked",
        approval.HandedOver.TYPE: None,
    }
)
"""Event → mirrored status, coarser than approval's own; None leaves it as it is."""


async def of_case(connection: AsyncConnection, event: CaseEvent) -> None:
    """Status and viewers of the case. Raises Missing for a filing that is not here."""
    values: dict[str, object] = {"version": filing.c.version + 1}
    status = CASE_STATUS[event.TYPE]
    if status is not None:
        values["case_status"] = status
    if event.viewers:
        values["viewers"] = list(event.viewers)
    if isinstance(event, approval.HandedOver):
        values["competence"] = func.jsonb_set(
            filing.c.competence,
            literal(["seats"], ARRAY(Text)),
            literal(event.seats.model_dump(mode="json"), JSONB),
        )
    changed = await connection.execute(
        update(filing).where(filing.c.no == event.no).values(values).returning(filing.c.no)
    )
    if changed.first() is None:
        raise Missing(f"filing {event.no}")
    if event.viewers:
        await connection.execute(
            update(paper).where(paper.c.no == event.no).values(viewers=list(event.viewers))
        )


async def of_reassignment(connection: AsyncConnection, event: supervision.Reassigned) -> None:
    """The new regulator may read the filing; who may no longer, approval's next event says."""
    found = await connection.scalar(
        select(filing.c.viewers).where(filing.c.no == event.no).with_for_update()
    )
    if found is None:
        raise Missing(f"filing {event.no}")
    viewers = sorted({*found, event.regulator, *event.viewers})
    for table in (filing, paper):
        await connection.execute(
            update(table).where(table.c.no == event.no).values(viewers=viewers)
        )
