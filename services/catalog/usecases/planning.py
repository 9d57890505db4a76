"""What an annex would make of the catalogue: a report per row and cell, and the objects to publish.

Nothing is stored here; the dry run and the publication both ask this one function.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import catalog as contract
from law import delegation as law
from law.breach import Breach
from servicekit import judging
from services.catalog.adapters import objects, published
from services.catalog.domain import annex as table
from services.catalog.domain.annex import Annex, Line
from services.catalog.domain.clauses import squeezed
from services.catalog.domain.fault import Fault
from services.catalog.domain.grants import Grant, grants
from services.catalog.domain.powertype import normalised
from services.catalog.domain.setup import Setup

Bodies = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """`drafts` is empty when there is a single fault: nothing is half-loaded."""

    drafts: tuple[contract.CatalogEvent, ...]
    faults: tuple[Fault, ...]
    report: dict[str, Any]


def plan(lines: Sequence[Line], setup: Setup, known: Bodies) -> Plan:
    """`known`: bodies of the published objects by key."""
    annex = table.parse(lines)
    made, faults = grants(annex, setup, names(known))
    drafts = _drafts(made, setup, known)
    faults = (*annex.faults, *faults, *_lawful(made, drafts, known), *_papers(setup, known))
    report = {
        "loadable": not faults,
        "counts": _counts(annex, made, faults),
        "rows": _rows(annex, made, faults),
        "faults": [_fault(one) for one in faults if one.row is None],
        "changes": [] if faults else _changes(drafts, known),
        "not_in_list": _absent(made, setup, known),
    }
    return Plan(() if faults else drafts, faults, report)


def names(known: Bodies) -> dict[str, str]:
    """Organisation ids by full and short name."""
    return {
        squeezed(body[field]): body["id"]
        for key, body in known.items()
        if key.startswith("organisation:")
        for field in ("name", "short_name")
    }


def _drafts(
    made: Iterable[Grant], setup: Setup, known: Bodies
) -> tuple[contract.CatalogEvent, ...]:
    tenant = setup.place.tenant
    drafts: list[contract.CatalogEvent] = []
    for grant in made:
        stored = known.get(f"delegation:{grant.item}:{grant.park}")
        before = contract.Delegation.model_validate(stored) if stored else None
        drafts.append(published.item(grant, tenant=tenant))
        drafts.append(published.delegation(grant, tenant=tenant, before=before))
    return tuple(drafts)


def _lawful(
    made: Iterable[Grant], drafts: Iterable[contract.CatalogEvent], known: Bodies
) -> list[Fault]:
    """The law's own checks of each delegation among all others."""
    rows = {f"{grant.item}:{grant.park}": grant.row for grant in made}
    new = {one.id: one for one in drafts if isinstance(one, contract.Delegation)}
    kept = {
        body["id"]: contract.Delegation.model_validate(body)
        for key, body in known.items()
        if key.startswith("delegation:")
    }
    everyone = [judging.delegation(one) for one in {**kept, **new}.values()]
    faults = []
    for one in everyone:
        if one.id not in rows:
            continue
        try:
            law.check(one, [other for other in everyone if other.id != one.id])
        except Breach as breach:
            faults.append(Fault(rows[one.id], None, breach.code, breach.text))
    return faults


def _papers(setup: Setup, known: Bodies) -> list[Fault]:
    """Organisations that papers name must be known as well as those of the rows."""
    ids = {body["id"] for key, body in known.items() if key.startswith("organisation:")}
    named = {setup.place.park}
    named |= {one.granted_by for one in setup.papers.agreements}
    named |= {org for one in setup.papers.acting for org in (one.org, one.for_org)}
    named |= {org for one in setup.place.sections for org in one.organisations()}
    return [
        Fault(None, None, "unknown-organisation", f"目录中没有机构 {org}")
        for org in sorted(named - ids)
    ]


def _counts(annex: Annex, made: Sequence[Grant], faults: Sequence[Fault]) -> dict[str, int]:
    return {
        "lines": len(annex.lines),
        "items": len(annex.rows),
        "read": len(made),
        "other_regulator": sum(one.granted_by not in one.seats.supervises for one in made),
        "faults": len(faults),
    }


def _rows(annex: Annex, made: Iterable[Grant], faults: Sequence[Fault]) -> list[dict[str, Any]]:
    by_row = {grant.row: grant for grant in made}
    return [
        {
            "row": line.row,
            "what": line.what,
            "item": by_row[line.row].item if line.row in by_row else None,
            "cells": [_cell(column, text, by_row.get(line.row)) for column, text in line.cells],
            "faults": [_fault(one) for one in faults if one.row == line.row],
        }
        for line in annex.lines
        if line.what != "blank"
    ]


def _cell(column: str, written: str, grant: Grant | None) -> dict[str, Any]:
    """What stands in the cell and what it was read as."""
    read: str | None = written or None
    if grant is not None:
        understood = {
            table.REGULATOR: "、".join(grant.seats.supervises),
            table.DEPARTMENT: grant.granted_by,
        }
        read = understood.get(column, read)
    if column == table.POWER_TYPE and written:
        read = normalised(written)
    return {"column": column, "written": written, "read": read}


def _fault(one: Fault) -> dict[str, Any]:
    return {"column": one.column, "code": one.code, "message": one.message}


def _changes(drafts: Iterable[contract.CatalogEvent], known: Bodies) -> list[dict[str, str]]:
    found = []
    for draft in drafts:
        body = known.get(contract.key_of(draft))
        if body is None:
            found.append({"key": contract.key_of(draft), "change": "new"})
        elif objects.state_of(body) != objects.state_of(draft.model_dump(mode="json")):
            found.append({"key": contract.key_of(draft), "change": "changed"})
    return found


def _absent(made: Iterable[Grant], setup: Setup, known: Bodies) -> list[str]:
    """Delegations of this park the list no longer has; recalling one is an act of its own."""
    here = {f"delegation:{grant.item}:{grant.park}" for grant in made}
    return sorted(
        key
        for key in known
        if key.startswith("delegation:")
        and key.endswith(f":{setup.place.park}")
        and key not in here
    )
