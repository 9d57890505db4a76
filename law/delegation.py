"""A delegation (赋权): one item, granted to one park, in periods, each with mode, seats and scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
    """`department`: 区级主管部门. `authority`: 区级实施机关, who holds the power where no park does;
    None when the data does not say. `instant`: 即办件. The name is no key: rows 2 and 21 share one."""

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
    """Days are inclusive; `to_day` None: open. `granted_by`: the granting 实施机关, right authority
    outside the scope. `above`: right authority past an upper threshold, None: not in our data.
    `push_limit_days`: working days from issue to push. `marks`: what here is 示例 or 推定, not law.
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
    push_limit_days: int = 3
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
    """What must hold before a delegation is published (行政许可法第二十四条; 区府发〔2023〕5号 附件2 五（二）2).

    Raises PeriodBackwards, OverlappingPeriods, or ReDelegation when a grantor holds this item
    itself only by one of `others`.
    """
    raise NotImplementedError
