"""Deadlines: budget and time used, pauses with their notice, one extension, warnings."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.breach import Breach
from law.clock import (
    AlreadyPaused,
    Budget,
    Clock,
    Extension,
    ExtensionAfterDue,
    ExtensionTooLong,
    ExtensionWithoutApproval,
    ExtensionWithoutReason,
    NotPaused,
    Pause,
    PauseAfterDue,
    PauseBackwards,
    PauseBeforeNotice,
    PauseReason,
    PauseWithoutNotice,
    Rung,
    Rungs,
    SecondExtension,
    Unit,
    due,
    extend,
    pause,
    resume,
    state,
    stop,
    used,
)
from law.workingday import Due
from tests.law.builders import CALENDAR, quick

MONDAY = date(2026, 3, 2)
DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))


def a_clock(days: int = 20, unit: Unit = Unit.WORKING, start: date = MONDAY) -> Clock:
    return Clock(started_on=start, budget=Budget(days, unit))


def a_pause(from_day: date = date(2026, 3, 5), until: date | None = None, days: int = 10) -> Pause:
    return Pause(
        reason=PauseReason.EXPERT_REVIEW,
        notice_no="章高新审特告〔2026〕3号",
        notified_on=from_day,
        expected_days=days,
        from_day=from_day,
        until_day=until,
    )


def an_extension(days: int = 10, told: date = date(2026, 3, 20)) -> Extension:
    return Extension(days=days, approved_by="zg-park-head", reason="案情复杂", notified_on=told)


def test_the_eight_special_procedures_are_those_of_article_45() -> None:
    assert [r.value for r in PauseReason] == [
        "听证",
        "招标",
        "拍卖",
        "检验",
        "检测",
        "检疫",
        "鉴定",
        "专家评审",
    ]


@pytest.mark.parametrize(
    ("clock", "last"),
    [
        (a_clock(20), date(2026, 3, 30)),
        (a_clock(5, start=date(2026, 2, 13)), date(2026, 2, 27)),
        (a_clock(0), MONDAY),
        (a_clock(90, Unit.CALENDAR), date(2026, 5, 31)),
        (replace(a_clock(20), extension=an_extension(10)), date(2026, 4, 14)),
        (replace(a_clock(5), pauses=(a_pause(until=date(2026, 3, 10)),)), date(2026, 3, 12)),
    ],
)
def test_the_last_day_follows_from_budget_pauses_and_extension(clock: Clock, last: date) -> None:
    assert due(clock, CALENDAR) == Due(last)


def test_the_day_a_pause_begins_counts_and_the_day_it_ends_does_not() -> None:
    clock = replace(a_clock(), pauses=(a_pause(date(2026, 3, 4), date(2026, 3, 6)),))
    counted = [used(clock, CALENDAR, MONDAY + timedelta(days=n)) for n in range(8)]
    assert counted == [0, 1, 2, 2, 2, 2, 2, 3]


def test_a_running_pause_is_taken_at_its_noticed_length_and_is_provisional() -> None:
    clock = pause(a_clock(5), a_pause(days=3), CALENDAR)
    assert due(clock, CALENDAR) == Due(date(2026, 3, 12), provisional=True)
    ended = resume(clock, date(2026, 3, 6))
    assert due(ended, CALENDAR) == Due(date(2026, 3, 10))


def test_a_pause_longer_than_its_notice_counts_again() -> None:
    clock = pause(a_clock(5), a_pause(days=2), CALENDAR)
    still, over = (
        state(clock, CALENDAR, date(2026, 3, 9)),
        state(clock, CALENDAR, date(2026, 3, 12)),
    )
    assert (still.paused, still.used) == (True, 3)
    assert (over.paused, over.overdue, over.overdue_days) == (False, True, 1)


def test_two_pauses_in_turn_both_count() -> None:
    clock = resume(pause(a_clock(), a_pause(), CALENDAR), date(2026, 3, 6))
    clock = resume(pause(clock, a_pause(date(2026, 3, 6)), CALENDAR), date(2026, 3, 10))
    assert due(clock, CALENDAR).day == CALENDAR.add_working_days(MONDAY, 23).day


@pytest.mark.parametrize(
    ("breach", "act"),
    [
        (PauseWithoutNotice, lambda: replace(a_pause(), notice_no=" ")),
        (PauseWithoutNotice, lambda: a_pause(days=0)),
        (PauseBeforeNotice, lambda: replace(a_pause(), notified_on=date(2026, 3, 6))),
        (PauseBackwards, lambda: a_pause(until=date(2026, 3, 4))),
        (AlreadyPaused, lambda: pause(pause(a_clock(), a_pause(), CALENDAR), a_pause(), CALENDAR)),
        (NotPaused, lambda: resume(a_clock(), MONDAY)),
        (PauseAfterDue, lambda: pause(a_clock(), a_pause(date(2026, 3, 31)), CALENDAR)),
        (ExtensionTooLong, lambda: extend(a_clock(), an_extension(11), CALENDAR)),
        (ExtensionTooLong, lambda: an_extension(0)),
        (ExtensionWithoutApproval, lambda: replace(an_extension(), approved_by="")),
        (ExtensionWithoutReason, lambda: replace(an_extension(), reason=" ")),
        (
            SecondExtension,
            lambda: extend(extend(a_clock(), an_extension(), CALENDAR), an_extension(), CALENDAR),
        ),
        (
            ExtensionAfterDue,
            lambda: extend(a_clock(), an_extension(told=date(2026, 3, 31)), CALENDAR),
        ),
    ],
)
def test_what_the_law_does_not_allow_is_refused_by_name(breach: type[Breach], act) -> None:
    with pytest.raises(breach) as caught:
        act()
    assert caught.value.source.startswith("行政许可法")
    assert caught.value.text


def test_unified_handling_may_take_45_and_15_days() -> None:
    clock = Clock(started_on=MONDAY, budget=Budget(45, longest_extension=15))
    longer = extend(clock, an_extension(15), CALENDAR)
    assert due(longer, CALENDAR).day == CALENDAR.add_working_days(MONDAY, 60).day


@pytest.mark.parametrize(
    ("today", "remaining", "rung", "overdue_days"),
    [
        (date(2026, 3, 24), 4, None, 0),
        (date(2026, 3, 25), 3, Rung.YELLOW, 0),
        (date(2026, 3, 27), 1, Rung.RED, 0),
        (date(2026, 3, 30), 0, Rung.RED, 0),
        (date(2026, 3, 31), -1, Rung.RED, 1),
    ],
)
def test_warnings_come_before_it_is_late(
    today: date, remaining: int, rung: Rung | None, overdue_days: int
) -> None:
    seen = state(a_clock(), CALENDAR, today, Rungs(yellow=3, red=1))
    assert (seen.remaining, seen.rung, seen.overdue_days) == (remaining, rung, overdue_days)
    assert seen.overdue == (overdue_days > 0)


def test_the_weekend_after_the_last_day_is_already_late() -> None:
    clock = a_clock(4)
    assert due(clock, CALENDAR).day == date(2026, 3, 6)
    assert state(clock, CALENDAR, date(2026, 3, 7)).overdue


def test_a_paused_or_decided_case_warns_of_nothing() -> None:
    paused = pause(a_clock(), a_pause(date(2026, 3, 27)), CALENDAR)
    assert state(paused, CALENDAR, date(2026, 3, 27)).paused
    assert state(paused, CALENDAR, date(2026, 3, 30)).rung is None
    decided = stop(a_clock(), date(2026, 3, 30))
    later = state(decided, CALENDAR, date(2026, 6, 1))
    assert (later.rung, later.overdue, later.used) == (None, False, 20)


def test_a_late_decision_stays_late() -> None:
    assert state(stop(a_clock(), date(2026, 4, 1)), CALENDAR, date(2026, 6, 1)).overdue_days == 2


@quick
@given(DAYS, st.integers(1, 40), st.sampled_from(Unit))
def test_on_the_last_day_the_whole_budget_is_used(start: date, days: int, unit: Unit) -> None:
    clock = a_clock(days, unit, start)
    last = due(clock, CALENDAR).day
    assert used(clock, CALENDAR, last) == days
    assert used(clock, CALENDAR, last - timedelta(days=1)) < days


@quick
@given(DAYS, st.integers(5, 40), st.integers(0, 30), st.integers(0, 20), st.integers(1, 30))
def test_a_pause_moves_the_last_day_by_the_days_it_takes(
    start: date, days: int, after: int, length: int, noticed: int
) -> None:
    from_day = start + timedelta(days=after)
    held = a_pause(from_day, from_day + timedelta(days=length), noticed)
    clock = a_clock(days, start=start)
    if from_day > due(clock, CALENDAR).day:
        return
    taken = min(noticed, CALENDAR.working_days_between(from_day, held.until_day or from_day))
    moved = due(replace(clock, pauses=(held,)), CALENDAR).day
    if from_day == due(clock, CALENDAR).day:
        assert moved == from_day
    else:
        assert moved == CALENDAR.add_working_days(start, days + taken).day


@quick
@given(DAYS, st.integers(1, 30), st.integers(0, 90))
def test_late_is_exactly_after_the_last_day(start: date, days: int, after: int) -> None:
    clock, today = a_clock(days, start=start), start + timedelta(days=after)
    seen = state(clock, CALENDAR, today)
    assert seen.overdue == (today > due(clock, CALENDAR).day)
    assert seen.remaining == days - seen.used
