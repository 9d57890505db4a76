"""What a case is made of: who acted, what was decided, which power it rests on."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from law.clock import PauseReason
from law.decision import Outcome
from law.seals import SealKind
from law.seats import Acting, Mode, Seats


def plain(record: Any) -> dict[str, Any]:
    """Names and values of a flat record. `dataclasses.asdict` copies every value, at ten times
    the price; what these hold is never changed in place.
    """
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who calls: an officer with the roles both token and catalogue give, or a system client."""

    id: str
    name: str
    org: str | None
    roles: frozenset[str]
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who did a step, in which role, for whom and by which paper."""

    id: str
    name: str
    org: str
    role: str
    acting_for: str | None = None
    paper: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoSealPlan:
    """A second seal to be put: on the "report" that goes up, or on the "result"."""

    on: str
    org: str
    kind: SealKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The granted power on one day, as the catalogue has it.

    `answer` is the competence answer as stored, None where the day's seats were only looked up.
    """

    mode: Mode
    seats: Seats
    delegation: str
    period: int
    granted_by: str
    seal: SealKind
    acting: tuple[Acting, ...] = ()
    co_seals: tuple[CoSealPlan, ...] = ()
    transition_until: date | None = None
    push_limit_days: int | None = None
    overseer: str | None = None
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does it, when, and under which power."""

    by: Signature
    at: datetime
    power: Power


@dataclass(frozen=True, slots=True, kw_only=True)
class SealUse:
    """A seal under the paper; `seal` is empty where the original bears it outside the system."""

    seal: str
    name: str
    org: str
    by: Signature
    at: datetime


@dataclass(slots=True, kw_only=True)
class Decision:
    """`content` is the paper's canonical content, `content_sha256` the digest the seal is over.

    `version` counts the decisions of one case; `void`: lapsed at a hand-over before its seal.
    """

    id: UUID
    version: int
    number: str
    outcome: Outcome
    result_kind: str
    decided_on: date
    decided_at: datetime
    decided_by: Signature
    reviewed_by: Signature | None
    grounds: str
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    content: dict[str, Any]
    content_sha256: str
    code: str
    competence: dict[str, Any]
    liability: str
    valid_from: date | None = None
    valid_to: date | None = None
    outside: bool = False
    sealed_by: SealUse | None = None
    co_seals: tuple[SealUse, ...] = ()
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A special procedure of 许可法 45 with its written notice."""

    id: str
    reason: PauseReason
    notice_no: str
    expected_days: int
    from_day: date
    until_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolongation:
    """The one extension of 许可法 42."""

    days: int
    reason: str
    approved_by: str
    notified_on: date
    notice_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One line of the case's history. `ground`: by which right or for which reason."""

    step: str
    by: Signature
    at: datetime
    ground: str
    liability: dict[str, Any] | None = None
    detail: dict[str, Any] = field(default_factory=dict)
