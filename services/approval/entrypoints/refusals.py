"""What the rules refuse, as problems: one table, walked by a test."""

from law import clock, competence, decision, delegation, seals, seats
from law.breach import Breach
from servicekit.problems import Problem
from services.approval.domain import authority, state
from services.approval.usecases.refusal import Refusal

READ = (clock, competence, decision, delegation, seals, seats, authority, state)
"""Modules whose breaches approval may meet."""

PROBLEMS: dict[type[Breach], tuple[str, str | None]] = {
    state.NotAllowedNow: ("not-allowed-now", None),
    authority.WrongRole: ("not-your-seat", None),
    authority.SelfApproval: ("not-your-seat", None),
    authority.NotTheHead: ("not-your-seat", None),
    authority.NotTheApplicant: ("not-your-seat", None),
    seats.NotYourSeat: ("not-your-seat", None),
    seats.EmptySeat: ("seats-changed", None),
    seals.WrongSeal: ("invalid", "seal"),
    seals.RetiredSeal: ("invalid", "seal"),
    decision.SameOfficer: ("not-your-seat", None),
    decision.NoGrounds: ("invalid", "grounds"),
    decision.NoReasons: ("invalid", "reasons"),
    decision.NoRemedies: ("invalid", "remedies"),
    clock.PauseWithoutNotice: ("invalid", "expected_days"),
    clock.PauseBeforeNotice: ("invalid", "expected_days"),
    clock.PauseBackwards: ("not-allowed-now", None),
    clock.AlreadyPaused: ("not-allowed-now", None),
    clock.NotPaused: ("not-allowed-now", None),
    clock.PauseAfterDue: ("not-allowed-now", None),
    clock.ExtensionTooLong: ("invalid", "days"),
    clock.ExtensionWithoutApproval: ("not-your-seat", None),
    clock.ExtensionWithoutReason: ("invalid", "reason"),
    clock.SecondExtension: ("not-allowed-now", None),
    clock.ExtensionAfterDue: ("not-allowed-now", None),
    delegation.OverlappingPeriods: ("catching-up", None),
    delegation.PeriodBackwards: ("catching-up", None),
    delegation.ReDelegation: ("catching-up", None),
}
"""Breach → problem code, and the field of the request it speaks of."""


def problem(refused: Refusal | Breach) -> Problem:
    """The problem of a refusal, with the rule, its source, and what is allowed."""
    breach = refused.breach if isinstance(refused, Refusal) else refused
    code, field = PROBLEMS[type(breach)]
    errors = [{"field": field, "message": breach.text, "source": breach.source}] if field else []
    extra: dict[str, object] = {"rule": breach.code, "source": breach.source}
    if isinstance(refused, Refusal) and code == "not-allowed-now":
        extra |= {
            "state": refused.status.value,
            "allowed": [action.value for action in refused.allowed],
        }
    return Problem(code, breach.text, errors=errors, extra=extra)
