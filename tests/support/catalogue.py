"""Zhanggong's catalogue as the importer makes it, as events ready to be told to a service."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from contracts.catalog import CatalogEvent, Publication, key_of
from services.catalog.adapters import profiles, sheets
from services.catalog.usecases.planning import plan

FOLDER = Path(__file__).parents[2] / "profiles" / "zhanggong"
MODES = Path(__file__).parents[1] / "places" / "modes"
"""A place that exists nowhere, with every mode of delegation and both kinds of co-seal."""


def zhanggong() -> tuple[CatalogEvent, ...]:
    """Every object of Zhanggong's profile, published together at version 1."""
    return of_place(FOLDER)


@cache
def of_place(folder: Path) -> tuple[CatalogEvent, ...]:
    """Every object of a profile, published together at version 1."""
    profile = profiles.read(folder)
    known = {key_of(one): one.model_dump(mode="json") for one in profile.objects}
    planned = plan(sheets.read(profile.annex), profile.setup, known)
    assert not planned.faults, planned.faults
    return published([*profile.objects, *planned.drafts])


def published(
    objects: Sequence[CatalogEvent], *, publication: str = "00000000-0000-7000-8000-000000000001"
) -> tuple[CatalogEvent, ...]:
    """The objects as one publication, each at its next version."""
    named = Publication(id=publication, count=len(objects))
    return tuple(
        one.model_copy(update={"publication": named, "version": one.version + 1}) for one in objects
    )


def organisation(org: str) -> CatalogEvent:
    return next(one for one in zhanggong() if key_of(one) == f"organisation:{org}")
