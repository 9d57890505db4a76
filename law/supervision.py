"""After the decision: push, claim, inspection and feedback between the approver and the
regulator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from law.breach import Breach
from law.workingday import Calendar, Due

PUSH_DAYS: Final = 3
POLICY_DAYS: Final = 5
FEWEST_INSPECTORS: Final = 2


class FeedbackKind(StrEnum):
    """What the regulator found or did; the park's desk gets each (区府发〔2023〕5号 二（六）)."""

    NO_PROBLEM = "no-problem"
    RECTIFICATION_ORDERED = "rectification-ordered"
    RECTIFIED = "rectified"
    WARNED = "warned"
    NO_PENALTY = "no-penalty"
    PENALISED = "penalised"
    NOT_FOUND = "not-found"
    TRANSFERRED = "transferred"
    SUSPENSION_ADVISED = "suspension-advised"
    REVOCATION_ADVISED = "revocation-advised"


FEEDBACK_NAMES: Final = {
    FeedbackKind.NO_PROBLEM: "未发现问题",
    FeedbackKind.RECTIFICATION_ORDERED: "责令改正",
    FeedbackKind.RECTIFIED: "已整改到位",
    FeedbackKind.WARNED: "警示告诫",
    FeedbackKind.NO_PENALTY: "不予处罚并教育",
    FeedbackKind.PENALISED: "行政处罚",
    FeedbackKind.NOT_FOUND: "查无下落",
    FeedbackKind.TRANSFERRED: "移送有关机关",
    FeedbackKind.SUSPENSION_ADVISED: "建议暂停许可",
    FeedbackKind.REVOCATION_ADVISED: "建议撤销许可",
}

_AFTER_INSPECTION: Final = frozenset(FeedbackKind) - {
    FeedbackKind.NOT_FOUND,
    FeedbackKind.TRANSFERRED,
}


class TooFewInspectors(Breach):
    """One person is no inspection."""

    source = "行政处罚法第四十二条"


class NoCertificate(Breach):
    """An inspector without an enforcement certificate number."""

    source = "行政处罚法第四十二条"


class SameInspectorTwice(Breach):
    """Two entries are one person, or share a certificate."""

    source = "行政处罚法第四十二条"


class InspectorOfAnotherOffice(Breach):
    """An inspector is not of the regulator that claimed the case."""

    source = "区府发〔2023〕5号 二（六）"


class NothingRecorded(Breach):
    """Feedback says what was found; a finding rests on a recorded inspection."""

    source = "行政许可法第六十一条"


@dataclass(frozen=True, slots=True)
class Inspector:
    """`sub`: the officer's id. `certificate`: number of the enforcement certificate (执法证号)."""

    sub: str
    name: str
    certificate: str
    org: str


def push_due(issued_on: date, calendar: Calendar, days: int = PUSH_DAYS) -> Due:
    """Last day to push an issued decision to its regulator (区府发〔2023〕5号 二（六）
    3个工作日内).
    """
    return calendar.add_working_days(issued_on, days)


def policy_due(published_on: date, calendar: Calendar, days: int = POLICY_DAYS) -> Due:
    """Last day for a department to push new policy to the park (区府发〔2023〕5号 二（六）
    5个工作日内).
    """
    return calendar.add_working_days(published_on, days)


def require_inspectors(inspectors: Sequence[Inspector], *, org: str | None = None) -> None:
    """At least two different officers, each with a certificate (行政处罚法第四十二条;
    行政许可法第三十四条、第六十一条).

    With `org`, all of that organisation. Raises NoCertificate, SameInspectorTwice,
    TooFewInspectors, InspectorOfAnotherOffice.
    """
    if any(not one.certificate.strip() for one in inspectors):
        raise NoCertificate("检查人员须填写执法证号")
    certificates = {one.certificate.strip().upper() for one in inspectors}
    if min(len(certificates), len({one.sub for one in inspectors})) < len(inspectors):
        raise SameInspectorTwice("检查人员或执法证号重复")
    if len(inspectors) < FEWEST_INSPECTORS:
        raise TooFewInspectors("监督检查须由两名以上具有执法资格的人员进行")
    if org is not None and any(one.org != org for one in inspectors):
        raise InspectorOfAnotherOffice("检查人员须为认领单位的执法人员")


def require_record(kind: FeedbackKind, *, text: str, inspected: bool) -> None:
    """Feedback has words, and a finding an inspection behind it (行政许可法第六十一条 “予以记录”).

    A transfer, and a subject nobody found, need no inspection of one's own. Raises NothingRecorded.
    """
    if not text.strip():
        raise NothingRecorded("监管反馈须写明情况和处理结果")
    if kind in _AFTER_INSPECTION and not inspected:
        raise NothingRecorded("尚无监督检查记录，不能反馈检查结果")


def gravest(kinds: Iterable[FeedbackKind]) -> FeedbackKind | None:
    """The finding that decides how the next filing of the subject is met (行政许可法第六十九条)."""
    order = list(FeedbackKind)
    return max(kinds, key=order.index, default=None)
