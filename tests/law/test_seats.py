"""Six seats, five modes: who sits, who may act for whom, which steps follow, who answers."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.seats import (
    MODES,
    Acting,
    CoSeal,
    EmptySeat,
    Mode,
    NotYourSeat,
    Seat,
    Seats,
    Step,
    fill,
    holder,
    liability,
    may_act,
    require_seat,
    steps,
)
from tests.law.builders import quick

TODAY = date(2026, 3, 2)


def the_seats(mode: Mode) -> Seats:
    return fill(
        mode,
        park="park",
        department="department",
        regulators=["regulator"],
        office="office",
        upper="province",
        copies_to=["city"] if mode is Mode.DIRECT_REPORT else [],
    )


def a_paper(**changes: object) -> Acting:
    paper = Acting(
        paper="授权书〔2023〕1号",
        for_org="department",
        by_org="park",
        seats=frozenset({Seat.REVIEWS, Seat.DECIDES, Seat.SEALS}),
        valid_from=date(2024, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    return replace(paper, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "sitting"),
    [
        (Mode.DIRECT, "park park park park park regulator"),
        (Mode.SUBSTANTIVE_REVIEW, "park park department department department regulator"),
        (Mode.WINDOW_FORWARD, "park department department department department regulator"),
        (Mode.STATIONED_OFFICE, "park office office department department regulator"),
        (Mode.DIRECT_REPORT, "park park province province park regulator"),
    ],
)
def test_the_modes_fill_the_seats_as_the_table_says(mode: Mode, sitting: str) -> None:
    seats = the_seats(mode)
    assert [holder(seats, seat)[0] for seat in Seat] == sitting.split()


def test_every_mode_fills_every_seat() -> None:
    assert set(MODES) == set(Mode)
    assert all(set(table) == set(Seat) for table in MODES.values())


def test_a_place_may_put_somebody_else_in_a_seat() -> None:
    seats = fill(
        Mode.DIRECT,
        park="park",
        department="department",
        regulators=["regulator"],
        overrides={Seat.SUPERVISES: "park", Seat.ACCEPTS: "hall"},
    )
    assert (seats.supervises, seats.accepts, seats.decides) == (("park",), "hall", "park")


def test_a_seat_without_holder_is_refused() -> None:
    with pytest.raises(EmptySeat):
        fill(Mode.STATIONED_OFFICE, park="park", department="d", regulators=["r"])
    with pytest.raises(EmptySeat):
        fill(Mode.DIRECT, park="park", department="d", regulators=[])


@pytest.mark.parametrize(
    ("paper", "instant", "officer", "allowed"),
    [
        (a_paper(), True, "chen", True),
        (a_paper(), False, "chen", False),
        (a_paper(instant_only=False), False, "chen", True),
        (a_paper(officers=frozenset({"chen"})), True, "chen", True),
        (a_paper(officers=frozenset({"chen"})), True, "li", False),
        (a_paper(valid_to=date(2026, 3, 1)), True, "chen", False),
        (a_paper(valid_to=TODAY), True, "chen", True),
        (a_paper(valid_to=None), True, "chen", True),
        (a_paper(valid_from=date(2026, 3, 3)), True, "chen", False),
        (a_paper(by_org="other"), True, "chen", False),
        (a_paper(for_org="other"), True, "chen", False),
        (a_paper(seats=frozenset({Seat.SEALS})), True, "chen", False),
    ],
)
def test_a_named_paper_lets_the_window_finish_an_instant_item(
    paper: Acting, instant: bool, officer: str, allowed: bool
) -> None:
    authority = may_act(
        the_seats(Mode.WINDOW_FORWARD),
        Seat.DECIDES,
        org="park",
        officer=officer,
        acting_papers=[paper],
        day=TODAY,
        instant=instant,
    )
    assert (authority is not None) == allowed
    if authority:
        assert (authority.org, authority.for_org, authority.paper) == (
            "park",
            "department",
            "授权书〔2023〕1号",
        )


def test_ones_own_seat_needs_no_paper() -> None:
    authority = require_seat(the_seats(Mode.DIRECT), Seat.DECIDES, org="park", day=TODAY)
    assert (authority.for_org, authority.paper) == ("park", None)


def test_another_organisation_is_sent_away_by_name() -> None:
    with pytest.raises(NotYourSeat) as caught:
        require_seat(the_seats(Mode.DIRECT), Seat.DECIDES, org="department", day=TODAY)
    assert caught.value.code == "not-your-seat"


@pytest.mark.parametrize(
    ("mode", "instant", "planned"),
    [
        (Mode.DIRECT, False, "acceptance:park review:park decision:park seal:park push:regulator"),
        (Mode.DIRECT, True, "acceptance:park decision:park seal:park push:regulator"),
        (
            Mode.SUBSTANTIVE_REVIEW,
            False,
            "acceptance:park review:park report:park decision:department seal:department"
            " push:regulator",
        ),
        (
            Mode.WINDOW_FORWARD,
            True,
            "acceptance:park decision:department seal:department push:regulator",
        ),
        (
            Mode.STATIONED_OFFICE,
            False,
            "acceptance:park review:office decision:office seal:department push:regulator",
        ),
        (
            Mode.DIRECT_REPORT,
            False,
            "acceptance:park review:park report:park decision:park push:regulator",
        ),
    ],
)
def test_the_steps_follow_from_the_seats(mode: Mode, instant: bool, planned: str) -> None:
    made = steps(the_seats(mode), instant=instant)
    assert [f"{one.step}:{one.org}" for one in made] == planned.split()


def test_a_provincial_decision_is_recorded_and_not_taken_here() -> None:
    decision = next(s for s in steps(the_seats(Mode.DIRECT_REPORT)) if s.step is Step.DECISION)
    assert (decision.outside, decision.org, decision.differs_from) == (True, "park", ())
    assert the_seats(Mode.DIRECT_REPORT).copies_to == ("city",)


def test_who_reviewed_does_not_decide_unless_the_item_is_instant() -> None:
    ordinary, instant = (
        next(s for s in steps(the_seats(Mode.DIRECT), instant=i) if s.step is Step.DECISION)
        for i in (False, True)
    )
    assert ordinary.differs_from == (Step.REVIEW,)
    assert instant.differs_from == ()


def test_co_seals_stand_on_the_report_and_on_the_result() -> None:
    both = [CoSeal(on="report", org="department"), CoSeal(on="result", org="department")]
    made = [s.step for s in steps(the_seats(Mode.DIRECT_REPORT), co_seals=both)]
    assert made.index(Step.REPORT_CO_SEAL) == made.index(Step.REPORT) - 1
    assert made.index(Step.RESULT_CO_SEAL) == made.index(Step.DECISION) + 1
    assert Step.REPORT_CO_SEAL not in [s.step for s in steps(the_seats(Mode.DIRECT), co_seals=both)]


ORGS = st.sampled_from(["a", "b", "c"])


@quick
@given(ORGS, ORGS, ORGS, ORGS, st.booleans())
def test_the_steps_depend_on_the_seats_alone(
    accepts: str, reviews: str, decides: str, seals: str, instant: bool
) -> None:
    seats = Seats(
        accepts=accepts,
        reviews=reviews,
        decides=decides,
        seals=seals,
        answers=decides,
        supervises=("r",),
    )
    made = steps(seats, instant=instant)
    order = list(Step)
    assert [order.index(s.step) for s in made] == sorted(order.index(s.step) for s in made)
    assert (Step.REVIEW in {s.step for s in made}) == (reviews != decides or not instant)
    assert all(s.org in holder(seats, s.seat) for s in made)


@pytest.mark.parametrize(
    ("mode", "step", "day", "answering"),
    [
        (Mode.DIRECT, Step.DECISION, date(2021, 3, 9), ("park", "department")),
        (Mode.DIRECT, Step.DECISION, date(2021, 5, 10), ("park", "department")),
        (Mode.DIRECT, Step.DECISION, date(2021, 5, 11), ("park",)),
        (Mode.DIRECT_REPORT, Step.DECISION, date(2021, 6, 1), ("park",)),
        (Mode.DIRECT_REPORT, Step.REPORT_CO_SEAL, date(2021, 6, 1), ("park",)),
        (Mode.WINDOW_FORWARD, Step.DECISION, date(2021, 4, 1), ("department",)),
        (Mode.WINDOW_FORWARD, Step.ACCEPTANCE, date(2021, 6, 1), ("department",)),
        (Mode.STATIONED_OFFICE, Step.REVIEW, date(2021, 6, 1), ("department",)),
        (Mode.SUBSTANTIVE_REVIEW, Step.REVIEW, date(2021, 6, 1), ("park",)),
        (Mode.SUBSTANTIVE_REVIEW, Step.DECISION, date(2021, 6, 1), ("department",)),
    ],
)
def test_who_answers_depends_on_the_step_and_the_day(
    mode: Mode, step: Step, day: date, answering: tuple[str, ...]
) -> None:
    found = liability(
        the_seats(mode),
        step,
        day=day,
        department="department",
        transition_until=date(2021, 5, 10),
    )
    assert found.orgs == answering
    assert found.joint == (len(answering) > 1)
