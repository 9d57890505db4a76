"""What a caller sees of the pushes, and whether companies' names are masked for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from servicekit import access
from servicekit.kit import Kit
from servicekit.replica import Catalogue
from servicekit.tokens import Caller
from services.supervision.adapters import known, tables


@dataclass(frozen=True, slots=True)
class Sight:
    """`visible`: the rows; `masked`: a leader reads counts and courses, not who is concerned."""

    visible: ColumnElement[bool]
    masked: bool
    roles: frozenset[str]
    catalogue: Catalogue


async def of(kit: Kit, caller: Caller) -> Sight:
    """The one filter of lists, single reads, numbers and verbs.

    A leader sees what the organisations of their hierarchy see, names masked. Problem
    `catching-up` before the catalogue's first complete replay.
    """
    catalogue = await known.catalogue(kit)
    roles = await kit.effective_roles(caller) if caller.kind == "officer" else frozenset()
    visible = access.readable(tables.push, caller)
    masked = bool(roles) and roles <= {"leader"}
    if "leader" in roles and caller.org is not None:
        beneath = _beneath(catalogue, caller.org)
        visible = or_(visible, tables.push.c.viewers.overlap(beneath))
    return Sight(visible, masked, roles, catalogue)


def _beneath(catalogue: Catalogue, top: str) -> list[str]:
    """The organisation and all whose chain of parents leads to it."""
    return sorted(org for org in catalogue.organisations if top in _chain(catalogue, org))


def _chain(catalogue: Catalogue, org: str) -> Iterable[str]:
    seen: list[str] = []
    current: str | None = org
    while current and current not in seen:
        seen.append(current)
        found = catalogue.organisations.get(current)
        current = found.parent if found else None
    return seen
