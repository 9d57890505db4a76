"""A delegation (赋权): one item, granted to one park, in periods, each with mode, seats and
scope.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from law.breach import Breach
from law.scope import Rule
from law.seals import SealKind
from law.seats import Acting, CoSeal, Mode, Seats


class ItemKind(StrEnum):
    """行政许可 · 其他行政权力-备案 · 行政确认 · 其他行政权力."""

    PERMIT = "permit"
    RECORDAL = "recordal"
    CONFIRMATION = "confirmation"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`department`: 区级主管部门. `authority`: 区级实施机关, who holds the power where no park
    does; None when the data does not say. `instant`: 即办件. The name is no key: rows 2 and 21
    share one.
    """

    id: str
    name: str
    kind: ItemKind
    department: str
    authority: str | None = None
    instant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The agreement (赋权协议书), handover document or authorisation of a period."""

    no: str
    signed_on: date | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days are inclusive; `to_day` None: open. `granted_by`: the granting 实施机关, right
    authority outside the scope. `above`: right authority past an upper threshold, None: not in
    our data. `push_limit_days`: working days from issue to push, None where no document sets
    one. `marks`: what here is 示例 or 推定, not law.
    """

    from_day: date
    to_day: date | None
    mode: Mode
    seats: Seats
    scope_text: str
    rule: Rule | None
    granted_by: str
    seal: SealKind
    agreement: Agreement | None = None
    acting: tuple[Acting, ...] = ()
    co_seals: tuple[CoSeal, ...] = ()
    push_limit_days: int | None = None
    transition_until: date | None = None
    above: str | None = None
    ended_because: str | None = None
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    id: str
    item: str
    park: str
    periods: tuple[Period, ...]


class OverlappingPeriods(Breach):
    """Two periods of one delegation share a day; the text names both."""

    source = "区府发〔2023〕5号 二（一）"


class PeriodBackwards(Breach):
    """A period ends before it begins."""

    source = "区府发〔2023〕5号 二（一）"


class ReDelegation(Breach):
    """A receiver may not hand the power on."""

    source = "行政许可法第二十四条"


def in_force(delegation: Delegation, day: date) -> tuple[int, Period] | None:
    """The period that covers the day, with its index (区府发〔2023〕5号 二（一） 动态调整机制)."""
    for index, period in enumerate(delegation.periods):
        if period.from_day <= day and (period.to_day is None or day <= period.to_day):
            return index, period
    return None


def check(delegation: Delegation, others: Iterable[Delegation] = ()) -> None:
    """What must hold before a delegation is published.

    行政许可法第二十四条; 区府发〔2023〕5号 附件2 五（二）2: a receiver does not hand on. Raises
    PeriodBackwards, OverlappingPeriods, or ReDelegation when a grantor holds this item itself only
    by one of `others`.
    """
    ordered = sorted(delegation.periods, key=lambda one: one.from_day)
    for period in ordered:
        if period.to_day is not None and period.to_day < period.from_day:
            raise PeriodBackwards(f"期间{_words(period)}的结束日早于开始日")
    for earlier, later in pairwise(ordered):
        if earlier.to_day is None or earlier.to_day >= later.from_day:
            raise OverlappingPeriods(f"期间{_words(earlier)}与{_words(later)}重叠")
    receivers = {other.park for other in others if other.item == delegation.item}
    for period in ordered:
        if period.granted_by in {*receivers, delegation.park}:
            raise ReDelegation("承接单位不得再将赋权事项委托其他组织或者个人实施")


def _words(period: Period) -> str:
    end = f"{period.to_day:%Y-%m-%d}" if period.to_day else "长期"
    return f"{period.from_day:%Y-%m-%d}至{end}"
