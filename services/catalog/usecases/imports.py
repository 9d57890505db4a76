"""Lists handed in: a dry run that reports every row and cell, then publication, all or nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import audit
from servicekit.kit import Kit
from servicekit.tokens import Caller
from services.catalog.adapters import imports, objects, profiles, sheets
from services.catalog.adapters.imports import Import, StoredSetup
from services.catalog.adapters.tables import kit as tables
from services.catalog.domain.setup import Setup
from services.catalog.usecases import planning, publishing

COMPANIONS = ("scope", "papers")
"""What may be handed in beside a list; what is not is taken from the place."""


class NoSuchPlace(Exception):
    """No profile of that name was ever loaded."""


class NotLoadable(Exception):
    """The list has faults; nothing of it is loaded."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        super().__init__("faults")
        self.report = report


class AlreadyPublished(Exception):
    """This import was published before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A list as someone handed it in. `place` None: the only one there is."""

    file_name: str
    content: bytes
    companions: Mapping[str, Any]
    place: str | None = None


async def dry_run(
    connection: AsyncConnection,
    handed: Handed,
    *,
    import_id: UUID,
    caller: Caller | None,
    at: datetime,
) -> Import:
    """Stores the list with its report; the catalogue itself stays as it is.

    Raises sheets.NotAList, profiles.BadProfile for a companion that cannot be read, NoSuchPlace.
    """
    stored = await _stored(connection, handed.place)
    lines = sheets.read(handed.content)
    plan = planning.plan(lines, _setup(stored, handed.companions), await objects.bodies(connection))
    one = Import(
        id=import_id,
        version=1,
        state=imports.READY if not plan.faults else imports.REFUSED,
        place=stored.place,
        file_name=handed.file_name,
        sha256=hashlib.sha256(handed.content).hexdigest(),
        content=handed.content,
        companions=handed.companions,
        report=plan.report,
        made_by=caller.sub if caller else "system",
        made_at=at,
    )
    await imports.add(connection, one)
    await _note(connection, caller, "import", one, {"faults": len(plan.faults)})
    return one


async def publish(
    kit: Kit,
    connection: AsyncConnection,
    one: Import,
    *,
    publication: UUID,
    caller: Caller | None,
    at: datetime,
) -> publishing.Published:
    """Judges the list again on the catalogue as it is now, then writes and tells everything.

    Raises AlreadyPublished, NotLoadable, ChangedMeanwhile.
    """
    if one.state == imports.PUBLISHED:
        raise AlreadyPublished
    await objects.lock(connection)
    stored = await _stored(connection, one.place)
    setup = _setup(stored, one.companions)
    known = await objects.bodies(connection)
    plan = planning.plan(sheets.read(one.content), setup, known)
    if plan.faults:
        raise NotLoadable(plan.report)
    made = await publishing.publish(
        kit,
        connection,
        plan.drafts,
        publication=publication,
        tenant=setup.place.tenant,
        at=at,
    )
    await _keep_companions(connection, stored, one.companions, at)
    await imports.mark_published(
        connection,
        one,
        by=caller.sub if caller else "system",
        at=at,
        report=plan.report,
        publication=made.facts(),
    )
    await _note(connection, caller, "publish", one, made.facts())
    return made


async def _stored(connection: AsyncConnection, place: str | None) -> StoredSetup:
    stored = await imports.setup_of(connection, place)
    if stored is None:
        raise NoSuchPlace(place or "")
    return stored


def _setup(stored: StoredSetup, companions: Mapping[str, Any]) -> Setup:
    return profiles.checked({**stored.setup, **companions})


async def _keep_companions(
    connection: AsyncConnection, stored: StoredSetup, companions: Mapping[str, Any], at: datetime
) -> None:
    """Rules and papers published with a list are the place's from then on."""
    setup = {**stored.setup, **companions}
    if setup != stored.setup:
        await imports.save_setup(
            connection, place=stored.place, digest=stored.digest, setup=setup, at=at
        )


async def _note(
    connection: AsyncConnection,
    caller: Caller | None,
    action: str,
    one: Import,
    detail: Mapping[str, Any],
) -> None:
    await audit.append(
        connection,
        tables.audit,
        caller=caller,
        action=f"catalog.{action}",
        object_=f"import:{one.id}",
        detail={"file": one.file_name, "sha256": one.sha256, **detail},
    )
