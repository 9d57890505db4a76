"""What a regulator found and did: inspections by two officers, feedback with its consequences."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from law.breach import Breach
from law.supervision import FeedbackKind, Inspector, require_inspectors, require_record
from law.workingday import civil_day


class Result(StrEnum):
    """How a look at the holder of a decision ended."""

    NO_PROBLEM = "no-problem"
    RECTIFICATION = "rectification"
    PENALTY = "penalty"
    TRANSFER = "transfer"
    NOT_FOUND = "not-found"


RESULT_NAMES: Final = {
    Result.NO_PROBLEM: "未发现问题",
    Result.RECTIFICATION: "责令整改",
    Result.PENALTY: "行政处罚",
    Result.TRANSFER: "移送有关机关",
    Result.NOT_FOUND: "查无下落",
}

_IN_LAW: Final = {
    Result.NO_PROBLEM: FeedbackKind.NO_PROBLEM,
    Result.RECTIFICATION: FeedbackKind.RECTIFICATION_ORDERED,
    Result.PENALTY: FeedbackKind.PENALISED,
    Result.TRANSFER: FeedbackKind.TRANSFERRED,
    Result.NOT_FOUND: FeedbackKind.TRANSFERRED,
}
"""Whoever cannot be found cannot be inspected: like a transfer, it needs words and no visit."""


class NobodyOfThatName(Breach):
    """An inspector the catalogue does not know, or not on that day."""

    source = "行政处罚法第四十二条"


class InspectedLater(Breach):
    """The inspection would be in the future."""

    source = "行政许可法第六十一条"


class RectificationUnclear(Breach):
    """A rectification says what and until when; nothing else carries one (行政处罚法第二十八条)."""

    source = "行政处罚法第二十八条"


@dataclass(frozen=True, slots=True)
class Rectification:
    """`due`: the last day to have it mended."""

    required: str
    due: date


@dataclass(frozen=True, slots=True)
class Inspection:
    """A check on the spot, as recorded (行政许可法第六十一条 “予以记录”)."""

    id: UUID
    inspectors: tuple[Inspector, ...]
    inspected_at: datetime
    findings: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What goes back to the park. `inspection`: the check it rests on."""

    org: str
    result: Result
    summary: str
    inspection: Inspection | None = None
    rectification: Rectification | None = None

    def digest(self) -> str:
        """The same answer of the same organisation has the same digest, whoever sends it again."""
        said = [
            self.org,
            self.result.value,
            self.summary.strip(),
            str(self.inspection.id) if self.inspection else None,
            [self.rectification.required.strip(), self.rectification.due.isoformat()]
            if self.rectification
            else None,
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def id_on(self, push: UUID) -> UUID:
        """Follows from the push and the content: said twice, kept once."""
        return uuid5(push, self.digest())


def inspect(
    *,
    id: UUID,
    inspectors: Sequence[Inspector],
    org: str,
    inspected_at: datetime,
    findings: str,
    now: datetime,
) -> Inspection:
    """两人以上持证检查 (行政处罚法第四十二条), all of the organisation that claimed.

    Raises InspectedLater and what law.supervision.require_inspectors does.
    """
    if inspected_at > now:
        raise InspectedLater("检查时间不能晚于现在")
    require_inspectors(inspectors, org=org)
    return Inspection(id, tuple(inspectors), inspected_at, findings.strip())


def require_answer(feedback: Feedback, *, now: datetime) -> None:
    """Words, an inspection behind every finding, a rectification with its day.

    Raises NothingRecorded, RectificationUnclear.
    """
    require_record(
        _IN_LAW[feedback.result], text=feedback.summary, inspected=feedback.inspection is not None
    )
    if (feedback.result is Result.RECTIFICATION) != (feedback.rectification is not None):
        raise RectificationUnclear("责令整改须写明整改要求和期限；其他结果不附整改要求")
    if feedback.rectification and feedback.rectification.due < civil_day(now):
        raise RectificationUnclear("整改期限不能早于今天")
