"""What a place's data says beyond its annex: how sections are read, the companion rules, papers.

All of it is data of the place; where the government's document is silent it is marked 示例 or 推定.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

Mark = Literal["示例", "推定"]
Strict = Mapping[str, Literal["forbid"]]
_STRICT: Strict = {"extra": "forbid"}
SealKind = Literal["park-approval", "department-approval", "official"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoSealSetup:
    """A second seal on the report that goes up or on the result. `org` None: the 实施机关."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    on: Literal["report", "result"]
    seal_kind: SealKind
    source: str
    org: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSetup:
    """`opens`: words of the section line. `code`: stands before the row number in an item's id.

    `push_limit_days`: working days from issue to push; None where no document sets a limit.
    `office`: the stationed office; `upper`: who decides what is reported up; `recorder`: who enters
    a decision made outside the system; `copy_to`: who gets a copy of what is reported up.
    """

    __pydantic_config__: ClassVar[Strict] = _STRICT
    opens: str
    mode: Literal[
        "direct", "substantive-review", "window-forward", "stationed-office", "direct-report"
    ]
    code: str
    scope_required: bool
    seal_kind: SealKind
    push_limit_days: int | None = None
    sources: tuple[str, ...] = ()
    office: str | None = None
    upper: str | None = None
    recorder: str | None = None
    copy_to: tuple[str, ...] = ()
    co_seals: tuple[CoSealSetup, ...] = ()

    def organisations(self) -> frozenset[str]:
        """Those named here, which the catalogue must know."""
        named = {self.office, self.upper, self.recorder, *self.copy_to}
        return frozenset(one for one in named | {seal.org for seal in self.co_seals} if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSetup:
    """The profile: who the park is, and how its annex reads.

    `facts`: names only this place's rules ask for, besides those every project has.
    """

    __pydantic_config__: ClassVar[Mapping[str, Literal["ignore"]]] = {"extra": "ignore"}
    id: str
    tenant: str
    item_prefix: str
    park: str
    document: str
    annex: str
    sections: tuple[SectionSetup, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminator:
    """What tells two rows of one name apart."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """Whom a project past the row's upper threshold belongs to."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    org: str
    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSetup:
    """One of several acts in one row, with the rule that tells which of them a project needs."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    id: str
    name: str
    result_kind: Literal["permit", "recordal", "confirmation", "other"]
    clause: str
    all: tuple[dict[str, Any], ...] = ()
    any: tuple[dict[str, Any], ...] = ()

    def condition(self) -> dict[str, Any]:
        """The act's own rule, without the word for the act."""
        return {"any": list(self.any)} if self.any else {"all": list(self.all)}

    def rule(self) -> dict[str, Any]:
        """The act named, and its condition kept."""
        named = {"equals": "act", "value": self.id, "clause": self.clause}
        return {"all": [named, self.condition()]}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSetup:
    """The companion of one row. `shared` names a list of rules common to many rows."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    shared: str | None = None
    all: tuple[dict[str, Any], ...] = ()
    acts: tuple[ActSetup, ...] = ()
    sub_items: tuple[str, ...] = ()
    discriminator: Discriminator | None = None
    above: Above | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSetup:
    """The companion file. `rows` by row key: `01` … `29`, `w1` …"""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    note: str = ""
    document: str
    shared: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    rows: Mapping[str, RowSetup]

    def rule(self, row: RowSetup) -> dict[str, Any] | None:
        """The whole rule of a row as law.scope reads it; None when the companion has none."""
        shared = self.shared[row.shared] if row.shared is not None else ()
        parts = [*shared, *row.all]
        if row.acts:
            parts.append({"any": [act.rule() for act in row.acts]})
        return {"all": parts} if parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSetup:
    """The paper by which one authority hands powers over in one mode, and its first day."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    mode: str
    granted_by: str
    name: str
    number: str
    signed_on: date
    valid_from: date
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingSetup:
    """The paper by which people of `org` sit in seats of `for_org` for some items."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    items: tuple[str, ...]
    org: str
    for_org: str
    seats: tuple[Literal["accepts", "reviews", "decides", "seals"], ...]
    paper: str
    valid_from: date
    valid_to: date | None = None
    instant_only: bool = True
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersSetup:
    """agreements.json."""

    __pydantic_config__: ClassVar[Strict] = _STRICT
    note: str = ""
    mark: Mark | None = None
    agreements: tuple[AgreementSetup, ...]
    acting: tuple[ActingSetup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """All a place's data that reading its annex needs."""

    place: PlaceSetup
    scope: ScopeSetup
    papers: PapersSetup

    def section(self, title: str) -> SectionSetup | None:
        """How rows under this section line are read."""
        return next((one for one in self.place.sections if one.opens in title), None)

    def agreement(self, mode: str, granted_by: str) -> AgreementSetup | None:
        """The newest paper of that authority in that mode."""
        fitting = [
            one
            for one in self.papers.agreements
            if one.mode == mode and one.granted_by == granted_by
        ]
        return max(fitting, key=lambda one: one.valid_from, default=None)
