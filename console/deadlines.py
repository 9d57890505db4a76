"""How near a deadline is, in words and colours; the counting itself is the API's and the law's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from law.clock import Rungs
from servicekit.replica import Catalogue

CLOSED = frozenset({"issued", "denied", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Due:
    """`level` is overdue, red, yellow or empty; `left` in days of the case's own unit."""

    due: str
    provisional: bool
    level: str
    left: int | None


def clock_of(told: Mapping[str, Any]) -> Due:
    """A clock as the case's own page has it."""
    level = "overdue" if told["overdue"] else str(told["rung"] or "")
    return Due(told["due"], told["provisional"], level, told["remaining"])


def row_due(row: Mapping[str, Any], today: date, catalogue: Catalogue | None) -> Due:
    """The promised day of a row in a list, by the law's default rungs on working days.

    A row of the list carries only its day, so a case counted in calendar days or paused is told
    exactly on its own page.
    """
    due = date.fromisoformat(row["promised_due"])
    if row["status"] in CLOSED or row["status"] in {"suspended", "decided"}:
        return Due(row["promised_due"], row["due_provisional"], "", None)
    if row["overdue"]:
        return Due(row["promised_due"], row["due_provisional"], "overdue", None)
    left = _working_days(today, due, catalogue)
    rungs = Rungs()
    level = "red" if left <= rungs.red else "yellow" if left <= rungs.yellow else ""
    return Due(row["promised_due"], row["due_provisional"], level, left)


def _working_days(today: date, due: date, catalogue: Catalogue | None) -> int:
    """Working days after today up to the due day; calendar days while no calendar is here."""
    calendar = next(iter(catalogue.law_calendars.values()), None) if catalogue else None
    if calendar is None:
        return (due - today).days
    return calendar.working_days_between(today, due)
