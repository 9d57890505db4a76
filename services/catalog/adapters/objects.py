"""Published objects in the catalogue's own database: whole states by `kind:id`, with versions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.catalog import CatalogEvent, key_of
from services.catalog.adapters.tables import kit

NOT_STATE = ("publication", "version")
"""Fields that say how an object came here, not what it is."""


class ChangedMeanwhile(Exception):
    """Another publication got in between; nothing was written."""


async def lock(connection: AsyncConnection) -> None:
    """One publication at a time: readers of the log rely on it."""
    await connection.execute(select(kit.catalog_state.c.id).with_for_update())


async def bodies(connection: AsyncConnection) -> dict[str, dict[str, Any]]:
    """Every object's state by key."""
    table = kit.catalog_object
    rows = await connection.execute(select(table.c.key, table.c.body))
    return {row.key: row.body for row in rows}


async def save(connection: AsyncConnection, event: CatalogEvent, *, seen: int) -> None:
    """Writes the object as `event` tells it. Raises ChangedMeanwhile unless at version `seen`."""
    table = kit.catalog_object
    key = key_of(event)
    values = {
        "kind": key.split(":")[0],
        "body": event.model_dump(mode="json"),
        "version": event.version,
    }
    if seen == 0:
        await connection.execute(insert(table).values(key=key, position=0, **values))
        return
    changed = await connection.execute(
        update(table)
        .where(table.c.key == key, table.c.version == seen)
        .values(values)
        .returning(table.c.key)
    )
    if changed.first() is None:
        raise ChangedMeanwhile(key)


async def note_change(connection: AsyncConnection) -> None:
    """Copies in memory are read anew, in this process and in every other."""
    state = kit.catalog_state
    await connection.execute(update(state).values(complete=True, changes=state.c.changes + 1))


def state_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the object is, apart from how it came."""
    return {name: value for name, value in body.items() if name not in NOT_STATE}
