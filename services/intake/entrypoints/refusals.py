"""What the rules refuse, as problems: one table, walked by a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from law import acceptance, seals, seats
from law.breach import Breach
from servicekit.problems import Problem
from services.intake.adapters.filings import ChangedMeanwhile
from services.intake.domain import filing as domain
from services.intake.domain.filing import STATUS_NAMES, Filing, Status
from services.intake.usecases.desk import Broken

PROBLEMS: dict[type[Breach], tuple[str, str | None]] = {
    domain.NotAllowedNow: ("not-allowed-now", None),
    domain.NotTheApplicant: ("not-your-seat", None),
    seats.NotYourSeat: ("not-your-seat", None),
    acceptance.SecondNotice: ("not-allowed-now", None),
    acceptance.LateNotice: ("not-allowed-now", None),
    acceptance.NothingNamed: ("invalid", "missing"),
    acceptance.NoNotice: ("not-allowed-now", None),
    acceptance.AwaitingCorrection: ("not-allowed-now", None),
    acceptance.AcceptedBySilence: ("not-allowed-now", None),
    acceptance.BeforeReceipt: ("not-allowed-now", None),
    acceptance.NoRightAuthority: ("invalid", "right_authority"),
    seals.WrongSeal: ("not-allowed-now", None),
    seals.RetiredSeal: ("not-allowed-now", None),
}
"""Breach → problem code, and the field of the request it speaks of."""


@asynccontextmanager
async def refused(version: int | None = None) -> AsyncIterator[None]:
    """Around a verb: what the rules refuse leaves as its problem. `version` is If-Match's."""
    try:
        yield
    except Broken as broken:
        raise problem(broken.breach, broken.filing) from broken
    except ChangedMeanwhile as changed:
        raise _lost(changed.now, version) from changed


def problem(breach: Breach, filing: Filing) -> Problem:
    """The problem of a breach, with what is allowed now."""
    code, field = PROBLEMS[type(breach)]
    errors = []
    if field is not None:
        errors = [{"field": field, "message": breach.text}]
    extra: dict[str, object] = {"rule": breach.code, "source": breach.source}
    if code == "not-allowed-now":
        extra |= standing(filing)
    return Problem(code, breach.text, errors=errors, next_step=_next(code, filing), extra=extra)


def standing(filing: Filing) -> dict[str, object]:
    """Status and allowed verbs, as every 409 and the filing itself carry them."""
    return {
        "no": filing.no,
        "state": filing.status.value,
        "status_text": STATUS_NAMES[filing.status],
        "allowed": [action.value for action in filing.allowed()],
    }


def _lost(filing: Filing, version: int | None) -> Problem:
    if version is not None:
        return Problem("changed-meanwhile", f"收件{filing.no}已被他人更改")
    return Problem(
        "not-allowed-now",
        f"收件{filing.no}刚被他人办理，现为“{STATUS_NAMES[filing.status]}”",
        next_step=_next("not-allowed-now", filing),
        extra=standing(filing),
    )


def _next(code: str, filing: Filing) -> str | None:
    if code != "not-allowed-now" or filing.status is not Status.ACCEPTED:
        return None
    return f"已受理，由审批环节办理；撤回申请请用 POST /api/v1/cases/{filing.no}/withdrawal"
