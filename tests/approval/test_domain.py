"""The table of states holds: every action in every state, without a database."""

from dataclasses import replace
from datetime import date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.clock import PauseReason, PauseWithoutNotice, Unit
from law.decision import Outcome
from law.seals import SealKind
from law.seats import Mode, Seats
from law.workingday import Calendar
from services.approval.domain import validity
from services.approval.domain.authority import Asked
from services.approval.domain.case import Case
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import (
    Act,
    Actor,
    CoSealPlan,
    Decision,
    Power,
    Prolongation,
    SealUse,
    Signature,
    Suspension,
)
from services.approval.domain.state import (
    ALLOWED,
    CLOSED,
    STATUS_NAMES,
    Action,
    NotAllowedNow,
    Status,
)
from tests.approval.builders import MONDAY

DAY = date(2026, 3, 2)
CALENDAR = Calendar.from_years({"2026": {"notice": "示例", "rest": [], "work": []}})
BY = Signature(id="ann", name="安", org="park", role="approver")


def seats(**changes: object) -> Seats:
    given = {
        "accepts": "park",
        "reviews": "park",
        "decides": "park",
        "seals": "park",
        "answers": "park",
        "supervises": ("office",),
    }
    return Seats(**{**given, **changes})  # type: ignore[arg-type]


def a_power(sitting: Seats | None = None, **changes: object) -> Power:
    given = {
        "mode": Mode.DIRECT,
        "seats": sitting or seats(),
        "delegation": "x:park",
        "period": 0,
        "granted_by": "department",
        "seal": SealKind.PARK_APPROVAL,
    }
    return Power(**{**given, **changes})  # type: ignore[arg-type]


def a_decision(outcome: Outcome = Outcome.GRANTED) -> Decision:
    return Decision(
        id=UUID(int=1),
        version=1,
        number="章高新审〔2026〕1号",
        outcome=outcome,
        result_kind="permit",
        decided_on=DAY,
        decided_at=MONDAY,
        decided_by=BY,
        reviewed_by=None,
        grounds="《示例条例》",
        reasons=(),
        remedies=(),
        content={},
        content_sha256="0" * 64,
        code="0" * 20,
        competence={},
        liability="园区",
    )


def a_suspension(**changes: object) -> Suspension:
    given = {
        "id": "s-1",
        "reason": PauseReason.HEARING,
        "notice_no": "告1号",
        "expected_days": 5,
        "from_day": DAY,
    }
    return Suspension(**{**given, **changes})  # type: ignore[arg-type]


CO_SEALS = (
    CoSealPlan(on="report", org="city", kind=SealKind.OFFICIAL),
    CoSealPlan(on="result", org="city", kind=SealKind.OFFICIAL),
)


def a_case(status: Status) -> Case:
    """A case that has every co-seal and stands in the state; the table alone is asked here."""
    case = Case(
        no="20260302000000011",
        item="x",
        item_name="事项",
        park="park",
        guide_version=1,
        instant=False,
        four_eyes=True,
        result_kind="permit",
        applicant={"name": "公司", "uscc": "91"},
        project={},
        materials=[],
        source_system="ywtb",
        source_case_no=None,
        rehearsal=False,
        tenant="t",
        received_at=MONDAY,
        accepted_at=MONDAY,
        opened_at=MONDAY,
        status=status,
        version=1,
        viewers=("park",),
        mode=Mode.DIRECT,
        seats=seats(),
        co_seals=CO_SEALS,
        delegation="x:park",
        period=0,
        competence={},
        deadlines=Deadlines(started_on=DAY, unit=Unit.WORKING, statutory_days=20, promised_days=10),
    )
    if status is Status.SUSPENDED:
        case.suspended_from = Status.UNDER_REVIEW
        case.deadlines = replace(case.deadlines, suspensions=(a_suspension(),))
    if status in {Status.DECIDED, Status.AWAITING_CO_SEAL}:
        case.decision = a_decision()
    return case


def act(power: Power | None = None, at: datetime = MONDAY) -> Act:
    return Act(by=BY, at=at, power=power or a_power())


def use() -> SealUse:
    return SealUse(seal="seal", name="章", org="park", by=BY, at=MONDAY)


def put_some_seal(case: Case) -> None:
    ways = {
        Status.AWAITING_REPORT_SEAL: case.seal_report,
        Status.AWAITING_CO_SEAL: case.put_co_seal,
    }
    ways.get(case.status, case.put_seal)(act(), use())


AN_EXTENSION = Prolongation(
    days=10, reason="情况复杂", approved_by="head", notified_on=DAY, notice_no="延1号"
)
OTHERS = a_power(seats(reviews="department", decides="department", seals="department"))

DO = {
    Action.REVIEW: lambda c: c.review(act(), opinion="可", recommends="grant"),
    Action.RETURN: lambda c: c.put_back(act(), reason="补充说明"),
    Action.APPROVE: lambda c: c.decide(act(), a_decision()),
    Action.DENY: lambda c: c.decide(act(), a_decision(Outcome.DENIED)),
    Action.SEAL: put_some_seal,
    Action.RECORD_OUTSIDE: lambda c: c.record_outside(act(), a_decision(), use()),
    Action.SUSPEND: lambda c: c.suspend(act(), a_suspension(), CALENDAR),
    Action.RESUME: lambda c: c.resume(act(), day=DAY),
    Action.EXTEND: lambda c: c.extend(act(), AN_EXTENSION, CALENDAR),
    Action.WITHDRAW: lambda c: c.withdraw(act(), day=DAY, reason=None),
    Action.HAND_OVER: lambda c: c.hand_over(act(OTHERS), reason="权力调整"),
}
AFTER = {
    (Action.REVIEW, Status.UNDER_REVIEW): Status.AWAITING_REPORT_SEAL,
    (Action.SEAL, Status.AWAITING_REPORT_SEAL): Status.AWAITING_DECISION,
    (Action.SEAL, Status.DECIDED): Status.AWAITING_CO_SEAL,
    (Action.SEAL, Status.AWAITING_CO_SEAL): Status.ISSUED,
    (Action.APPROVE, Status.AWAITING_DECISION): Status.DECIDED,
    (Action.DENY, Status.AWAITING_DECISION): Status.DECIDED,
    (Action.RECORD_OUTSIDE, Status.REPORTED): Status.AWAITING_CO_SEAL,
    (Action.RETURN, Status.AWAITING_DECISION): Status.UNDER_REVIEW,
    (Action.RETURN, Status.REPORTED): Status.UNDER_REVIEW,
    (Action.SUSPEND, Status.UNDER_REVIEW): Status.SUSPENDED,
    (Action.SUSPEND, Status.AWAITING_DECISION): Status.SUSPENDED,
    (Action.RESUME, Status.SUSPENDED): Status.UNDER_REVIEW,
}


@pytest.mark.parametrize(("action", "status"), list(product(Action, Status)))
def test_the_table_alone_says_what_may_happen(action: Action, status: Status):
    case = a_case(status)
    before = replace(case)
    if status in ALLOWED[action]:
        DO[action](case)
        after = AFTER.get((action, status))
        if action is Action.WITHDRAW:
            after = Status.WITHDRAWN
        if after is not None:
            assert case.status is after
        assert case.new_steps[0].liability is not None
        return
    with pytest.raises(NotAllowedNow) as refused:
        DO[action](case)
    assert (refused.value.action, refused.value.status) == (action, status)
    assert (case.status, case.new_steps, case.deadlines) == (
        before.status,
        [],
        before.deadlines,
    )


@pytest.mark.parametrize(("action", "status"), list(product(Action, Status)))
def test_nobody_is_let_act_outside_the_table(action: Action, status: Status):
    everybody = Actor(
        id="ywtb",
        name="甲",
        org="park",
        roles=frozenset({"reviewer", "approver", "sealer", "leader", "window", "overseer"}),
    )
    asked = Asked(a_case(status), action, everybody, a_power(), DAY)
    if status not in ALLOWED[action]:
        assert not asked.granted()


@pytest.mark.parametrize(
    ("source", "roles", "granted"),
    [
        ("ywtb", {"reviewer"}, True),
        ("ann", {"reviewer"}, False),
        ("park", {"reviewer"}, True),
        ("park", {"reviewer", "helper"}, False),
    ],
)
def test_who_helped_to_file_does_not_review(source: str, roles: set[str], granted: bool):
    case = replace(a_case(Status.UNDER_REVIEW), source_system=source)
    actor = Actor(id="ann", name="安", org="park", roles=frozenset(roles))
    assert Asked(case, Action.REVIEW, actor, a_power(), DAY).granted() is granted


def test_every_state_has_a_name_and_only_closed_ones_have_no_way_on():
    assert set(STATUS_NAMES) == set(Status)
    dead_ends = {status for status in Status if not any(status in ok for ok in ALLOWED.values())}
    assert dead_ends == CLOSED


@pytest.mark.parametrize("action", [Action.APPROVE, Action.WITHDRAW])
def test_a_decision_and_a_withdrawal_stop_the_clocks(action: Action):
    case = a_case(Status.AWAITING_DECISION)
    DO[action](case)
    assert case.deadlines.stopped_on == DAY


def test_a_pause_without_a_notice_is_impossible():
    case = a_case(Status.UNDER_REVIEW)
    for broken in (a_suspension(notice_no=" "), a_suspension(expected_days=0)):
        with pytest.raises(PauseWithoutNotice):
            case.suspend(act(), broken, CALENDAR)
    assert case.status is Status.UNDER_REVIEW


@pytest.mark.parametrize(
    ("status", "changed", "place"),
    [
        (Status.UNDER_REVIEW, {"decides": "b"}, Status.UNDER_REVIEW),
        (Status.AWAITING_DECISION, {"reviews": "b"}, Status.UNDER_REVIEW),
        (Status.AWAITING_DECISION, {"decides": "b"}, Status.AWAITING_DECISION),
        (Status.AWAITING_REPORT_SEAL, {"decides": "b"}, Status.AWAITING_DECISION),
        (Status.DECIDED, {"seals": "b"}, Status.DECIDED),
        (Status.DECIDED, {"decides": "b"}, Status.AWAITING_DECISION),
        (Status.SUSPENDED, {"reviews": "b"}, Status.SUSPENDED),
    ],
)
def test_a_hand_over_falls_back_to_the_first_seat_that_changed(
    status: Status, changed: dict[str, str], place: Status
):
    case = a_case(status)
    case.hand_over(act(a_power(seats(**changed))), reason="调整")
    assert case.status is place
    lapsed = status is Status.DECIDED and place is not Status.DECIDED
    assert bool(case.decision and case.decision.void) is lapsed
    if lapsed:
        assert case.deadlines.stopped_on is None
        with pytest.raises(NotAllowedNow):
            case.standing_decision()


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-03-02", 12, "2027-03-01"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-12-15", 36, "2029-12-14"),
    ],
)
def test_a_licence_ends_the_day_before_its_anniversary(start: str, months: int, last: str):
    assert validity.until(date.fromisoformat(start), months).isoformat() == last


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 120))
def test_a_licence_of_more_months_never_ends_sooner(start: date, months: int):
    assert start < validity.until(start, months) or months == 0
    assert validity.until(start, months) <= validity.until(start, months + 1)
