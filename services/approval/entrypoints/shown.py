"""From cases and rows to what this caller is shown of them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from contracts.intake import Applicant, Competence, Material, Project
from contracts.shape import Officer
from law import clock
from law.clock import Clock
from law.workingday import Calendar
from servicekit import judging
from servicekit.access import masked, only_leads
from services.approval.adapters import published
from services.approval.domain.authority import Asked
from services.approval.domain.case import Case
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import Actor, Power
from services.approval.domain.state import CLOSED, STATUS_NAMES, Action, Status
from services.approval.entrypoints.answers import (
    AfterOut,
    AnswerOut,
    CaseOut,
    CaseRow,
    ClockOut,
    DeadlinesOut,
    DecisionOut,
    ExtensionOut,
    PaperOut,
    StepOut,
    SuspensionOut,
)
from services.approval.usecases import power as powers
from services.approval.usecases.scene import Scene

_INWARD = frozenset({"review", "return", "report", "handover"})


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
    feedback: list[Mapping[str, Any]],
) -> CaseOut:
    """The answer to a single read, cut for leaders and for the applicant's side."""
    shown = _whole(scene, case, waits_for, steps, papers=papers, feedback=feedback)
    if only_leads(scene.caller):
        return _hidden(shown)
    return shown if scene.caller.org else _outward(shown)


def _whole(
    scene: Scene,
    case: Case,
    waits_for: list[str],
    steps: list[Mapping[str, Any]],
    *,
    papers: list[dict[str, Any]],
    feedback: list[Mapping[str, Any]],
) -> CaseOut:
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
        feedback=[AnswerOut.model_validate(one) for one in feedback],
    )


def _outward(shown: CaseOut) -> CaseOut:
    """For the applicant's side: without what officers wrote to each other on the way."""
    steps = [
        one.model_copy(update={"ground": "", "detail": {}}) if one.step in _INWARD else one
        for one in shown.steps
    ]
    return shown.model_copy(update={"opinion": None, "recommends": None, "steps": steps})


def _hidden(shown: CaseOut) -> CaseOut:
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
