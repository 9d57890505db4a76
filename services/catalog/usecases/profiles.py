"""Loading a place's folder at the first start, by the same importer its editors use."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import new_id
from servicekit import audit
from servicekit.kit import Kit
from services.catalog.adapters import imports as rows
from services.catalog.adapters import objects, profiles
from services.catalog.adapters.tables import kit as tables
from services.catalog.usecases import imports, publishing


async def load_profile(
    kit: Kit, connection: AsyncConnection, folder: Path, *, at: datetime
) -> tuple[str, ...]:
    """Organisations, calendar, line, guides, then the annex; the keys of what was published.

    A folder that was loaded before and has not changed does nothing: what editors published since
    stays. Raises profiles.BadProfile, and imports.NotLoadable with the report of the annex.
    """
    profile = profiles.read(folder)
    place = profile.setup.place
    await objects.lock(connection)
    stored = await rows.setup_of(connection, place.id)
    if stored is not None and stored.digest == profile.digest:
        return ()
    await rows.save_setup(
        connection, place=place.id, digest=profile.digest, setup=profile.raw, at=at
    )
    first = await publishing.publish(
        kit, connection, profile.objects, publication=new_id(), tenant=place.tenant, at=at
    )
    await audit.append(
        connection,
        tables.audit,
        caller=None,
        action="catalog.load-profile",
        object_=f"place:{place.id}",
        detail={"digest": profile.digest, **first.facts()},
    )
    handed = imports.Handed(
        file_name="annex1.tsv", content=profile.annex, companions={}, place=place.id
    )
    one = await imports.dry_run(connection, handed, import_id=new_id(), caller=None, at=at)
    second = await imports.publish(kit, connection, one, publication=new_id(), caller=None, at=at)
    return (*first.keys, *second.keys)
