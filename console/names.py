"""Names of organisations and their people, from the console's copy of the catalogue."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.kit import replica
from contracts import catalog as contract
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue

_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")


@dataclass(frozen=True, slots=True)
class Names:
    """`catalogue` is None until it was first read whole: then ids stand where names would."""

    catalogue: Catalogue | None

    def org(self, org: str | None) -> str:
        """The short name."""
        if not org:
            return "—"
        found = self._organisation(org)
        return found.short_name if found else org

    def orgs(self, listed: Iterable[str]) -> str:
        """Several names."""
        return "、".join(self.org(one) for one in listed) or "—"

    def seats(self, seats: dict[str, Any]) -> list[tuple[str, str]]:
        """Each seat with who sits in it, in the order of a case."""
        told = []
        for seat in ("accepts", "reviews", "decides", "seals", "answers", "supervises"):
            held = seats.get(seat)
            if held:
                told.append((seat, self.orgs([held] if isinstance(held, str) else held)))
        return told

    def in_text(self, text: str) -> str:
        """A sentence with the ids of organisations replaced by their names."""
        return _ID.sub(lambda found: self.org(found.group()), text)

    def departments(self) -> list[tuple[str, str]]:
        """Organisations that may be chosen as somebody's authority or regulator."""
        if self.catalogue is None:
            return []
        return [
            (one.id, one.short_name)
            for one in self.catalogue.organisations.values()
            if one.kind in {"department", "bureau"}
        ]

    def parks(self) -> list[tuple[str, str]]:
        """Organisations that hold powers."""
        if self.catalogue is None:
            return []
        every = self.catalogue.organisations.values()
        return [(one.id, one.short_name) for one in every if one.kind == "park"]

    def inspectors(self, org: str) -> list[tuple[str, str]]:
        """Officers with an enforcement certificate, as id and “name (number)”."""
        found = self._organisation(org)
        people = found.people if found else ()
        return [
            (person.id, f"{person.name}　执法证号 {person.certificate_no}")
            for person in people
            if person.certificate_no
        ]

    def seals(self, org: str) -> list[tuple[str, str]]:
        """Seals in use, as id and name."""
        found = self._organisation(org)
        return [(seal.id, seal.name) for seal in (found.seals if found else ()) if not seal.retired]

    def _organisation(self, org: str) -> contract.Organisation | None:
        return self.catalogue.organisations.get(org) if self.catalogue else None


async def names_of(kit: Kit) -> Names:
    """The names as known now."""
    try:
        return Names(await replica(kit).current())
    except Problem:
        return Names(None)
