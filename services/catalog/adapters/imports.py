"""Rows of lists handed in, and of what a place's lists are read with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from services.catalog.adapters.objects import ChangedMeanwhile
from services.catalog.adapters.tables import list_import, place_setup

REFUSED = "refused"
READY = "ready"
PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A list handed in. `companions` holds the rules and papers handed in with it, if any."""

    id: UUID
    version: int
    state: str
    place: str
    file_name: str
    sha256: str
    content: bytes
    companions: Mapping[str, Any]
    report: Mapping[str, Any]
    made_by: str
    made_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None
    publication: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSetup:
    """`digest`: of the profile folder this came from last."""

    place: str
    version: int
    digest: str
    setup: Mapping[str, Any]


async def add(connection: AsyncConnection, one: Import) -> None:
    """A new row at version 1."""
    await connection.execute(
        insert(list_import).values(
            id=one.id,
            version=one.version,
            state=one.state,
            place=one.place,
            file_name=one.file_name,
            sha256=one.sha256,
            content=one.content,
            companions=dict(one.companions),
            report=dict(one.report),
            made_by=one.made_by,
            made_at=one.made_at,
        )
    )


async def load(connection: AsyncConnection, import_id: UUID) -> Import | None:
    """None where there is no such import."""
    row = (
        await connection.execute(select(list_import).where(list_import.c.id == import_id))
    ).one_or_none()
    return Import(**row._mapping) if row is not None else None


async def mark_published(
    connection: AsyncConnection,
    one: Import,
    *,
    by: str,
    at: datetime,
    report: Mapping[str, Any],
    publication: Mapping[str, Any],
) -> None:
    """Raises ChangedMeanwhile when another publication of it was first."""
    changed = await connection.execute(
        update(list_import)
        .where(list_import.c.id == one.id, list_import.c.version == one.version)
        .values(
            version=one.version + 1,
            state=PUBLISHED,
            published_by=by,
            published_at=at,
            report=dict(report),
            publication=dict(publication),
        )
        .returning(list_import.c.id)
    )
    if changed.first() is None:
        raise ChangedMeanwhile(str(one.id))


async def setup_of(connection: AsyncConnection, place: str | None = None) -> StoredSetup | None:
    """The place's setup; with no name given, the only one there is."""
    query = select(
        place_setup.c.place, place_setup.c.version, place_setup.c.digest, place_setup.c.setup
    ).limit(2)
    if place is not None:
        query = query.where(place_setup.c.place == place)
    rows = (await connection.execute(query)).all()
    return StoredSetup(**rows[0]._mapping) if len(rows) == 1 else None


async def save_setup(
    connection: AsyncConnection, *, place: str, digest: str, setup: Mapping[str, Any], at: datetime
) -> None:
    """The newest setup of a place, its version counted up."""
    values = {"digest": digest, "setup": dict(setup), "changed_at": at}
    await connection.execute(
        postgresql.insert(place_setup)
        .values(place=place, version=1, **values)
        .on_conflict_do_update(
            index_elements=["place"], set_={**values, "version": place_setup.c.version + 1}
        )
    )
