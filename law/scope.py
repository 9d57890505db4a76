"""Scope rules (实施范围) as data: a small typed expression, judged in three values.

The government's text is kept verbatim beside the rule; every leaf names the fragment it stands for,
so that `covers` can say which words of the text no rule accounts for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from law.breach import Breach
from law.place import Boundary
from law.project import Project


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
    raise NotImplementedError


def judge(rule: Rule, facts: Facts) -> Verdict:
    """Three-valued: a fact nobody gave makes a leaf unknown, never false (区府发〔2023〕5号 附件1 实施范围)."""
    raise NotImplementedError


def leaves(verdict: Verdict) -> Iterator[Verdict]:
    """The verdicts a person is shown, one a clause, in order (区府发〔2023〕5号 附件1 实施范围)."""
    raise NotImplementedError


def clauses(scope_text: str) -> list[str]:
    """Cuts a scope text at ，。；、：, numbered items and parentheses (区府发〔2023〕5号 附件1 实施范围)."""
    raise NotImplementedError


def covers(scope_text: str, rule: Rule | None) -> list[str]:
    """The clauses of the text that no rule accounts for; empty: all are (区府发〔2023〕5号 附件1 实施范围)."""
    raise NotImplementedError


def strays(scope_text: str, rule: Rule | None) -> list[str]:
    """Clauses the rule quotes that the text does not contain (区府发〔2023〕5号 附件1 实施范围)."""
    raise NotImplementedError
