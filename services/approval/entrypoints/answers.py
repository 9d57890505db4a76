"""The answers' form: cases, decisions, deadlines, papers, feedback, problems."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, PlainSerializer

from contracts.approval import DecisionFact, SealUse
from contracts.catalog import Seats
from contracts.intake import Applicant, Competence, Material, Project
from contracts.shape import Officer
from contracts.supervision import Inspector, Rectification
from servicekit.clock import local

Local = Annotated[datetime, PlainSerializer(local, return_type=str)]
"""RFC 3339 with +08:00."""


class ProblemOut(BaseModel):
    """RFC 9457 with `code`; 409 carries `state` and `allowed` besides."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    next_step: str
    errors: list[dict[str, Any]] = []
    request_id: str


def _problem(description: str) -> dict[str, Any]:
    return {"model": ProblemOut, "description": description}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _problem("idempotency-key-missing、malformed"),
    401: _problem("unauthenticated"),
    403: _problem("not-your-seat"),
    404: _problem("not-found、case-not-yet-here"),
    409: _problem("not-allowed-now、seats-changed、request-in-progress"),
    412: _problem("changed-meanwhile"),
    422: _problem("invalid、idempotency-key-reused"),
    503: _problem("catching-up、paper-not-ready、unknown-outcome、unavailable"),
}


class ClockOut(BaseModel):
    """A deadline as budget and time used, in the guide's unit; `due` runs to its 24:00."""

    due: date
    provisional: bool
    total: int
    used: int
    remaining: int
    paused: bool
    overdue: bool
    overdue_days: int
    rung: str | None


class SuspensionOut(BaseModel):
    id: str
    reason: str
    notice_no: str
    expected_days: int
    from_day: date
    until_day: date | None


class ExtensionOut(BaseModel):
    days: int
    reason: str
    approved_by: str
    notice_no: str
    notified_on: date


class DeadlinesOut(BaseModel):
    unit: str
    started_on: date
    stopped_on: date | None
    promised: ClockOut
    statutory: ClockOut
    suspensions: list[SuspensionOut]
    extension: ExtensionOut | None


class DecisionOut(DecisionFact):
    """The decision with who made and sealed it; `void` after a hand-over before its seal."""

    decided_at: Local
    decided_by: Officer
    reviewed_by: Officer | None
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    liability: str
    competence: Competence
    sealed_by: SealUse | None
    co_seals: tuple[SealUse, ...]
    void: bool


class StepOut(BaseModel):
    """Who did what, when, in which role and on which ground, and who answers for it in law."""

    step: str
    by: Officer
    at: Local
    ground: str
    liability: dict[str, Any] | None
    detail: dict[str, Any]


class PaperOut(BaseModel):
    id: str
    kind: str
    number: str
    title: str
    dated: date
    content_sha256: str
    code: str
    ready: bool


class DeskEntryOut(BaseModel):
    org: str
    state: str
    acknowledged_at: Local | None


class AnswerOut(BaseModel):
    """What a regulator answered. `late`: after its day; `repeats`: how often it was told again."""

    id: str
    push: str
    regulator: str
    decision_no: str
    result: str
    summary: str
    rectification: Rectification | None
    inspectors: tuple[Inspector, ...]
    by: Officer
    given_at: Local
    late: bool
    repeats: int
    desks: list[DeskEntryOut]


class PapersOut(BaseModel):
    items: list[PaperOut]


class AfterOut(BaseModel):
    """The case after a verb. `allowed`: what this caller may do to it now."""

    no: str
    status: str
    status_text: str
    version: int
    allowed: list[str]
    deadlines: DeadlinesOut
    decision: DecisionOut | None


class CaseOut(AfterOut):
    """The whole case. `competence`: the answer it was accepted under, with its chain."""

    item: str
    item_name: str
    park: str
    mode: str
    seats: Seats
    co_seals: list[dict[str, str]]
    waits_for: list[str]
    guide_version: int
    instant: bool
    result_kind: str
    applicant: Applicant
    project: Project
    materials: tuple[Material, ...]
    source_system: str
    source_case_no: str | None
    rehearsal: bool
    received_at: Local
    accepted_at: Local
    opened_at: Local
    opinion: str | None
    recommends: str | None
    reviewed_by: Officer | None
    competence: Competence
    steps: list[StepOut]
    papers: list[PaperOut]
    feedback: list[AnswerOut]


class CaseRow(BaseModel):
    """One line of a list. `overdue` is judged by the promised day."""

    no: str
    item: str
    item_name: str
    park: str
    company: str
    uscc: str
    status: str
    status_text: str
    waits_for: list[str]
    mode: str
    rehearsal: bool
    accepted_at: Local
    opened_at: Local
    promised_due: date
    statutory_due: date
    due_provisional: bool
    overdue: bool
    version: int


class CasesOut(BaseModel):
    items: list[CaseRow]
    next_cursor: str | None
