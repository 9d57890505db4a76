"""Working days: judged from governed data, and honest about the days that data does not cover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, Final

from law.breach import Breach

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class BadCalendar(Breach):
    """The calendar's data contradicts itself."""

    source = "行政许可法第八十二条"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period, which runs to 24:00 of it in Asia/Shanghai.

    `provisional`: it may still move, for a day on the way was judged by its weekday alone because
    the year's notice is not loaded, or because the clock stands still under a running pause.
    """

    day: date
    provisional: bool = False

    def passed(self, instant: datetime) -> bool:
        """Whether the period is over at that moment (行政许可法第八十二条)."""
        return instant >= end_of(self.day)


@dataclass(frozen=True)
class Calendar:
    """Exceptional days and the notices they come from.

    `rest`: weekdays off; `work`: weekend days worked (调休); `notices`: the covered years, each
    with the notice of the State Council. A year's notice may change December days of the year
    before, so open deadlines are computed anew whenever one is loaded.
    """

    rest: frozenset[date]
    work: frozenset[date]
    notices: Mapping[int, str] = field(hash=False)

    @classmethod
    def from_years(cls, years: Mapping[str, Mapping[str, Any]]) -> "Calendar":
        """Reads {"2026": {"notice": …, "rest": [iso dates], "work": [iso dates]}}
        (行政许可法第八十二条).

        Raises BadCalendar for a rest day on a weekend, a work day on a weekday, or a day outside
        the year and the December before it.
        """
        rest, work = set[date](), set[date]()
        notices = dict[int, str]()
        for name, year in years.items():
            notices[int(name)] = str(year["notice"])
            rest |= _days_of(int(name), year.get("rest", ()), weekend=False)
            work |= _days_of(int(name), year.get("work", ()), weekend=True)
        return cls(frozenset(rest), frozenset(work), MappingProxyType(notices))

    def covers(self, day: date) -> bool:
        """Whether the year's notice is loaded (行政许可法第八十二条 “不含法定节假日”)."""
        return day.year in self.notices

    def is_working_day(self, day: date) -> bool:
        """By the notice, and in years without one by the weekday alone (行政许可法第八十二条)."""
        if day.weekday() >= _SATURDAY:
            return day in self.work
        return day not in self.rest

    def add_working_days(self, start: date, count: int) -> Due:
        """The last of `count` working days after `start`, which is not counted
        (行政许可法第八十二条).

        No days at all end on `start` itself.
        """
        if count < 0:
            raise ValueError("a period has no negative length")
        day, known = start, True
        while count:
            day += _DAY
            known = known and self.covers(day)
            count -= self.is_working_day(day)
        return Due(day, provisional=not known)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative backwards
        (行政许可法第八十二条).
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(day) for day in days_after(start, end))


def days_after(start: date, end: date) -> Iterable[date]:
    """The civil days after `start` up to and including `end` (行政许可法第八十二条)."""
    return (start + timedelta(days=n) for n in range(1, (end - start).days + 1))


def civil_day(instant: datetime) -> date:
    """The day in Asia/Shanghai of an aware instant (行政许可法第八十二条).

    China has kept one offset since 1992, so the fixed one serves and no zone file is read.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """24:00 of the day in Asia/Shanghai, that is 0:00 of the next (行政许可法第八十二条)."""
    return datetime.combine(day + _DAY, datetime.min.time(), SHANGHAI)


def _days_of(year: int, texts: Iterable[str], *, weekend: bool) -> set[date]:
    days = {date.fromisoformat(text) for text in texts}
    for day in days:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise BadCalendar(f"{day} 不属于 {year} 年的通知")
        if (day.weekday() >= _SATURDAY) != weekend:
            raise BadCalendar(f"{day} 与其星期不符：休息日须为工作日调休，上班日须为周末")
    return days
