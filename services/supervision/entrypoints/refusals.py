"""What the rules refuse, as problems: one table, walked by a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from law import supervision as law
from law.breach import Breach
from servicekit.clock import local
from servicekit.problems import Problem
from services.supervision.domain import finding, push

PROBLEMS: dict[type[Breach], tuple[str, str | None]] = {
    push.NotAllowedNow: ("not-allowed-now", None),
    push.NotYourSeat: ("not-your-seat", None),
    push.TakenBy: ("taken-by", None),
    push.AlreadyThere: ("invalid", "regulator"),
    law.TooFewInspectors: ("invalid", "inspectors"),
    law.NoCertificate: ("invalid", "inspectors"),
    law.SameInspectorTwice: ("invalid", "inspectors"),
    law.InspectorOfAnotherOffice: ("invalid", "inspectors"),
    law.NothingRecorded: ("invalid", "inspection"),
    finding.NobodyOfThatName: ("invalid", "inspectors"),
    finding.InspectedLater: ("invalid", "inspected_at"),
    finding.RectificationUnclear: ("invalid", "rectification"),
}
"""Breach → problem code, and the field of the request it speaks of."""


def problem(breach: Breach) -> Problem:
    """The problem of a breach, with what is allowed or who holds it."""
    code, field = PROBLEMS[type(breach)]
    errors = []
    if field is not None:
        errors = [{"field": field, "message": breach.text, "source": breach.source}]
    return Problem(code, breach.text, errors=errors, extra=_extra(breach))


@asynccontextmanager
async def refused() -> AsyncIterator[None]:
    """Around a verb: a breach of the rules leaves as its problem."""
    try:
        yield
    except Breach as breach:
        raise problem(breach) from breach


def _extra(breach: Breach) -> dict[str, object]:
    match breach:
        case push.NotAllowedNow():
            allowed = [action.value for action in push.open_actions(breach.status)]
            return {"state": breach.status.value, "status_text": breach.text, "allowed": allowed}
        case push.TakenBy():
            holder = breach.holder
            return {"holder": {"id": holder.id, "name": holder.name, "since": local(holder.at)}}
        case _:
            return {"rule": breach.code, "source": breach.source}
