"""Publishing: changed objects and their events in one transaction, under one publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.catalog import CatalogEvent, Publication, key_of
from servicekit import events
from servicekit.kit import Kit
from services.catalog.adapters import objects


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication changed; empty when everything was already so."""

    id: UUID
    keys: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """For answers, audit and the import's row."""
        return {"id": str(self.id), "count": len(self.keys), "keys": list(self.keys)}


async def publish(
    kit: Kit,
    connection: AsyncConnection,
    drafts: Sequence[CatalogEvent],
    *,
    publication: UUID,
    tenant: str,
    at: datetime,
) -> Published:
    """Writes and tells what differs from the published state; an unchanged object is not told.

    Raises objects.ChangedMeanwhile. Takes the catalogue's one lock first.
    """
    await objects.lock(connection)
    known = await objects.bodies(connection)
    changed = [draft for draft in drafts if _differs(draft, known)]
    named = Publication(id=str(publication), count=len(changed))
    for draft in changed:
        seen = int(known.get(key_of(draft), {}).get("version", 0))
        event = draft.model_copy(update={"publication": named, "version": seen + 1})
        await objects.save(connection, event, seen=seen)
        await events.tell(
            kit,
            connection,
            event,
            key=key_of(event),
            aggregate=key_of(event),
            sequence=event.version,
            at=at,
            tenant=tenant,
        )
    if changed:
        await objects.note_change(connection)
    return Published(publication, tuple(key_of(draft) for draft in changed))


def _differs(draft: CatalogEvent, known: dict[str, dict[str, Any]]) -> bool:
    body = known.get(key_of(draft))
    return body is None or objects.state_of(body) != objects.state_of(draft.model_dump(mode="json"))
