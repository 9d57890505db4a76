"""What callers are shown of cases, decisions, deadlines, feedback."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, PlainSerializer

from contracts.approval import DecisionFact, SealUse
from contracts.catalog import Seats
from contracts.intake import Applicant, Competence, Material, Project
from contracts.shape import Officer
from law import clock
from law.clock import Clock
from law.workingday import Calendar
from servicekit import judging
from servicekit.access import masked
from servicekit.clock import local
from services.approval.adapters import published
from services.approval.domain.authority import Asked
from services.approval.domain.case import Case
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import Actor, Power
from services.approval.domain.state import CLOSED, STATUS_NAMES, Action, Status
from services.approval.usecases import power as powers
from services.approval.usecases.scene import Scene

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


def after(scene: Scene, case: Case) -> AfterOut:
    """The answer to a verb."""
    power = powers.standing(scene.catalogue, case, scene.day)
    return AfterOut(
        no=case.no,
        status=case.status.value,
        status_text=STATUS_NAMES[case.status],
        version=case.version,
        allowed=allowed(case, scene.actor, power, scene.day),
        deadlines=deadlines(case.deadlines, scene.calendar, scene.day),
        decision=decision(case),
    )


def whole(
    scene: Scene,
    case: Case,
    *,
    waits_for: list[str],
    steps: list[Mapping[str, Any]],
    papers: list[dict[str, Any]],
) -> CaseOut:
    """The answer to a single read."""
    return CaseOut(
        **after(scene, case).model_dump(),
        item=case.item,
        item_name=case.item_name,
        park=case.park,
        mode=case.mode.value,
        seats=judging.public_seats(case.seats),
        co_seals=[asdict(one) for one in case.co_seals],
        waits_for=waits_for,
        guide_version=case.guide_version,
        instant=case.instant,
        result_kind=case.result_kind,
        applicant=Applicant.model_validate(case.applicant),
        project=Project.model_validate(case.project),
        materials=tuple(Material.model_validate(one) for one in case.materials),
        source_system=case.source_system,
        source_case_no=case.source_case_no,
        rehearsal=case.rehearsal,
        received_at=case.received_at,
        accepted_at=case.accepted_at,
        opened_at=case.opened_at,
        opinion=case.opinion,
        recommends=case.recommends,
        reviewed_by=published.officer(case.reviewed_by) if case.reviewed_by else None,
        competence=Competence.model_validate(case.competence),
        steps=[
            StepOut(
                step=one["step"],
                by=Officer.model_validate(one["officer"]),
                at=one["at"],
                ground=one["ground"],
                liability=one["liability"],
                detail=one["detail"],
            )
            for one in steps
        ],
        papers=[PaperOut.model_validate(one) for one in papers],
    )


def hidden(shown: CaseOut) -> CaseOut:
    """For leaders: names masked."""
    applicant = shown.applicant.model_copy(
        update={
            "name": masked(shown.applicant.name),
            "uscc": masked(shown.applicant.uscc),
            "address": None,
        }
    )
    project = shown.project.model_copy(update={"name": masked(shown.project.name)})
    return shown.model_copy(update={"applicant": applicant, "project": project})


def row(stored: Mapping[str, Any], today: date, *, hide: bool) -> CaseRow:
    """One line of a list."""
    status = Status(stored["status"])
    name, uscc = stored["applicant_name"], stored["uscc"]
    return CaseRow(
        **{
            **stored,
            "company": masked(name) if hide else name,
            "uscc": masked(uscc) if hide else uscc,
            "status_text": STATUS_NAMES[status],
            "overdue": status not in CLOSED and today > stored["promised_due"],
        }
    )


def allowed(case: Case, actor: Actor, power: Power, day: date) -> list[str]:
    """The buttons of this caller; a hand-over only where other seats are in force."""
    return [
        action.value
        for action in Action
        if (action is not Action.HAND_OVER or power.seats != case.seats)
        and Asked(case, action, actor, power, day).granted()
    ]


def deadlines(given: Deadlines, calendar: Calendar, today: date) -> DeadlinesOut:
    """Both clocks as of today."""
    extension = given.extension
    return DeadlinesOut(
        unit=given.unit.value,
        started_on=given.started_on,
        stopped_on=given.stopped_on,
        promised=_clock(given.promised(), calendar, today),
        statutory=_clock(given.statutory(), calendar, today),
        suspensions=[SuspensionOut.model_validate(asdict(one)) for one in given.suspensions],
        extension=ExtensionOut.model_validate(asdict(extension)) if extension else None,
    )


def _clock(given: Clock, calendar: Calendar, today: date) -> ClockOut:
    state = clock.state(given, calendar, today)
    return ClockOut(
        due=state.due.day,
        provisional=state.due.provisional,
        total=state.total,
        used=state.used,
        remaining=state.remaining,
        paused=state.paused,
        overdue=state.overdue,
        overdue_days=state.overdue_days,
        rung=state.rung.value if state.rung else None,
    )


def decision(case: Case) -> DecisionOut | None:
    """The case's decision, if it has one."""
    made = case.decision
    if made is None:
        return None
    return DecisionOut(
        **published.decision_fact(made).model_dump(),
        decided_at=made.decided_at,
        decided_by=published.officer(made.decided_by),
        reviewed_by=published.officer(made.reviewed_by) if made.reviewed_by else None,
        reasons=made.reasons,
        remedies=made.remedies,
        liability=made.liability,
        competence=Competence.model_validate(made.competence),
        sealed_by=published.seal_use(made.sealed_by) if made.sealed_by else None,
        co_seals=tuple(published.seal_use(use) for use in made.co_seals),
        void=made.void,
    )
