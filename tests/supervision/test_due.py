"""The push clock: three working days where the document sets it (区府发〔2023〕5号 二（六）)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts import catalog as contract
from law.workingday import Calendar
from services.supervision.domain.push import in_time, limit
from services.supervision.usecases import deadlines
from tests.supervision.office import JIAN, Office
from tests.supervision.office import OVERSEER as GU
from tests.support.catalogue import published, zhanggong


def the_calendar() -> contract.Calendar:
    (one,) = [one for one in zhanggong() if isinstance(one, contract.Calendar)]
    return one


def worked() -> Calendar:
    years = {
        year: {
            "notice": one.notice,
            "rest": [day.isoformat() for day in one.rest],
            "work": [day.isoformat() for day in one.work],
        }
        for year, one in the_calendar().years.items()
    }
    return Calendar.from_years(years)


@pytest.mark.parametrize(
    ("issued_on", "due"),
    [
        (date(2026, 9, 30), date(2026, 10, 10)),
        (date(2026, 9, 28), date(2026, 10, 8)),
        (date(2026, 11, 20), date(2026, 11, 25)),
        (date(2026, 2, 13), date(2026, 2, 25)),
        (date(2026, 4, 30), date(2026, 5, 8)),
    ],
)
def test_three_working_days_from_the_next_day(issued_on: date, due: date):
    at = datetime(issued_on.year, issued_on.month, issued_on.day, 3, tzinfo=UTC)
    found = limit(at, 3, worked())
    assert found is not None
    assert (found.day, found.provisional) == (due, False)


def test_issued_after_16_utc_counts_from_the_next_civil_day():
    found = limit(datetime(2026, 9, 29, 16, 30, tzinfo=UTC), 3, worked())
    assert found is not None
    assert found.day == date(2026, 10, 10)


def test_no_document_no_clock():
    assert limit(datetime(2026, 9, 30, tzinfo=UTC), None, worked()) is None
    assert in_time(datetime(2026, 9, 30, tzinfo=UTC), None) is None


def test_the_last_day_runs_to_its_midnight_in_china():
    assert in_time(datetime(2026, 10, 10, 15, 59, 59, tzinfo=UTC), date(2026, 10, 10))
    assert not in_time(datetime(2026, 10, 10, 16, 0, tzinfo=UTC), date(2026, 10, 10))


async def test_the_push_and_its_event_carry_the_clock(office: Office):
    case = await office.pushed()
    (told,) = await case.told("pushed")
    assert (told.data["due"], told.data["in_time"]) == ("2026-10-10", True)
    shown = await office.get(JIAN, await case.push())
    assert shown["clock"] == {
        "limit_days": 3,
        "due": "2026-10-10",
        "provisional": False,
        "in_time": True,
    }


async def test_a_push_past_its_day_says_so(office: Office):
    case = await office.pushed(issued_at=datetime(2026, 9, 21, 1, 0, tzinfo=UTC))
    (told,) = await case.told("pushed")
    assert (told.data["due"], told.data["in_time"]) == ("2026-09-24", False)


async def test_without_a_limit_there_is_no_clock(office: Office):
    case = await office.pushed(push_limit_days=None)
    (told,) = await case.told("pushed")
    assert (told.data["due"], told.data["in_time"]) == (None, None)


async def test_nobody_claiming_by_the_last_day_is_overdue(own_office: Office):
    office = own_office
    push = await (await office.pushed()).push()
    for days, expected in [(10, []), (1, [push])]:
        office.service.clock.offset += timedelta(days=days)
        answer = await office.caller(GU).get("/api/v1/pushes", params={"overdue": True})
        assert [one["id"] for one in answer.json()["items"]] == expected
    await office.claimed(push)
    answer = await office.caller(GU).get("/api/v1/pushes", params={"overdue": True})
    assert answer.json()["items"] == []


async def test_a_provisional_day_is_counted_anew_when_the_notice_is_loaded(own_office: Office):
    office = own_office
    case = await office.pushed(issued_at=datetime(2026, 12, 30, 2, 0, tzinfo=UTC))
    push = await case.push()
    before = (await office.get(JIAN, push))["clock"]
    assert (before["due"], before["provisional"]) == ("2027-01-04", True)
    async with office.service.kit.engine.begin() as connection:
        assert await deadlines.recount(office.service.kit, connection) == 0
    await office.service.learn_catalogue(with_2027())
    async with office.service.kit.engine.begin() as connection:
        assert await deadlines.recount(office.service.kit, connection) == 1
    after = (await office.get(JIAN, push))["clock"]
    assert (after["due"], after["provisional"]) == ("2027-01-06", False)
    async with office.service.kit.engine.begin() as connection:
        assert await deadlines.recount(office.service.kit, connection) == 0


def with_2027() -> tuple[contract.CatalogEvent, ...]:
    known = the_calendar()
    rest = (date(2027, 1, 1), date(2027, 1, 4))
    year = contract.CalendarYear(notice="测试用通知", rest=rest, work=())
    grown = known.model_copy(update={"years": {**known.years, "2027": year}})
    return published([grown], publication="00000000-0000-7000-8000-0000000000a2")
