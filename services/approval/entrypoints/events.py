"""Which events approval reacts to, and how. Read this file to know its inputs."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import catalog, intake, supervision
from contracts.shape import EventData
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from servicekit.events import unfit
from servicekit.kit import Kit
from services.approval.usecases import feedback, opening

TOPICS = (catalog.TOPIC, intake.TOPIC, supervision.TOPIC)

Event = TypeVar("Event", bound=EventData)


def handlers(kit: Kit) -> dict[str, Handler]:
    """Event type → handler; the catalogue's are the replica's."""

    async def accepted(
        connection: AsyncConnection, event: intake.Accepted, envelope: Envelope
    ) -> None:
        await opening.open_case(kit, connection, event, envelope)

    async def answered(
        connection: AsyncConnection, event: supervision.Feedback, envelope: Envelope
    ) -> None:
        await feedback.receive(kit, connection, event, envelope)

    async def reassigned(
        connection: AsyncConnection, event: supervision.Reassigned, _: Envelope
    ) -> None:
        await feedback.reassigned(kit, connection, event)

    return {
        intake.Accepted.TYPE: _reading(intake.Accepted, accepted),
        supervision.Feedback.TYPE: _reading(supervision.Feedback, answered),
        supervision.Reassigned.TYPE: _reading(supervision.Reassigned, reassigned),
    }


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
