"""Which events supervision reacts to, and how. Read this file to know its inputs."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import approval, catalog
from contracts.shape import EventData
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from servicekit.events import unfit
from servicekit.kit import Kit
from services.supervision.usecases import hear, push

TOPICS = (catalog.TOPIC, approval.TOPIC)

Event = TypeVar("Event", bound=EventData)


def handlers(kit: Kit) -> dict[str, Handler]:
    """Event type → handler; the catalogue's are the replica's."""

    async def issued(
        connection: AsyncConnection, event: approval.Issued, envelope: Envelope
    ) -> None:
        await push.issued(
            kit, connection, event, rehearsal=envelope.rehearsal, tenant=envelope.tenant
        )

    async def revoked(
        connection: AsyncConnection, event: approval.Revoked, envelope: Envelope
    ) -> None:
        await push.revoked(
            kit, connection, event, rehearsal=envelope.rehearsal, tenant=envelope.tenant
        )

    async def opened(connection: AsyncConnection, event: approval.Opened, _: Envelope) -> None:
        await hear.opened(connection, event)

    async def document_ready(
        connection: AsyncConnection, event: approval.DocumentReady, envelope: Envelope
    ) -> None:
        await hear.document_ready(connection, event, envelope.time)

    async def acknowledged(
        connection: AsyncConnection, event: approval.FeedbackAcknowledged, _: Envelope
    ) -> None:
        await hear.acknowledged(connection, event)

    async def handed_over(
        connection: AsyncConnection, event: approval.HandedOver, _: Envelope
    ) -> None:
        await hear.handed_over(connection, event)

    return {
        approval.Opened.TYPE: _reading(approval.Opened, opened),
        approval.Issued.TYPE: _reading(approval.Issued, issued),
        approval.Revoked.TYPE: _reading(approval.Revoked, revoked),
        approval.DocumentReady.TYPE: _reading(approval.DocumentReady, document_ready),
        approval.FeedbackAcknowledged.TYPE: _reading(approval.FeedbackAcknowledged, acknowledged),
        approval.HandedOver.TYPE: _reading(approval.HandedOver, handed_over),
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
