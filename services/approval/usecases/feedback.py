"""What regulators answered: kept once, on the desks of the park and of whoever decided."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import approval, supervision
from eventlog.envelope import Envelope
from eventlog.failures import Missing
from law.seats import NotYourSeat
from servicekit import audit, events, judging
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.approval.adapters import published, rows, tables
from services.approval.domain.facts import Signature
from services.approval.domain.state import Status
from services.approval.usecases.scene import Scene, replica_of

OPEN, ACKNOWLEDGED = "open", "acknowledged"
DESK_ROLES = ("approver", "reviewer", "window")


async def receive(
    kit: Kit, connection: AsyncConnection, event: supervision.Feedback, received: Envelope
) -> None:
    """A row and one desk entry an organisation; told again under a new event id it is counted.

    Missing while our own decision is not known here as issued.
    """
    table = tables.case
    case = (
        await connection.execute(
            select(
                table.c.status,
                table.c.park,
                table.c.seats,
                table.c.viewers,
                table.c.source_system,
                table.c.rehearsal,
            ).where(table.c.no == event.no)
        )
    ).one_or_none()
    if case is None or case.status != Status.ISSUED:
        raise Missing(f"the issue of case {event.no}")
    if not await _kept(kit, connection, event, received, beside=case):
        return
    seats = rows.seats(case.seats)
    decider = seats.recorder or seats.decides
    await connection.execute(
        postgresql.insert(tables.desk),
        [
            {
                "feedback": event.feedback,
                "org": org,
                "no": event.no,
                "state": OPEN,
                "version": 1,
                "received_at": kit.clock.now(),
            }
            for org in sorted({case.park, decider})
        ],
    )


async def _kept(
    kit: Kit,
    connection: AsyncConnection,
    event: supervision.Feedback,
    received: Envelope,
    *,
    beside: Row[*tuple[Any, ...]],
) -> bool:
    table = tables.feedback
    fresh = await connection.execute(
        postgresql.insert(table)
        .values(
            id=event.feedback,
            no=event.no,
            push=event.push,
            regulator=event.regulator,
            decision_no=event.decision_no,
            inspection=event.inspection,
            result=event.result,
            summary=event.summary,
            rectification=(
                event.rectification.model_dump(mode="json") if event.rectification else None
            ),
            inspectors=[one.model_dump(mode="json") for one in event.inspectors],
            officer=event.by.model_dump(mode="json"),
            given_at=event.given_at,
            received_at=kit.clock.now(),
            late=event.late,
            viewers=sorted({*beside.viewers, event.regulator}),
            source_system=beside.source_system,
            rehearsal=received.rehearsal,
        )
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )
    if fresh.first() is not None:
        return True
    await connection.execute(
        update(table)
        .where(table.c.id == event.feedback)
        .values(repeats=table.c.repeats + 1, late=table.c.late | event.late)
    )
    return False


async def acknowledge(scene: Scene, feedback: str, *, note: str | None) -> dict[str, object]:
    """The caller's organisation has read it; once.

    Problems `not-found` where it is not on that desk, `not-allowed-now` when acknowledged.
    """
    by = _signature(scene)
    desk, table = tables.desk, tables.feedback
    row = (
        await scene.connection.execute(
            select(desk, table.c.viewers, table.c.rehearsal)
            .join(table, table.c.id == desk.c.feedback)
            .where(desk.c.feedback == feedback, desk.c.org == by.org)
            .with_for_update(of=desk)
        )
    ).one_or_none()
    if row is None:
        raise Problem("not-found", "本单位没有这条监管反馈")
    if row.state != OPEN:
        raise Problem(
            "not-allowed-now",
            "这条监管反馈本单位已经签收",
            extra={"state": row.state, "allowed": []},
        )
    await scene.connection.execute(
        update(desk)
        .where(and_(desk.c.feedback == feedback, desk.c.org == by.org))
        .values(
            state=ACKNOWLEDGED,
            version=row.version + 1,
            acknowledged_by=asdict(by),
            acknowledged_at=scene.at,
            note=note,
        )
    )
    await events.tell(
        scene.kit,
        scene.connection,
        approval.FeedbackAcknowledged(
            no=row.no,
            viewers=tuple(row.viewers),
            feedback=feedback,
            desk=by.org,
            by=published.officer(by),
            note=note,
            acknowledged_at=scene.at,
        ),
        key=row.no,
        aggregate=f"feedback:{feedback}:{by.org}",
        sequence=row.version + 1,
        at=scene.at,
        rehearsal=row.rehearsal,
    )
    await audit.append(
        scene.connection,
        scene.kit.own.audit,
        caller=scene.caller,
        action="feedback.acknowledged",
        object_=feedback,
    )
    return {"id": feedback, "no": row.no, "state": ACKNOWLEDGED, "version": row.version + 1}


def _signature(scene: Scene) -> Signature:
    actor = scene.actor
    role = next((one for one in DESK_ROLES if one in actor.roles), None)
    if actor.org is None or role is None:
        raise NotYourSeat("监管反馈由园区或者决定单位的办理人员签收")
    return Signature(id=actor.id, name=actor.name, org=actor.org, role=role)


async def reassigned(kit: Kit, connection: AsyncConnection, event: supervision.Reassigned) -> None:
    """The regulator of a push is another now: seats and viewers of the case follow."""
    table = tables.case
    case = (
        await connection.execute(
            select(table.c.park, table.c.seats, table.c.co_seals, table.c.viewers)
            .where(table.c.no == event.no)
            .with_for_update()
        )
    ).one_or_none()
    if case is None:
        raise Missing(f"case {event.no}")
    catalogue = await _known(kit)
    old = rows.seats(case.seats)
    left = [org for org in old.supervises if org != event.from_regulator]
    supervises = tuple(dict.fromkeys([*left, event.regulator]))
    now = replace(old, supervises=supervises)
    others = set(case.viewers) - set(catalogue.viewers(judging.public_seats(old), case.park))
    viewers = sorted(others | set(catalogue.viewers(judging.public_seats(now), case.park)))
    await connection.execute(
        update(table)
        .where(table.c.no == event.no)
        .values(seats=asdict(now), regulators=list(supervises), viewers=viewers)
    )
    for other in (tables.paper, tables.feedback):
        await connection.execute(
            update(other).where(other.c.no == event.no).values(viewers=viewers)
        )


async def _known(kit: Kit) -> Catalogue:
    try:
        return await replica_of(kit).current()
    except Problem as problem:
        raise Missing("the catalogue's first replay") from problem
