"""The catalogue as this service holds it: who oversees, who inspects, which days are worked."""

from datetime import date

from law.supervision import Inspector
from law.workingday import Calendar
from servicekit.kit import Kit
from servicekit.replica import Catalogue, Replica
from services.supervision.domain.finding import NobodyOfThatName
from services.supervision.domain.push import Regulator


async def catalogue(kit: Kit) -> Catalogue:
    """The service's copy; Problem `catching-up` before its first complete replay."""
    if not isinstance(kit.directory, Replica):
        msg = f"{kit.name} has no copy of the catalogue"
        raise TypeError(msg)
    return await kit.directory.current()


def regulator(known: Catalogue, org: str, park: str) -> Regulator:
    """An organisation with its overseer and the park's; an unknown one has the park's alone."""
    overseers = {one for one in (known.overseer(org), known.overseer(park)) if one}
    return Regulator(org, tuple(sorted(overseers)))


def calendar(known: Catalogue, days: int | None) -> Calendar | None:
    """The working days, asked for only where a clock runs; Problem `catching-up` without them."""
    return None if days is None else known.calendar()


def inspector(known: Catalogue, officer: str, *, org: str, day: date) -> Inspector:
    """An officer in office that day with the certificate number the catalogue has.

    Looked up in `org` first, then everywhere, so that a stranger is named as one. Raises
    NobodyOfThatName.
    """
    elsewhere = (one for one in known.organisations if one != org)
    for place in (org, *elsewhere):
        person = known.officer(place, officer)
        if person is None:
            continue
        if (person.valid_from and day < person.valid_from) or (
            person.valid_to and person.valid_to < day
        ):
            raise NobodyOfThatName(f"{person.name}检查当日不在任")
        return Inspector(person.id, person.name, person.certificate_no or "", place)
    raise NobodyOfThatName(f"目录中没有人员 {officer}")


def name_of(known: Catalogue, *, org: str, sub: str, otherwise: str) -> str:
    """The officer's name as the catalogue has it."""
    person = known.officer(org, sub)
    return person.name if person else otherwise
