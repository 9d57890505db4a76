"""监管反馈: what the regulator found goes back to the park and the decider, once."""

from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import supervision as contract
from servicekit.kit import Kit
from servicekit.problems import Problem
from services.supervision.adapters import findings, published, pushes
from services.supervision.adapters.pushes import Stored
from services.supervision.domain.finding import (
    Feedback,
    Inspection,
    Rectification,
    Result,
    require_answer,
)
from services.supervision.usecases.claim import Hand, noted


async def answer(
    kit: Kit,
    connection: AsyncConnection,
    id_: UUID,
    hand: Hand,
    *,
    result: Result,
    summary: str,
    inspection: UUID | None,
    rectification: Rectification | None,
) -> tuple[RowMapping, bool]:
    """The feedback as kept, and whether it is new; the same content again is the same feedback.

    Without `inspection` it rests on the organisation's newest one. Problem `invalid` for an
    inspection of another push or organisation.
    """
    stored = await pushes.load(connection, id_, visible=hand.sight.visible)
    rests_on = await _inspection(connection, id_, hand, inspection)
    feedback = Feedback(hand.by.org, result, summary, rests_on, rectification)
    before = await findings.kept(connection, feedback.id_on(id_))
    if before is not None:
        return before, False
    pushes.require_version(stored.row, hand.expected)
    late = stored.push.answer(
        by=hand.by, at=hand.at, rectify_by=rectification.due if rectification else None
    )
    require_answer(feedback, now=hand.at)
    saved = await pushes.save(kit, connection, stored)
    row = await findings.keep(
        connection,
        id_,
        feedback,
        ordinal=saved.push.feedbacks,
        late=late,
        by=hand.by,
        at=hand.at,
    )
    await pushes.note(
        connection,
        id_,
        at=hand.at,
        action="feedback",
        by=hand.by,
        detail={"feedback": str(row["id"]), "result": result.value, "late": late},
    )
    await pushes.tell(
        kit,
        connection,
        saved.row,
        _event(saved, feedback, row),
        aggregate=f"feedback:{row['id']}",
        sequence=1,
        at=hand.at,
    )
    await noted(kit, connection, hand, "feedback", id_)
    return row, True


async def _inspection(
    connection: AsyncConnection, id_: UUID, hand: Hand, wanted: UUID | None
) -> Inspection | None:
    found = await findings.inspection_of(connection, id_, org=hand.by.org, id_=wanted)
    if found is None and wanted is not None:
        raise Problem(
            "invalid",
            "所引检查记录不属于本推送或本单位",
            errors=[{"field": "inspection", "message": "没有这条检查记录"}],
        )
    return found


def _event(stored: Stored, feedback: Feedback, row: RowMapping) -> contract.Feedback:
    ordered = feedback.rectification
    return contract.Feedback(
        **published.head(stored.push),
        feedback=str(row["id"]),
        inspection=str(feedback.inspection.id) if feedback.inspection else None,
        result=feedback.result.value,
        summary=row["summary"],
        rectification=contract.Rectification(required=ordered.required, due=ordered.due)
        if ordered
        else None,
        inspectors=published.inspectors(
            feedback.inspection.inspectors if feedback.inspection else ()
        ),
        by=row["by"],
        given_at=row["given_at"],
        late=row["late"],
        decision_no=stored.row["decision_no"],
    )
