"""Scope rules (实施范围) as data: a small typed expression, judged in three values.

The government's text is kept verbatim beside the rule; every leaf names the fragment it stands for,
so that law.coverage can say which words of the text no rule accounts for.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from law.breach import Breach
from law.place import Attestation, Boundary, Parcel, Point, contains
from law.project import USES, Project, fact, label


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


class MalformedRule(Breach):
    """The rule's JSON is not of the expression set."""

    source = "区府发〔2023〕5号 附件1"


class Operator(StrEnum):
    LESS = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    MORE = ">"


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    parts: tuple["Rule", ...]
    clause: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    parts: tuple["Rule", ...]
    clause: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: "Rule"
    clause: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideParkLine:
    clause: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HasUse:
    use: str
    clause: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    fact: str
    op: Operator
    value: Decimal
    clause: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    fact: str
    value: bool | str
    clause: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubItemIn:
    names: tuple[str, ...]
    clause: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words that set no condition; `text` says in Chinese how they are honoured. Always holds."""

    text: str
    clause: str
    mark: str | None = None


Rule = All | AnyOf | Not | InsideParkLine | HasUse | Compare | Equals | SubItemIn | Note


def parse(data: Mapping[str, Any]) -> Rule:
    """Reads the JSON form of a rule (区府发〔2023〕5号 附件1 实施范围).

    One of: {"all": […]}, {"any": […]}, {"not": {…}}, {"inside-park-line": true}, {"use": "…"},
    {"compare": fact, "op": "<|<=|>=|>", "value": "1000"}, {"equals": fact, "value": …},
    {"sub-item-in": […]}, {"note": "…"}; each leaf with `clause`, any with `mark`. Raises
    MalformedRule for anything else, unknown keys included.
    """
    if not isinstance(data, Mapping):
        raise MalformedRule(f"规则须为对象：{data!r}")
    kinds = [kind for kind in _READERS if kind in data]
    if len(kinds) != 1:
        raise MalformedRule(f"规则须且只能有一种类型：{sorted(data)}")
    read, extra = _READERS[kinds[0]]
    unknown = set(data) - {kinds[0], "clause", "mark", *extra}
    if unknown or any(key not in data for key in extra):
        raise MalformedRule(f"规则 {kinds[0]} 的字段不对：{sorted(data)}")
    if kinds[0] not in _COMPOUND and not str(data.get("clause", "")).strip():
        raise MalformedRule(f"规则 {kinds[0]} 须注明所依据的原文（clause）")
    return read(data, str(data.get("clause", "")), data.get("mark"))


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


def _all(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    return All(parts=_parts(data["all"]), clause=clause, mark=mark)


def _any(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    return AnyOf(parts=_parts(data["any"]), clause=clause, mark=mark)


def _not(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    return Not(part=parse(data["not"]), clause=clause, mark=mark)


def _inside_line(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    if data["inside-park-line"] is not True:
        raise MalformedRule("inside-park-line 只能为 true；园区以外用 not")
    return InsideParkLine(clause=clause, mark=mark)


def _has_use(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    if data["use"] not in USES:
        raise MalformedRule(f"没有这种项目性质：{data['use']}")
    return HasUse(use=str(data["use"]), clause=clause, mark=mark)


def _compare(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    try:
        op, value = Operator(data["op"]), Decimal(str(data["value"]))
    except (ValueError, InvalidOperation) as error:
        raise MalformedRule(f"比较不成立：{data['op']} {data['value']}") from error
    if not value.is_finite():
        raise MalformedRule(f"比较不成立：{value}")
    return Compare(fact=str(data["compare"]), op=op, value=value, clause=clause, mark=mark)


def _equals(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    if not isinstance(data["value"], bool | str):
        raise MalformedRule(f"equals 只比较是否和文字：{data['value']!r}")
    return Equals(fact=str(data["equals"]), value=data["value"], clause=clause, mark=mark)


def _sub_item_in(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    names = data["sub-item-in"]
    if not isinstance(names, list) or not names:
        raise MalformedRule("sub-item-in 须为子项名称的列表")
    return SubItemIn(names=tuple(map(str, names)), clause=clause, mark=mark)


def _note(data: Mapping[str, Any], clause: str, mark: str | None) -> Rule:
    return Note(text=str(data["note"]), clause=clause, mark=mark)


def _parts(data: Any) -> tuple[Rule, ...]:
    if not isinstance(data, list) or not data:
        raise MalformedRule("all 和 any 须有至少一条规则")
    return tuple(parse(part) for part in data)


_COMPOUND: Final = ("all", "any", "not")
_Reader = Callable[[Mapping[str, Any], str, str | None], Rule]
_READERS: Final[Mapping[str, tuple[_Reader, tuple[str, ...]]]] = {
    "all": (_all, ()),
    "any": (_any, ()),
    "not": (_not, ()),
    "inside-park-line": (_inside_line, ()),
    "use": (_has_use, ()),
    "compare": (_compare, ("op", "value")),
    "equals": (_equals, ("value",)),
    "sub-item-in": (_sub_item_in, ()),
    "note": (_note, ()),
}


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
