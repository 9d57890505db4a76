"""Feeding the board: what approval and supervision tell, as one row for each decision owed.

The two topics race, so either event of a push may come first; both find the row by its key.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Integer, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from console.tables import board_case, board_feedback, board_push
from contracts import approval, catalog, supervision
from contracts.shape import EventData
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from eventlog.failures import Missing
from servicekit.events import unfit

TOPICS = (catalog.TOPIC, approval.TOPIC, supervision.TOPIC)

Event = TypeVar("Event", bound=EventData)


def handlers() -> dict[str, Handler]:
    """Event type → handler; the catalogue's are the replica's."""
    return {
        approval.Opened.TYPE: _reading(approval.Opened, _opened),
        approval.HandedOver.TYPE: _reading(approval.HandedOver, _handed_over),
        approval.Issued.TYPE: _reading(approval.Issued, _issued),
        approval.Revoked.TYPE: _reading(approval.Revoked, _revoked),
        approval.FeedbackAcknowledged.TYPE: _reading(approval.FeedbackAcknowledged, _acknowledged),
        supervision.Pushed.TYPE: _reading(supervision.Pushed, _pushed),
        supervision.Claimed.TYPE: _reading(supervision.Claimed, _claimed),
        supervision.Released.TYPE: _reading(supervision.Released, _released),
        supervision.Returned.TYPE: _reading(supervision.Returned, _returned),
        supervision.Reassigned.TYPE: _reading(supervision.Reassigned, _reassigned),
        supervision.Feedback.TYPE: _reading(supervision.Feedback, _feedback),
    }


async def _opened(connection: AsyncConnection, event: approval.Opened, envelope: Envelope) -> None:
    values = {
        "no": event.no,
        "item": event.item,
        "item_name": event.item_name,
        "park": event.park,
        "decider": event.seats.decides,
        "viewers": list(event.viewers),
        "rehearsal": envelope.rehearsal,
    }
    await connection.execute(insert(board_case).values(values).on_conflict_do_nothing())


async def _handed_over(
    connection: AsyncConnection, event: approval.HandedOver, _: Envelope
) -> None:
    case = update(board_case).where(board_case.c.no == event.no)
    await connection.execute(case.values(decider=event.seats.decides, viewers=list(event.viewers)))


async def _issued(connection: AsyncConnection, event: approval.Issued, envelope: Envelope) -> None:
    case = {
        "no": event.no,
        "park": event.park,
        "decider": event.seats.decides,
        "item": event.item,
        "item_name": event.item_name,
        "viewers": list(event.viewers),
        "rehearsal": envelope.rehearsal,
    }
    await _expect(
        connection,
        case,
        regulators=event.regulators,
        version=event.decision_version,
        cause="issued",
        decision_no=event.decision.no,
        at=event.issued_at,
    )


async def _revoked(connection: AsyncConnection, event: approval.Revoked, _: Envelope) -> None:
    found = await connection.execute(select(board_case).where(board_case.c.no == event.no))
    case = found.mappings().one_or_none()
    if case is None:
        raise Missing(f"case {event.no}")
    await _expect(
        connection,
        dict(case),
        regulators=event.regulators,
        version=event.decision_version,
        cause="revoked",
        decision_no=event.decision_no,
        at=event.revoked_at,
    )


async def _expect(
    connection: AsyncConnection,
    case: dict[str, Any],
    *,
    regulators: Iterable[str],
    version: int,
    cause: str,
    decision_no: str,
    at: datetime,
) -> None:
    """A row for each regulator the decision is owed to; one already pushed learns its decider."""
    for regulator in regulators:
        statement = insert(board_push).values(
            **case,
            decision_version=version,
            pushed_to=regulator,
            regulator=regulator,
            cause=cause,
            status="issued",
            decision_no=decision_no,
            issued_at=at,
        )
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["no", "decision_version", "pushed_to"],
                set_={"decider": statement.excluded.decider},
            )
        )


async def _pushed(
    connection: AsyncConnection, event: supervision.Pushed, envelope: Envelope
) -> None:
    told = {
        "push": event.push,
        "status": "pushed",
        "pushed_at": event.pushed_at,
        "due": event.due,
        "in_time": event.in_time,
        "viewers": list(event.viewers),
        "changed_at": func.now(),
    }
    statement = insert(board_push).values(
        no=event.no,
        decision_version=event.decision_version,
        pushed_to=event.regulator,
        regulator=event.regulator,
        cause=event.cause,
        park=event.park,
        item=event.item,
        item_name=event.item_name,
        decision_no=event.decision_no,
        issued_at=event.issued_at,
        rehearsal=envelope.rehearsal,
        **told,
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["no", "decision_version", "pushed_to"], set_=told
        )
    )


async def _claimed(connection: AsyncConnection, event: supervision.Claimed, _: Envelope) -> None:
    await _change(connection, event, status="claimed", claimed_at=event.claimed_at)


async def _released(connection: AsyncConnection, event: supervision.Released, _: Envelope) -> None:
    await _change(connection, event, status="pushed", claimed_at=None)


async def _returned(connection: AsyncConnection, event: supervision.Returned, _: Envelope) -> None:
    await _change(connection, event, status="returned", claimed_at=None)


async def _reassigned(
    connection: AsyncConnection, event: supervision.Reassigned, _: Envelope
) -> None:
    status = "merged" if event.merged_into else "pushed"
    await _change(connection, event, status=status, regulator=event.regulator, claimed_at=None)


async def _feedback(connection: AsyncConnection, event: supervision.Feedback, _: Envelope) -> None:
    """Every desk, the park's and the decider's, has one more answer to acknowledge."""
    fresh = await connection.execute(
        insert(board_feedback)
        .values(feedback=event.feedback, push=event.push)
        .on_conflict_do_nothing()
        .returning(board_feedback.c.feedback)
    )
    if fresh.first() is None:
        return
    desks = func.coalesce(board_push.c.decider, board_push.c.park) != board_push.c.park
    ordered = event.rectification
    await _change(
        connection,
        event,
        status="answered",
        answered_at=event.given_at,
        result=event.result,
        rectification_due=ordered.due if ordered else None,
        unacknowledged=board_push.c.unacknowledged + 1 + desks.cast(Integer),
    )


async def _acknowledged(
    connection: AsyncConnection, event: approval.FeedbackAcknowledged, _: Envelope
) -> None:
    row = board_feedback.c
    found = await connection.execute(
        select(row.push, row.acknowledged_by).where(row.feedback == event.feedback)
    )
    known = found.mappings().one_or_none()
    if known is None:
        raise Missing(f"feedback {event.feedback}")
    if event.desk in known["acknowledged_by"]:
        return
    await connection.execute(
        update(board_feedback)
        .where(row.feedback == event.feedback)
        .values(acknowledged_by=func.array_append(row.acknowledged_by, event.desk))
    )
    await connection.execute(
        update(board_push)
        .where(board_push.c.push == known["push"])
        .values(
            unacknowledged=func.greatest(board_push.c.unacknowledged - 1, 0),
            changed_at=func.now(),
        )
    )


async def _change(connection: AsyncConnection, event: supervision.PushEvent, **values: Any) -> None:
    changed = await connection.execute(
        update(board_push)
        .where(board_push.c.push == event.push)
        .values(viewers=list(event.viewers), changed_at=func.now(), **values)
    )
    if changed.rowcount == 0:
        raise Missing(f"push {event.push}")


def _reading(
    model: type[Event], act: Callable[[AsyncConnection, Event, Envelope], Awaitable[None]]
) -> Handler:
    async def handle(connection: AsyncConnection, envelope: Envelope) -> None:
        try:
            event = model.model_validate(envelope.data)
        except ValidationError as error:
            raise unfit(error) from error
        await act(connection, event, envelope)

    return handle
