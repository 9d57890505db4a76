"""What a scope rule says of a project: it holds, it fails, or a named fact is missing."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from law.place import Attestation, Boundary, Parcel, Point, contains
from law.project import USES, Project, fact, label
from law.scope import (
    All,
    AnyOf,
    Compare,
    Equals,
    HasUse,
    InsideParkLine,
    Not,
    Note,
    Operator,
    Rule,
    SubItemIn,
)


class Outcome(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule says of a project. `missing`: names of facts that would settle an unknown.

    `above`: an upper threshold was passed, so that a higher authority may be the right one.
    `parts`: the verdicts of a compound rule, in its order.
    """

    outcome: Outcome
    reason: str
    clause: str = ""
    mark: str | None = None
    missing: tuple[str, ...] = ()
    above: bool = False
    parts: tuple["Verdict", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rule looks at: the project, and the park's line in force on the day (None: none)."""

    project: Project
    park: str
    day: date
    boundary: Boundary | None


def judge(rule: Rule, facts: Facts) -> Verdict:
    """Three-valued: a fact nobody gave makes a leaf unknown, never false (区府发〔2023〕5号
    附件1).
    """
    match rule:
        case All():
            verdict = _together(rule, [judge(part, facts) for part in rule.parts], Outcome.FAILS)
        case AnyOf():
            verdict = _together(rule, [judge(part, facts) for part in rule.parts], Outcome.HOLDS)
        case Not():
            verdict = _negated(rule, judge(rule.part, facts))
        case InsideParkLine():
            verdict = _inside(rule, facts)
        case HasUse():
            verdict = _use(rule, facts)
        case Compare():
            verdict = _compared(rule, facts)
        case Equals():
            verdict = _equal(rule, facts)
        case SubItemIn():
            verdict = _sub_item(rule, facts)
        case Note():
            verdict = _verdict(rule, Outcome.HOLDS, rule.text)
    return verdict


def leaves(verdict: Verdict) -> Iterator[Verdict]:
    """The verdicts a person is shown, one a clause, in order (区府发〔2023〕5号 附件1 实施范围)."""
    if not verdict.parts:
        yield verdict
    for part in verdict.parts:
        yield from leaves(part)


def _verdict(
    rule: Rule,
    outcome: Outcome,
    reason: str,
    *,
    missing: tuple[str, ...] = (),
    above: bool = False,
) -> Verdict:
    return Verdict(
        outcome=outcome,
        reason=reason,
        clause=rule.clause,
        mark=rule.mark,
        missing=missing,
        above=above,
    )


def _together(rule: All | AnyOf, parts: list[Verdict], decisive: Outcome) -> Verdict:
    """Kleene: one decisive part settles it, else one unknown leaves it open, else it is settled."""
    settled = Outcome.HOLDS if decisive is Outcome.FAILS else Outcome.FAILS
    outcomes = [part.outcome for part in parts]
    if decisive in outcomes:
        outcome = decisive
    else:
        outcome = Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else settled
    telling = [part for part in parts if part.outcome is outcome]
    return Verdict(
        outcome=outcome,
        reason="；".join(part.reason for part in telling),
        clause=rule.clause,
        mark=rule.mark,
        missing=tuple(dict.fromkeys(name for part in telling for name in part.missing)),
        above=outcome is Outcome.FAILS and any(part.above for part in telling),
        parts=tuple(parts),
    )


_OPPOSITE: Final = {
    Outcome.HOLDS: Outcome.FAILS,
    Outcome.FAILS: Outcome.HOLDS,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
}


def _negated(rule: Not, inner: Verdict) -> Verdict:
    flipped = _flip(inner)
    return replace(flipped, clause=rule.clause or inner.clause, mark=rule.mark or inner.mark)


def _flip(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        outcome=_OPPOSITE[verdict.outcome],
        above=False,
        parts=tuple(_flip(part) for part in verdict.parts),
    )


def _inside(rule: InsideParkLine, facts: Facts) -> Verdict:
    place, line = facts.project.place, facts.boundary
    match place:
        case None:
            return _verdict(rule, Outcome.UNKNOWN, "项目位置不明", missing=("place",))
        case Attestation():
            if place.park != facts.park:
                return _verdict(rule, Outcome.UNKNOWN, "证明针对的是其他园区", missing=("place",))
            outcome = Outcome.HOLDS if place.inside else Outcome.FAILS
            where = "在园区范围线内" if place.inside else "不在园区范围线内"
            return _verdict(rule, outcome, f"经办人员书面证明（{place.paper}）项目{where}")
        case Point() | Parcel():
            if line is None:
                return _verdict(
                    rule, Outcome.UNKNOWN, "没有当日有效的范围线", missing=("boundary",)
                )
            return _against_line(rule, place, line)


def _against_line(rule: InsideParkLine, place: Point | Parcel, line: Boundary) -> Verdict:
    version = f"{line.valid_from:%Y年%m月%d日}起的范围线"
    if isinstance(place, Point):
        if not line.polygons:
            return _verdict(rule, Outcome.UNKNOWN, f"{version}没有坐标", missing=("boundary",))
        inside = contains(line.polygons, place)
    else:
        if not line.parcels:
            return _verdict(rule, Outcome.UNKNOWN, f"{version}没有宗地清单", missing=("place",))
        inside = place.number in line.parcels
    if inside:
        return _verdict(rule, Outcome.HOLDS, f"项目位于{version}内")
    return _verdict(rule, Outcome.FAILS, f"项目位于{version}外")


def _use(rule: HasUse, facts: Facts) -> Verdict:
    uses = facts.project.uses
    if not uses:
        return _verdict(rule, Outcome.UNKNOWN, "项目性质不明", missing=("uses",))
    if rule.use in uses:
        return _verdict(rule, Outcome.HOLDS, f"项目属于{USES[rule.use]}性质")
    return _verdict(rule, Outcome.FAILS, f"项目不属于{USES[rule.use]}性质")


_COMPARISONS: Final[Mapping[Operator, tuple[str, Callable[[Decimal, Decimal], bool]]]] = {
    Operator.LESS: ("小于", operator.lt),
    Operator.AT_MOST: ("不超过", operator.le),
    Operator.AT_LEAST: ("达到", operator.ge),
    Operator.MORE: ("超过", operator.gt),
}


def _compared(rule: Compare, facts: Facts) -> Verdict:
    value, name = fact(facts.project, rule.fact), label(rule.fact)
    if value is None:
        return _verdict(rule, Outcome.UNKNOWN, f"{name}不明", missing=(rule.fact,))
    if not isinstance(value, Decimal) or not value.is_finite():
        return _verdict(rule, Outcome.UNKNOWN, f"{name}不是数值", missing=(rule.fact,))
    words, holds = _COMPARISONS[rule.op]
    if holds(value, rule.value):
        return _verdict(rule, Outcome.HOLDS, f"{name}为{value}，{words}{rule.value}")
    return _verdict(
        rule,
        Outcome.FAILS,
        f"{name}为{value}，不满足“{words}{rule.value}”",
        above=rule.op in (Operator.LESS, Operator.AT_MOST),
    )


def _equal(rule: Equals, facts: Facts) -> Verdict:
    value, name = fact(facts.project, rule.fact), label(rule.fact)
    if value is None:
        return _verdict(rule, Outcome.UNKNOWN, f"{name}不明", missing=(rule.fact,))
    if value == rule.value:
        return _verdict(rule, Outcome.HOLDS, f"{name}：符合“{rule.clause}”")
    return _verdict(rule, Outcome.FAILS, f"{name}：不符合“{rule.clause}”")


def _sub_item(rule: SubItemIn, facts: Facts) -> Verdict:
    name = facts.project.sub_item
    if name is None:
        return _verdict(rule, Outcome.UNKNOWN, "未说明审批子项", missing=("sub_item",))
    if name in rule.names:
        return _verdict(rule, Outcome.HOLDS, f"“{name}”在所列子项之内")
    return _verdict(rule, Outcome.FAILS, f"“{name}”不在所列子项之内")
