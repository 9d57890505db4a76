"""Lists for readers, straight from the published states."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.catalog.adapters.objects import state_of
from services.catalog.adapters.tables import events, kit


async def page(
    connection: AsyncConnection,
    kind: str,
    *,
    after: str | None,
    limit: int,
    equal: Mapping[str, Any],
    name: str | None = None,
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 states of a kind in the order of their keys, after the key `after`.

    `equal`: JSON the state must contain, e.g. {"item": "zg-01"}; None values ask nothing.
    """
    table = kit.catalog_object
    wanted = {field: value for field, value in equal.items() if value is not None}
    query = select(table.c.body).where(table.c.kind == kind).order_by(table.c.key).limit(limit + 1)
    if after is not None:
        query = query.where(table.c.key > f"{kind}:{after}")
    if wanted:
        query = query.where(table.c.body.contains(wanted))
    if name is not None:
        query = query.where(table.c.body["name"].astext.contains(name, autoescape=True))
    return [shown(row.body) for row in await connection.execute(query)]


async def one(connection: AsyncConnection, key: str) -> dict[str, Any] | None:
    """The state under `kind:id`, None where there is none."""
    table = kit.catalog_object
    row = (await connection.execute(select(table.c.body).where(table.c.key == key))).one_or_none()
    return shown(row.body) if row is not None else None


async def position(connection: AsyncConnection) -> int:
    """How far the catalogue was told: the newest position given in the archive."""
    return await connection.scalar(select(events.event_head.c.head)) or 0


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """The state with its version."""
    return {**state_of(body), "version": body["version"]}
