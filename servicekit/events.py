"""Telling and hearing: envelopes of this service's events, and handlers bound to their trace."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import schema_path
from contracts.shape import EventData
from eventlog import outbox
from eventlog.consumer import Handler
from eventlog.envelope import Envelope, new_id
from eventlog.failures import Refused
from servicekit import trace
from servicekit.kit import Kit


def envelope(
    kit: Kit,
    event: EventData,
    *,
    subject: str,
    aggregate: str,
    sequence: int,
    at: datetime,
    rehearsal: bool = False,
    tenant: str | None = None,
) -> Envelope:
    """The CloudEvent of a public fact. `sequence` is the version of `aggregate` it follows from."""
    return Envelope(
        id=new_id(),
        source=f"/shenguan/{kit.settings.site}/{kit.name}",
        type=event.TYPE,
        subject=subject,
        time=at.astimezone(UTC),
        dataschema=schema_path(event.TYPE),
        data=event.model_dump(mode="json"),
        aggregate=aggregate,
        sequence=sequence,
        traceparent=trace.current(),
        tenant=tenant or Path(kit.settings.profile).name,
        rehearsal=rehearsal,
    )


async def tell(
    kit: Kit,
    connection: AsyncConnection,
    event: EventData,
    *,
    key: str,
    aggregate: str,
    sequence: int,
    at: datetime,
    rehearsal: bool = False,
    tenant: str | None = None,
) -> None:
    """One event into the outbox, in the transaction of the row it speaks of.

    Call it after the aggregate's row was written, so that the row's lock orders the outbox.
    """
    made = envelope(
        kit,
        event,
        subject=key,
        aggregate=aggregate,
        sequence=sequence,
        at=at,
        rehearsal=rehearsal,
        tenant=tenant,
    )
    await outbox.add(connection, topic=event.TOPIC, key=key, envelope=made)


def traced(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Handlers that run, log and write under the trace of their event."""

    def bind(handler: Handler) -> Handler:
        async def run(connection: AsyncConnection, received: Envelope) -> None:
            with trace.bound(received.traceparent):
                await handler(connection, received)

        return run

    return {type_: bind(handler) for type_, handler in handlers.items()}


def unfit(error: ValidationError) -> Refused:
    """Which members of an event are wrong, in one line; never their values (personal data)."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return Refused("; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults))


def verification_code() -> str:
    """20 characters of Crockford base32: 100 bits nobody guesses."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(secrets.choice(alphabet) for _ in range(20))
