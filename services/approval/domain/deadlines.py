"""The two clocks of a case: the law's and the promised one, both of one budget and its pauses."""

from dataclasses import dataclass, replace
from datetime import date

from law import clock
from law.clock import Budget, Clock, Extension, Pause, Unit
from law.workingday import Calendar
from services.approval.domain.facts import Prolongation, Suspension


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """`stopped_on`: the day of the decision or withdrawal, None while the clocks run."""

    started_on: date
    unit: Unit
    statutory_days: int
    promised_days: int
    suspensions: tuple[Suspension, ...] = ()
    extension: Prolongation | None = None
    stopped_on: date | None = None

    def statutory(self) -> Clock:
        """行政许可法第四十二条."""
        return self._clock(self.statutory_days)

    def promised(self) -> Clock:
        """What the guide promises; pauses and the extension move it alike."""
        return self._clock(self.promised_days)

    def suspend(self, new: Suspension, calendar: Calendar) -> "Deadlines":
        """行政许可法第四十五条. Raises the clock's errors."""
        clock.pause(self.statutory(), _pause(new), calendar)
        return replace(self, suspensions=(*self.suspensions, new))

    def resume(self, day: date) -> "Deadlines":
        """Ends the running special procedure. Raises NotPaused."""
        clock.resume(self.statutory(), day)
        ended = replace(self.suspensions[-1], until_day=day)
        return replace(self, suspensions=(*self.suspensions[:-1], ended))

    def extend(self, new: Prolongation, calendar: Calendar) -> "Deadlines":
        """行政许可法第四十二条. Raises the clock's errors."""
        clock.extend(self.statutory(), _extension(new), calendar)
        return replace(self, extension=new)

    def stop(self, day: date) -> "Deadlines":
        """The decision ends the counting; a pause still open ends with it."""
        resumed = self.resume(day) if self.running else self
        return replace(resumed, stopped_on=day)

    @property
    def running(self) -> Suspension | None:
        """The special procedure that has not ended."""
        last = self.suspensions[-1] if self.suspensions else None
        return last if last is not None and last.until_day is None else None

    def _clock(self, days: int) -> Clock:
        return Clock(
            started_on=self.started_on,
            budget=Budget(days, self.unit),
            pauses=tuple(_pause(one) for one in self.suspensions),
            extension=_extension(self.extension) if self.extension else None,
            stopped_on=self.stopped_on,
        )


def _pause(one: Suspension) -> Pause:
    return Pause(
        reason=one.reason,
        notice_no=one.notice_no,
        notified_on=one.from_day,
        expected_days=one.expected_days,
        from_day=one.from_day,
        until_day=one.until_day,
    )


def _extension(one: Prolongation) -> Extension:
    return Extension(
        days=one.days,
        approved_by=one.approved_by,
        reason=one.reason,
        notified_on=one.notified_on,
    )
