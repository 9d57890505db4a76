"""Article 32: five working days, one notice, and what silence means."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.acceptance import (
    Accepted,
    AcceptedBySilence,
    AwaitingCorrection,
    BeforeReceipt,
    LateNotice,
    NoNotice,
    NoRightAuthority,
    NotAccepted,
    NothingNamed,
    Receipt,
    RefusalGround,
    SecondNotice,
    Standing,
    accept,
    ask_correction,
    correct,
    refuse,
    silence,
    standing,
    window,
)
from law.breach import Breach
from tests.law.builders import CALENDAR, quick

FRIDAY = date(2026, 2, 13)
LAST = date(2026, 2, 27)
LATE = date(2026, 2, 28)
NEW = Receipt(received_on=FRIDAY)
ASKED = Receipt(received_on=FRIDAY, asked_on=LAST, named=("授权委托书",))
CORRECTED = Receipt(
    received_on=FRIDAY, asked_on=LAST, named=("授权委托书",), corrected_on=date(2026, 3, 9)
)


def test_the_window_is_five_working_days_over_the_spring_festival() -> None:
    assert window(NEW, CALENDAR).day == LAST


def test_silence_accepts_from_the_day_the_material_came_in() -> None:
    assert silence(NEW, CALENDAR, LAST) is None
    assert silence(NEW, CALENDAR, LATE) == Accepted(FRIDAY, by_silence=True)


def test_acceptance_in_time_counts_from_its_own_day() -> None:
    assert accept(NEW, on=LAST, calendar=CALENDAR) == Accepted(LAST, by_silence=False)


def test_acceptance_too_late_finds_that_the_law_had_accepted() -> None:
    assert accept(NEW, on=LATE, calendar=CALENDAR) == Accepted(FRIDAY, by_silence=True)


def test_nothing_runs_while_the_applicant_is_asked() -> None:
    assert standing(ASKED, CALENDAR, date(2026, 12, 1)) is Standing.AWAITING_CORRECTION
    assert silence(ASKED, CALENDAR, date(2026, 12, 1)) is None


def test_a_correction_opens_a_window_of_its_own() -> None:
    assert window(CORRECTED, CALENDAR).day == date(2026, 3, 16)
    assert silence(CORRECTED, CALENDAR, date(2026, 3, 17)) == Accepted(
        date(2026, 3, 9), by_silence=True
    )


def test_the_one_notice_keeps_what_it_named() -> None:
    asked = ask_correction(NEW, [" 授权委托书", "", "营业执照"], on=LAST, calendar=CALENDAR)
    assert asked == Receipt(received_on=FRIDAY, asked_on=LAST, named=("授权委托书", "营业执照"))
    assert correct(asked, on=LATE).corrected_on == LATE


def test_an_incomplete_correction_may_be_refused_in_writing() -> None:
    answer = refuse(CORRECTED, RefusalGround.NOT_CORRECTED, on=date(2026, 3, 10), calendar=CALENDAR)
    assert answer == NotAccepted(date(2026, 3, 10), RefusalGround.NOT_CORRECTED)


def test_a_refusal_for_want_of_power_names_where_to_turn() -> None:
    answer = refuse(
        NEW, RefusalGround.NOT_OUR_POWER, on=FRIDAY, calendar=CALENDAR, turn_to="区行政审批局"
    )
    assert answer.turn_to == "区行政审批局"


@pytest.mark.parametrize(
    ("breach", "act"),
    [
        (SecondNotice, lambda: ask_correction(ASKED, ["x"], on=LAST, calendar=CALENDAR)),
        (
            SecondNotice,
            lambda: ask_correction(CORRECTED, ["x"], on=date(2026, 3, 9), calendar=CALENDAR),
        ),
        (LateNotice, lambda: ask_correction(NEW, ["x"], on=LATE, calendar=CALENDAR)),
        (NothingNamed, lambda: ask_correction(NEW, [" "], on=LAST, calendar=CALENDAR)),
        (
            BeforeReceipt,
            lambda: ask_correction(NEW, ["x"], on=date(2026, 2, 12), calendar=CALENDAR),
        ),
        (NoNotice, lambda: correct(NEW, on=LAST)),
        (BeforeReceipt, lambda: correct(ASKED, on=FRIDAY)),
        (AwaitingCorrection, lambda: accept(ASKED, on=LATE, calendar=CALENDAR)),
        (BeforeReceipt, lambda: accept(NEW, on=date(2026, 2, 12), calendar=CALENDAR)),
        (
            AcceptedBySilence,
            lambda: refuse(NEW, RefusalGround.NOT_NEEDED, on=LATE, calendar=CALENDAR),
        ),
        (
            NoRightAuthority,
            lambda: refuse(NEW, RefusalGround.NOT_OUR_POWER, on=LAST, calendar=CALENDAR),
        ),
        (NoNotice, lambda: refuse(NEW, RefusalGround.NOT_CORRECTED, on=LAST, calendar=CALENDAR)),
        (
            BeforeReceipt,
            lambda: refuse(NEW, RefusalGround.NOT_NEEDED, on=date(2026, 2, 12), calendar=CALENDAR),
        ),
    ],
)
def test_what_article_32_forbids_is_refused_by_name(
    breach: type[Breach], act: Callable[[], object]
) -> None:
    with pytest.raises(breach) as caught:
        act()
    assert caught.value.source.startswith("行政许可法第三十二条")


@quick
@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(0, 40))
def test_a_filing_is_either_open_or_accepted_by_law(received: date, after: int) -> None:
    filing, today = Receipt(received_on=received), received + timedelta(days=after)
    late = CALENDAR.working_days_between(received, today) > 5
    accepted = silence(filing, CALENDAR, today)
    assert (accepted is not None) >= late
    assert (accepted is not None) == (today > window(filing, CALENDAR).day)
    assert accept(filing, on=today, calendar=CALENDAR).on == (received if accepted else today)
