"""What approval tells besides the decision: who filed, papers, acknowledgements, new seats."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.approval import DocumentReady, FeedbackAcknowledged, HandedOver, Opened
from eventlog.failures import Missing
from services.supervision.adapters import findings, pushes, tables


async def opened(connection: AsyncConnection, event: Opened) -> None:
    """Remembers the applicant's side of the case, who may later read its pushes."""
    await connection.execute(
        postgresql.insert(tables.case_side)
        .values(no=event.no, source_system=event.source_system)
        .on_conflict_do_nothing()
    )


async def document_ready(connection: AsyncConnection, event: DocumentReady, at: datetime) -> None:
    """A paper of the case; every push of the case shows its reference."""
    await connection.execute(
        postgresql.insert(tables.case_paper)
        .values(
            id=event.paper.id, no=event.no, paper=event.paper.model_dump(mode="json"), ready_at=at
        )
        .on_conflict_do_nothing()
    )


async def acknowledged(connection: AsyncConnection, event: FeedbackAcknowledged) -> None:
    """The park or the decider has read the feedback. Raises Missing for a feedback not here."""
    if not await findings.acknowledge(connection, event):
        raise Missing(f"feedback {event.feedback} of case {event.no}")


async def handed_over(connection: AsyncConnection, event: HandedOver) -> None:
    """The decision's seat is another's: it sees the pushes from now on.

    No officer's version grows stale by it, and a regulator keeps what was pushed to it.
    """
    table = tables.push
    rows = await connection.execute(select(table).where(table.c.no == event.no).with_for_update())
    for row in rows.mappings().all():
        push = pushes.of_row(row)
        push.hand_over(decider=event.seats.decides)
        await pushes.show_to(connection, push)
        await pushes.note(
            connection,
            push.id,
            at=event.handed_over_at,
            action="handed-over",
            by=None,
            detail={"decider": event.seats.decides, "reason": event.reason},
        )
