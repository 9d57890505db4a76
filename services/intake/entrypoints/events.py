"""What intake hears: approval's words about a case, reassignments, and the catalogue."""

from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import approval, catalog, supervision
from contracts.approval import CaseEvent
from contracts.shape import EventData
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from servicekit.events import unfit
from servicekit.kit import Kit
from services.intake.usecases import mirror

TOPICS = (catalog.TOPIC, approval.TOPIC, supervision.TOPIC)
E = TypeVar("E", bound=EventData)


def handlers(_: Kit) -> dict[str, Handler]:
    """Event type → handler."""
    mirrored = [one for one in approval.EVENTS if one.TYPE in mirror.CASE_STATUS]
    return {
        **{one.TYPE: _of_case(one) for one in mirrored if issubclass(one, CaseEvent)},
        supervision.Reassigned.TYPE: _of_reassignment,
    }


def _of_case(model: type[CaseEvent]) -> Handler:
    async def handle(connection: AsyncConnection, envelope: Envelope) -> None:
        await mirror.of_case(connection, _read(model, envelope))

    return handle


async def _of_reassignment(connection: AsyncConnection, envelope: Envelope) -> None:
    await mirror.of_reassignment(connection, _read(supervision.Reassigned, envelope))


def _read(model: type[E], envelope: Envelope) -> E:
    try:
        return model.model_validate(envelope.data)
    except ValidationError as error:
        raise unfit(error) from error
