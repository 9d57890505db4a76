"""Which seal may stand under a paper: by the power used, the organisation in the seat, and the
day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.breach import Breach


class SealKind(StrEnum):
    """PARK_APPROVAL 行政审批服务专用章 (the park's, 区府发〔2023〕5号 二(一)); DEPARTMENT_APPROVAL
    部门审批专用章 (二(二)); OFFICIAL 公章; ENFORCEMENT 监管执法服务专用章 (临政办发〔2022〕8号
    二(一)1).
    """

    PARK_APPROVAL = "park-approval"
    DEPARTMENT_APPROVAL = "department-approval"
    OFFICIAL = "official"
    ENFORCEMENT = "enforcement"


@dataclass(frozen=True, slots=True)
class Seal:
    """`valid_to`: last day, None while open. `retired`: taken out of use whatever the dates say."""

    id: str
    kind: SealKind
    org: str
    name: str
    valid_from: date
    valid_to: date | None = None
    retired: bool = False


class WrongSeal(Breach):
    """The seal is not of the kind the power asks for, or belongs to another organisation."""

    source = "区府发〔2023〕5号 二（一）（二）"


class RetiredSeal(Breach):
    """The seal exists and may not be used that day (CZ: 原审批专用2号、3号公章不再使用)."""

    source = "郴政办发〔2021〕4号 二（一）"


def usable(seal: Seal, day: date) -> bool:
    """In force that day and not retired (郴政办发〔2021〕4号 二（一））."""
    return (
        not seal.retired
        and seal.valid_from <= day
        and (seal.valid_to is None or day <= seal.valid_to)
    )


def require_seal(seal: Seal, *, kind: SealKind, org: str, day: date) -> None:
    """The seal an officer chose must be the one the power asks for (区府发〔2023〕5号
    二（一）（二）).

    Raises WrongSeal by kind or organisation, RetiredSeal by the day.
    """
    if seal.kind is not kind or seal.org != org:
        raise WrongSeal(f"“{seal.name}”不是本事项应当使用的印章")
    if not usable(seal, day):
        raise RetiredSeal(f"“{seal.name}”在{day:%Y年%m月%d日}不得使用")


def seal_for(seals: Iterable[Seal], *, kind: SealKind, org: str, day: date) -> Seal:
    """The one seal for this power, organisation and day (区府发〔2023〕5号 二（一）（二）).

    Raises RetiredSeal when there were only retired or expired ones, WrongSeal when there is none.
    """
    fitting = [s for s in seals if s.kind is kind and s.org == org]
    in_force = [s for s in fitting if usable(s, day)]
    if in_force:
        return max(in_force, key=lambda s: s.valid_from)
    if fitting:
        raise RetiredSeal(f"“{fitting[-1].name}”在{day:%Y年%m月%d日}不得使用")
    raise WrongSeal("资料中没有本事项应当使用的印章")
