"""Scope rules (实施范围) as data: a small typed expression, read from JSON.

The government's text is kept verbatim beside the rule; every leaf names the fragment it stands for,
so that law.coverage can say which words of the text no rule accounts for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from law.breach import Breach
from law.project import USES


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
    if str(data["use"]) not in USES:
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
