"""A decision: its grounds, for a denial its reasons and remedies, four eyes, its papers, its
limits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from law.breach import Breach
from law.delegation import ItemKind
from law.workingday import Calendar, Due

REVIEW_DAYS: Final = 60
LAWSUIT_MONTHS: Final = 6
DELIVERY_DAYS: Final = 10
PUBLICITY_DAYS: Final = 7
_DAY: Final = timedelta(days=1)


class Outcome(StrEnum):
    GRANTED = "granted"
    DENIED = "denied"


class PaperKind(StrEnum):
    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CORRECTION_NOTICE = "correction-notice"
    REFUSAL = "refusal"
    SUSPENSION_NOTICE = "suspension-notice"
    EXTENSION_NOTICE = "extension-notice"
    PERMIT = "permit"
    RECORDAL = "recordal"
    CONFIRMATION = "confirmation"
    OTHER_RESULT = "other-result"
    DENIAL = "denial"
    REVOCATION = "revocation"


PAPER_NAMES: Final[Mapping[PaperKind, str]] = MappingProxyType(
    {
        PaperKind.RECEIPT: "收件凭证",
        PaperKind.ACCEPTANCE: "受理通知书",
        PaperKind.CORRECTION_NOTICE: "补正告知书",
        PaperKind.REFUSAL: "不予受理决定书",
        PaperKind.SUSPENSION_NOTICE: "特别程序告知书",
        PaperKind.EXTENSION_NOTICE: "延长期限告知书",
        PaperKind.PERMIT: "准予行政许可决定书",
        PaperKind.RECORDAL: "备案通知书",
        PaperKind.CONFIRMATION: "行政确认书",
        PaperKind.OTHER_RESULT: "批复",
        PaperKind.DENIAL: "不予行政许可决定书",
        PaperKind.REVOCATION: "撤销决定书",
    }
)

_RESULTS: Final = {
    ItemKind.PERMIT: PaperKind.PERMIT,
    ItemKind.RECORDAL: PaperKind.RECORDAL,
    ItemKind.CONFIRMATION: PaperKind.CONFIRMATION,
    ItemKind.OTHER: PaperKind.OTHER_RESULT,
}


class NoGrounds(Breach):
    """Every decision names the provision it rests on."""

    source = "行政许可法第三十八条"


class NoReasons(Breach):
    """A denial says why."""

    source = "行政许可法第三十八条"


class NoRemedies(Breach):
    """A denial says where it can be contested."""

    source = "行政许可法第三十八条"


class SameOfficer(Breach):
    """Four eyes: who reviewed does not decide."""

    source = "区府发〔2023〕5号 二（一）"


@dataclass(frozen=True, slots=True)
class Remedies:
    """`review_by`: 行政复议机关; `court`: 有管辖权的人民法院. Both by name."""

    review_by: str
    court: str

    @property
    def text(self) -> str:
        """The sentence on the paper (行政许可法第三十八条; 行政复议法第二十条;
        行政诉讼法第四十六条).
        """
        return (
            f"如不服本决定，可以自收到本决定书之日起{REVIEW_DAYS}日内向{self.review_by}申请行政复议，"
            f"或者自收到本决定书之日起六个月内依法向{self.court}提起行政诉讼。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an approver is about to decide. `grounds`: provisions, e.g. 《建筑法》第七条."""

    outcome: Outcome
    grounds: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    remedies: Remedies | None = None


def require_complete(draft: Draft) -> None:
    """What a decision must carry (行政许可法第三十八条). Raises NoGrounds, NoReasons,
    NoRemedies.
    """
    if not any(text.strip() for text in draft.grounds):
        raise NoGrounds("决定须写明法律依据")
    if draft.outcome is Outcome.GRANTED:
        return
    if not any(text.strip() for text in draft.reasons):
        raise NoReasons("不予行政许可的，须说明理由")
    told = draft.remedies
    if told is None or not (told.review_by.strip() and told.court.strip()):
        raise NoRemedies("不予行政许可的，须告知申请行政复议或者提起行政诉讼的权利")


def require_four_eyes(decider: str, reviewers: Iterable[str], *, instant: bool = False) -> None:
    """Who reviewed does not decide, unless the guide calls the item instant.

    区府发〔2023〕5号 二（一） “严禁违法违规审批” is read as four eyes; 二（二） lets an instant
    item be finished on the spot. Raises SameOfficer.
    """
    if not instant and decider in set(reviewers):
        raise SameOfficer("审核人与决定人不得为同一人")


def result_paper(kind: ItemKind, outcome: Outcome) -> PaperKind:
    """Which paper a decision becomes (行政许可法第三十八条、第三十九条)."""
    return PaperKind.DENIAL if outcome is Outcome.DENIED else _RESULTS[kind]


def delivery_due(decided_on: date, calendar: Calendar) -> Due:
    """Hand over or post the result within ten working days (行政许可法第四十四条)."""
    return calendar.add_working_days(decided_on, DELIVERY_DAYS)


def publicity_due(decided_on: date, calendar: Calendar) -> Due:
    """双公示: online within seven working days (行政许可法第四十条; 国发〔2016〕33号)."""
    return calendar.add_working_days(decided_on, PUBLICITY_DAYS)


def review_until(received_on: date, calendar: Calendar) -> Due:
    """Last day to ask for reconsideration: 60 calendar days (行政复议法第二十条、第八十八条).

    A last day that is no working day moves to the next working day.
    """
    return _next_working_day(received_on + timedelta(days=REVIEW_DAYS), calendar)


def lawsuit_until(received_on: date, calendar: Calendar) -> Due:
    """Last day to sue: six months, the same day of the month or its last (行政诉讼法第四十六条)."""
    month = received_on.month - 1 + LAWSUIT_MONTHS
    year, month = received_on.year + month // 12, month % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    last = min(received_on.day, (first_after - _DAY).day)
    return _next_working_day(date(year, month, last), calendar)


def _next_working_day(day: date, calendar: Calendar) -> Due:
    known = calendar.covers(day)
    while not calendar.is_working_day(day):
        day += _DAY
        known = known and calendar.covers(day)
    return Due(day, provisional=not known)
