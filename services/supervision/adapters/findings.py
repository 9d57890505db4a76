"""Inspections and feedback in rows of their own: they never make an officer's version stale."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Result, RowMapping, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.approval import FeedbackAcknowledged
from law.supervision import Inspector
from services.supervision.adapters import published, tables
from services.supervision.domain.finding import Feedback, Inspection
from services.supervision.domain.push import Person


async def record(
    connection: AsyncConnection, push: UUID, inspection: Inspection, *, by: Person, at: datetime
) -> RowMapping:
    """Keeps an inspection."""
    made: Result[Any] = await connection.execute(
        postgresql.insert(tables.inspection)
        .values(
            id=inspection.id,
            push_id=push,
            org=by.org,
            inspectors=[
                one.model_dump(mode="json") for one in published.inspectors(inspection.inspectors)
            ],
            inspected_at=inspection.inspected_at,
            findings=inspection.findings,
            by=published.officer(by).model_dump(mode="json"),
            recorded_at=at,
        )
        .returning(tables.inspection)
    )
    return made.mappings().one()


async def inspection_of(
    connection: AsyncConnection, push: UUID, *, org: str, id_: UUID | None
) -> Inspection | None:
    """The inspection a feedback names, or the organisation's newest; None where there is none."""
    table = tables.inspection
    query = select(table).where(table.c.push_id == push, table.c.org == org)
    if id_ is not None:
        query = query.where(table.c.id == id_)
    newest = query.order_by(table.c.inspected_at.desc(), table.c.id.desc()).limit(1)
    row = (await connection.execute(newest)).mappings().one_or_none()
    if row is None:
        return None
    return Inspection(
        row["id"],
        tuple(
            Inspector(one["id"], one["name"], one["certificate_no"], one["org"])
            for one in row["inspectors"]
        ),
        row["inspected_at"],
        row["findings"],
    )


async def kept(connection: AsyncConnection, feedback: UUID) -> RowMapping | None:
    """A feedback already kept."""
    table = tables.feedback
    found = await connection.execute(select(table).where(table.c.id == feedback))
    return found.mappings().one_or_none()


async def keep(
    connection: AsyncConnection,
    push: UUID,
    feedback: Feedback,
    *,
    ordinal: int,
    late: bool,
    by: Person,
    at: datetime,
) -> RowMapping:
    """Keeps a feedback and counts it as not yet acknowledged."""
    made: Result[Any] = await connection.execute(
        postgresql.insert(tables.feedback)
        .values(
            id=feedback.id_on(push),
            push_id=push,
            ordinal=ordinal,
            org=feedback.org,
            result=feedback.result,
            summary=feedback.summary.strip(),
            inspection_id=feedback.inspection.id if feedback.inspection else None,
            rectification=_rectification(feedback),
            by=published.officer(by).model_dump(mode="json"),
            given_at=at,
            late=late,
        )
        .returning(tables.feedback)
    )
    await _count(connection, push, 1)
    return made.mappings().one()


async def acknowledge(connection: AsyncConnection, event: FeedbackAcknowledged) -> bool:
    """Notes who acknowledged, once per desk; False where the feedback is not known here."""
    feedback = await kept(connection, UUID(event.feedback))
    if feedback is None:
        return False
    table = tables.acknowledgement
    before = await connection.scalar(
        select(table.c.desk).where(table.c.feedback_id == feedback["id"]).limit(1)
    )
    await connection.execute(
        postgresql.insert(table)
        .values(
            feedback_id=feedback["id"],
            desk=event.desk,
            by=event.by.model_dump(mode="json"),
            note=event.note,
            acknowledged_at=event.acknowledged_at,
        )
        .on_conflict_do_nothing()
    )
    if before is None:
        await _count(connection, feedback["push_id"], -1)
    return True


def _rectification(feedback: Feedback) -> dict[str, Any] | None:
    one = feedback.rectification
    return {"required": one.required, "due": one.due.isoformat()} if one else None


async def _count(connection: AsyncConnection, push: UUID, more: int) -> None:
    table = tables.push
    await connection.execute(
        update(table).where(table.c.id == push).values(unacknowledged=table.c.unacknowledged + more)
    )
