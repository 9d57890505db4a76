"""Uploaded materials: whose they are, which filing uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.intake import Material
from services.intake.adapters.tables import material


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`owner` is the token's `sub` of whoever uploaded it."""

    id: UUID
    owner: str
    name: str
    media_type: str
    size: int
    sha256: str
    filing_no: str | None
    requirement: str | None


_COLUMNS = tuple(material.c[name] for name in Uploaded.__dataclass_fields__)


class AlreadyUsed(Exception):
    """Another filing took one of the materials a moment before."""


async def add(connection: AsyncConnection, uploaded: Uploaded, *, at: datetime) -> None:
    """A material nobody uses yet."""
    await connection.execute(
        insert(material).values(
            id=uploaded.id,
            owner=uploaded.owner,
            name=uploaded.name,
            media_type=uploaded.media_type,
            size=uploaded.size,
            sha256=uploaded.sha256,
            uploaded_at=at,
        )
    )


async def find(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Uploaded]:
    """Those of the ids that exist."""
    if not ids:
        return {}
    rows = await connection.execute(select(*_COLUMNS).where(material.c.id.in_(ids)))
    return {row["id"]: Uploaded(**row) for row in rows.mappings()}


async def of_filing(connection: AsyncConnection, no: str) -> list[Uploaded]:
    """What was handed in for a filing, oldest first."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(material.c.filing_no == no)
        .order_by(material.c.handed_in_at, material.c.id)
    )
    return [Uploaded(**row) for row in rows.mappings()]


async def hand_in(
    connection: AsyncConnection,
    no: str,
    requirements: Mapping[UUID, str | None],
    *,
    at: datetime,
) -> None:
    """Gives materials to a filing for good. Raises AlreadyUsed."""
    for id_, requirement in requirements.items():
        taken = await connection.execute(
            update(material)
            .where(material.c.id == id_, material.c.filing_no.is_(None))
            .values(filing_no=no, requirement=requirement, handed_in_at=at)
        )
        if taken.rowcount != 1:
            raise AlreadyUsed(str(id_))


def public(uploaded: Uploaded) -> Material:
    """As events and answers carry it."""
    return Material(
        id=str(uploaded.id),
        requirement=uploaded.requirement,
        name=uploaded.name,
        media_type=uploaded.media_type,
        size=uploaded.size,
        sha256=uploaded.sha256,
    )
