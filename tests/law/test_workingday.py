"""Working days: golden cases, the rules of counting by property, and an oracle for 2004-2026."""

import json
from datetime import UTC, date, datetime, timedelta

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.workingday import BadCalendar, Calendar, Due, civil_day, end_of
from tests.law.builders import CALENDAR, quick
from tests.law.generate_calendar import FILE, covered, text

DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))
COUNTS = st.integers(0, 60)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        (date(2026, 1, 30), 20, date(2026, 3, 5)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 1, 3), 1, date(2026, 1, 4)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2018, 12, 28), 1, date(2018, 12, 29)),
    ],
)
def test_the_known_periods_end_where_they_end(start: date, count: int, last: date) -> None:
    assert CALENDAR.add_working_days(start, count) == Due(last)


def test_every_covered_day_is_judged_as_chinesecalendar_judges_it() -> None:
    first, end = date(covered()[0], 1, 1), date(covered()[-1], 12, 31)
    days = [first + timedelta(days=n) for n in range((end - first).days + 1)]
    assert (first.year, end.year) == (2004, 2026)
    assert [d for d in days if CALENDAR.is_working_day(d) != chinese_calendar.is_workday(d)] == []


def test_the_calendar_file_is_what_its_generator_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_a_period_that_enters_a_year_without_notice_is_provisional() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 4), 20) == Due(
        date(2027, 1, 1), provisional=True
    )
    assert not CALENDAR.add_working_days(date(2026, 12, 4), 19).provisional


def test_loading_the_notice_settles_a_provisional_period() -> None:
    years = json.loads(FILE.read_text(encoding="utf-8"))
    years["2027"] = {"notice": "示例", "rest": ["2027-01-01"], "work": []}
    later = Calendar.from_years(years)
    assert later.add_working_days(date(2026, 12, 4), 20) == Due(date(2027, 1, 4))


def test_a_notice_may_change_december_of_the_year_before() -> None:
    calendar = Calendar.from_years({"2019": {"notice": "示例", "work": ["2018-12-29"]}})
    assert calendar.is_working_day(date(2018, 12, 29))


@pytest.mark.parametrize(
    "year",
    [
        {"notice": "x", "rest": ["2026-01-03"]},
        {"notice": "x", "work": ["2026-01-05"]},
        {"notice": "x", "rest": ["2027-01-01"]},
        {"notice": "x", "rest": ["2025-11-03"]},
    ],
)
def test_a_contradictory_notice_is_refused(year: dict[str, object]) -> None:
    with pytest.raises(BadCalendar):
        Calendar.from_years({"2026": year})


@quick
@given(DAYS, st.integers(1, 60))
def test_a_period_ends_on_a_working_day_after_its_start(start: date, count: int) -> None:
    last = CALENDAR.add_working_days(start, count).day
    assert last > start
    assert CALENDAR.is_working_day(last)
    assert CALENDAR.working_days_between(start, last) == count


@quick
@given(DAYS, COUNTS, COUNTS)
def test_periods_add_up(start: date, first: int, second: int) -> None:
    middle = CALENDAR.add_working_days(start, first).day
    whole = CALENDAR.add_working_days(start, first + second).day
    assert CALENDAR.add_working_days(middle, second).day == whole


@quick
@given(DAYS, DAYS)
def test_counting_backwards_is_counting_forwards_negated(one: date, other: date) -> None:
    there, back = (
        CALENDAR.working_days_between(one, other),
        CALENDAR.working_days_between(other, one),
    )
    assert there == -back


@quick
@given(DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(start: date, count: int) -> None:
    next_day = start + timedelta(days=1)
    assert (
        CALENDAR.add_working_days(next_day, count).day
        >= CALENDAR.add_working_days(start, count).day
    )


def test_a_period_has_no_negative_length() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)


def test_a_period_runs_to_midnight_in_shanghai() -> None:
    due = Due(date(2026, 3, 5))
    assert not due.passed(datetime(2026, 3, 5, 15, 59, 59, tzinfo=UTC))
    assert due.passed(datetime(2026, 3, 5, 16, 0, tzinfo=UTC))
    assert end_of(date(2026, 3, 5)).isoformat() == "2026-03-06T00:00:00+08:00"


def test_the_civil_day_is_that_of_shanghai() -> None:
    assert civil_day(datetime(2026, 3, 5, 16, 30, tzinfo=UTC)) == date(2026, 3, 6)
    with pytest.raises(ValueError, match="zone"):
        civil_day(datetime(2026, 3, 5, 16, 30))  # noqa: DTZ001


def test_a_calendar_can_be_a_key() -> None:
    assert hash(CALENDAR) == hash(Calendar.from_years(json.loads(FILE.read_text(encoding="utf-8"))))
