"""A deadline as a budget and the time used. Whether it is overdue is asked, never stored.

One rule of counting throughout: the day something begins is not counted, the day it ends is. So the
days after a pause's `from_day` up to and including its `until_day` are not on the clock.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from law.breach import Breach
from law.workingday import Calendar, Due, days_after

_DAY: Final = timedelta(days=1)


class Unit(StrEnum):
    WORKING = "working"
    CALENDAR = "calendar"


class PauseReason(StrEnum):
    """The eight of 行政许可法第四十五条, and no other."""

    HEARING = "听证"
    TENDER = "招标"
    AUCTION = "拍卖"
    INSPECTION = "检验"
    TESTING = "检测"
    QUARANTINE = "检疫"
    APPRAISAL = "鉴定"
    EXPERT_REVIEW = "专家评审"


class Rung(StrEnum):
    YELLOW = "yellow"
    RED = "red"


class PauseWithoutNotice(Breach):
    """No written notice of the time needed, or one without number, day or length."""

    source = "行政许可法第四十五条"


class PauseBeforeNotice(Breach):
    """The clock would stand still before the applicant was told."""

    source = "行政许可法第四十五条"


class PauseBackwards(Breach):
    """The pause ends before it begins."""

    source = "行政许可法第四十五条"


class AlreadyPaused(Breach):
    """A second pause would begin before the first one ended."""

    source = "行政许可法第四十五条"


class NotPaused(Breach):
    """There is no running pause to end."""

    source = "行政许可法第四十五条"


class PauseAfterDue(Breach):
    """The period is over; nothing can be taken off it any more."""

    source = "行政许可法第四十五条"


class ExtensionTooLong(Breach):
    """More days than the law lets one add, or none."""

    source = "行政许可法第四十二条"


class ExtensionWithoutApproval(Breach):
    """No head of the authority approved it."""

    source = "行政许可法第四十二条"


class ExtensionWithoutReason(Breach):
    """The applicant must be told why."""

    source = "行政许可法第四十二条"


class SecondExtension(Breach):
    """There is one extension only."""

    source = "行政许可法第四十二条"


class ExtensionAfterDue(Breach):
    """What has run out cannot be extended."""

    source = "行政许可法第四十二条"


@dataclass(frozen=True, slots=True)
class Budget:
    """`days` 0: the same day (即办). `longest_extension`: 10, or 15 for unified handling
    (第四十二条).
    """

    days: int
    unit: Unit = Unit.WORKING
    longest_extension: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A special procedure with its written notice. `expected_days` in the budget's unit.

    It takes at most the noticed length off the clock: longer needs a further notice. Raises
    PauseWithoutNotice, PauseBeforeNotice, PauseBackwards.
    """

    reason: PauseReason
    notice_no: str
    notified_on: date
    expected_days: int
    from_day: date
    until_day: date | None = None

    def __post_init__(self) -> None:
        if not self.notice_no.strip() or self.expected_days < 1:
            raise PauseWithoutNotice("须将所需时间书面告知申请人，告知书应有文号和所需天数")
        if self.from_day < self.notified_on:
            raise PauseBeforeNotice("书面告知之前的时间不得扣除")
        if self.until_day is not None and self.until_day < self.from_day:
            raise PauseBackwards("特别程序的结束日不得早于开始日")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`approved_by`: the head of the authority (本行政机关负责人). Raises named errors when
    built.
    """

    days: int
    approved_by: str
    reason: str
    notified_on: date

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ExtensionTooLong("延长期限至少一日")
        if not self.approved_by.strip():
            raise ExtensionWithoutApproval("延长期限须经本行政机关负责人批准")
        if not self.reason.strip():
            raise ExtensionWithoutReason("延长期限的理由须告知申请人")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`started_on` is not counted. `stopped_on`: the day of the decision, None while it runs."""

    started_on: date
    budget: Budget
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rungs:
    """Warn when so many days or fewer remain. The defaults are 示例; places set their own."""

    yellow: int = 3
    red: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`remaining` counts the running day as used: 0 on the last day. `overdue_days` in the budget's
    unit.
    """

    total: int
    used: int
    remaining: int
    due: Due
    paused: bool
    overdue: bool
    overdue_days: int
    rung: Rung | None


def pause(clock: Clock, new: Pause, calendar: Calendar) -> Clock:
    """Begins a special procedure (行政许可法第四十五条). Raises AlreadyPaused, PauseAfterDue."""
    if clock.pauses and _still_covers(clock.pauses[-1], new.from_day):
        raise AlreadyPaused("上一特别程序尚未结束")
    if new.from_day > due(clock, calendar).day:
        raise PauseAfterDue("期限已届满，不能再扣除时间")
    return replace(clock, pauses=(*clock.pauses, new))


def resume(clock: Clock, until_day: date) -> Clock:
    """Ends the running special procedure on its last day (行政许可法第四十五条). Raises
    NotPaused.
    """
    if not clock.pauses or clock.pauses[-1].until_day is not None:
        raise NotPaused("没有正在进行的特别程序")
    ended = replace(clock.pauses[-1], until_day=until_day)
    return replace(clock, pauses=(*clock.pauses[:-1], ended))


def extend(clock: Clock, extension: Extension, calendar: Calendar) -> Clock:
    """Adds the one extension, told while the period still runs (行政许可法第四十二条).

    Raises SecondExtension, ExtensionTooLong, ExtensionAfterDue.
    """
    if clock.extension is not None:
        raise SecondExtension("期限只能延长一次")
    if extension.days > clock.budget.longest_extension:
        raise ExtensionTooLong(f"延长不得超过{clock.budget.longest_extension}日")
    if extension.notified_on > due(clock, calendar).day:
        raise ExtensionAfterDue("期限届满后不能再延长")
    return replace(clock, extension=extension)


def stop(clock: Clock, day: date) -> Clock:
    """The decision ends the counting (行政许可法第四十二条)."""
    return replace(clock, stopped_on=day)


def total(clock: Clock) -> int:
    """Budget and extension together (行政许可法第四十二条)."""
    return clock.budget.days + (clock.extension.days if clock.extension else 0)


def used(clock: Clock, calendar: Calendar, today: date) -> int:
    """Days on the clock after its start up to `today` or the stop, pauses left out
    (行政许可法第四十五条).
    """
    until = min(today, clock.stopped_on) if clock.stopped_on else today
    off = _not_counted(clock, calendar, until)
    return sum(
        day not in off and _counts(clock, calendar, day)
        for day in days_after(clock.started_on, until)
    )


def due(clock: Clock, calendar: Calendar) -> Due:
    """The last day (行政许可法第四十二条、第八十二条).

    A running pause is taken at its noticed length, and the day is provisional until it ends.
    """
    left, day, known = total(clock), clock.started_on, True
    off = _not_counted(clock, calendar, date.max)
    while left:
        day += _DAY
        known = known and (clock.budget.unit is Unit.CALENDAR or calendar.covers(day))
        left -= day not in off and _counts(clock, calendar, day)
    return Due(day, provisional=not known or _running(clock) is not None)


def state(clock: Clock, calendar: Calendar, today: date, rungs: Rungs | None = None) -> State:
    """All that is asked of a clock on a day (行政许可法第四十二条、第四十五条).

    A paused or stopped clock warns of nothing; a stopped one still says whether it was late.
    """
    rungs = rungs or Rungs()
    until = min(today, clock.stopped_on) if clock.stopped_on else today
    last = due(clock, calendar)
    whole, spent = total(clock), used(clock, calendar, until)
    late = max(0, sum(_counts(clock, calendar, d) for d in days_after(last.day, until)))
    paused = _paused(clock, calendar, until)
    quiet = paused or clock.stopped_on is not None
    remaining = whole - spent
    return State(
        total=whole,
        used=spent,
        remaining=remaining,
        due=last,
        paused=paused,
        overdue=until > last.day,
        overdue_days=late,
        rung=None if quiet else _rung(remaining, rungs),
    )


def _rung(remaining: int, rungs: Rungs) -> Rung | None:
    if remaining <= rungs.red:
        return Rung.RED
    return Rung.YELLOW if remaining <= rungs.yellow else None


def _counts(clock: Clock, calendar: Calendar, day: date) -> bool:
    return clock.budget.unit is Unit.CALENDAR or calendar.is_working_day(day)


def _running(clock: Clock) -> Pause | None:
    last = clock.pauses[-1] if clock.pauses else None
    return last if last and last.until_day is None and clock.stopped_on is None else None


def _paused(clock: Clock, calendar: Calendar, today: date) -> bool:
    """Under a running pause, from its first day until the noticed length is used up."""
    one = _running(clock)
    if one is None or today < one.from_day:
        return False
    return today == one.from_day or today in _not_counted(clock, calendar, today)


def _still_covers(earlier: Pause, day: date) -> bool:
    return earlier.until_day is None or day < earlier.until_day


def _not_counted(clock: Clock, calendar: Calendar, until: date) -> frozenset[date]:
    """The days pauses take off, each pause at most its noticed length in counted days."""
    off = set[date]()
    for one in clock.pauses:
        left, day = one.expected_days, one.from_day
        end = min(one.until_day or date.max, until)
        while left and day < end:
            day += _DAY
            off.add(day)
            left -= _counts(clock, calendar, day)
    return frozenset(off)
