"""A case and its verbs. Nothing else assigns a status."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from law import seats as law_seats
from law.decision import Outcome
from law.seats import Mode, Seats, Step
from law.workingday import Calendar, civil_day
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import (
    Act,
    CoSealPlan,
    Decision,
    Prolongation,
    SealUse,
    Signature,
    StepRecord,
    Suspension,
)
from services.approval.domain.state import (
    ALLOWED,
    CLOSED,
    SEALED_STEP,
    STAGE,
    Action,
    NotAllowedNow,
    Status,
)


@dataclass(slots=True, kw_only=True)
class Case:
    """`viewers`: who may see it. `reviewers`: ids of all who ever reviewed it.

    `report_seals`: how many co-seals stand on the report."""

    no: str
    item: str
    item_name: str
    park: str
    guide_version: int
    instant: bool
    four_eyes: bool
    result_kind: str
    applicant: dict[str, Any]
    project: dict[str, Any]
    materials: list[dict[str, Any]]
    source_system: str
    source_case_no: str | None
    rehearsal: bool
    tenant: str
    received_at: datetime
    accepted_at: datetime
    opened_at: datetime
    status: Status
    version: int
    viewers: tuple[str, ...]
    mode: Mode
    seats: Seats
    co_seals: tuple[CoSealPlan, ...]
    delegation: str
    period: int
    competence: dict[str, Any]
    deadlines: Deadlines
    suspended_from: Status | None = None
    reviewers: tuple[str, ...] = ()
    reviewed_by: Signature | None = None
    opinion: str | None = None
    recommends: str | None = None
    report_seals: int = 0
    withdrawn_reason: str | None = None
    decision: Decision | None = None
    new_steps: list[StepRecord] = field(default_factory=list)

    @property
    def one_hand(self) -> bool:
        """区府发〔2023〕5号 二（二）: an instant item may be finished by one officer."""
        return self.instant or not self.four_eyes

    @property
    def closed(self) -> bool:
        """Nothing more will happen to it."""
        return self.status in CLOSED

    @property
    def reviewed_apart(self) -> bool:
        """Whether a review comes before the decision at all."""
        return any(step.step is Step.REVIEW for step in self.plan())

    def co_seals_on(self, what: str) -> tuple[CoSealPlan, ...]:
        """The co-seals on the "report" or the "result", in their order."""
        return tuple(one for one in self.co_seals if one.on == what)

    def plan(self) -> tuple[law_seats.PlannedStep, ...]:
        """The steps that follow from the seats."""
        return law_seats.steps(
            self.seats,
            instant=self.instant,
            co_seals=[law_seats.CoSeal(on=one.on, org=one.org) for one in self.co_seals],
        )

    def opened(self, act: Act | None, *, ground: str) -> None:
        """The first line of its history; the seats say where it begins."""
        self.status = self._start()
        if act is not None:
            self._note("acceptance", Step.ACCEPTANCE, act, ground)

    def review(self, act: Act, *, opinion: str, recommends: str) -> None:
        """The opinion goes to whoever decides; under co-seals on the report where there are any."""
        self._require(Action.REVIEW)
        self._note("review", Step.REVIEW, act, opinion, recommends=recommends)
        self.reviewers = tuple(dict.fromkeys([*self.reviewers, act.by.id]))
        self.reviewed_by, self.opinion, self.recommends = act.by, opinion, recommends
        if self.co_seals_on("report"):
            self.status, self.report_seals = Status.AWAITING_REPORT_SEAL, 0
        else:
            self._go_up(act)

    def put_back(self, act: Act, *, reason: str) -> None:
        """Back to the reviewer; a report that went up needs its co-seals anew."""
        self._require(Action.RETURN)
        if not self.reviewed_apart:
            raise NotAllowedNow(Action.RETURN, self.status)
        self._note("return", Step.DECISION, act, reason)
        self.status, self.recommends, self.opinion = Status.UNDER_REVIEW, None, None

    def seal_report(self, act: Act, use: SealUse) -> None:
        """郴政办发〔2021〕4号 二（一）: the original body seals, unconditionally."""
        self._sealed(Status.AWAITING_REPORT_SEAL, "report-co-seal", act, use)
        self.report_seals += 1
        if self.report_seals >= len(self.co_seals_on("report")):
            self._go_up(act)

    def decide(self, act: Act, decision: Decision) -> None:
        """Decided and not yet sealed; the clocks stop."""
        approves = decision.outcome is Outcome.GRANTED
        self._require(Action.APPROVE if approves else Action.DENY)
        self._decided(act, decision)
        self.status = Status.DECIDED

    def record_outside(self, act: Act, decision: Decision, use: SealUse) -> None:
        """A decision made by an authority outside the system, its own seal under it."""
        self._require(Action.RECORD_OUTSIDE)
        decision.sealed_by = use
        self._decided(act, decision)
        self._close_or_co_seal(decision)

    def put_seal(self, act: Act, use: SealUse) -> None:
        """区府发〔2023〕5号 二（一）: the authority's own seal under the decision."""
        self._sealed(Status.DECIDED, "seal", act, use)
        decision = self.standing_decision()
        decision.sealed_by = use
        self._close_or_co_seal(decision)

    def put_co_seal(self, act: Act, use: SealUse) -> None:
        """临政办发〔2022〕8号 见章盖章: to the right of the first seal."""
        self._sealed(Status.AWAITING_CO_SEAL, "result-co-seal", act, use)
        decision = self.standing_decision()
        decision.co_seals = (*decision.co_seals, use)
        self._close_or_co_seal(decision)

    def suspend(self, act: Act, new: Suspension, calendar: Calendar) -> None:
        """行政许可法第四十五条: only with its written notice."""
        self._require(Action.SUSPEND)
        self.deadlines = self.deadlines.suspend(new, calendar)
        detail = {"notice_no": new.notice_no, "expected_days": new.expected_days, "id": new.id}
        self._note("suspension", STAGE[self.status], act, new.reason.value, **detail)
        self.suspended_from, self.status = self.status, Status.SUSPENDED

    def resume(self, act: Act, *, day: date) -> None:
        """行政许可法第四十五条: the time needed is not counted, and no more than that."""
        self._require(Action.RESUME)
        self.deadlines = self.deadlines.resume(day)
        self.status, self.suspended_from = self._standing(), None
        self._note("resumption", STAGE[self.status], act, "特别程序结束")

    def extend(self, act: Act, new: Prolongation, calendar: Calendar) -> None:
        """行政许可法第四十二条: once, at most ten days, by the head, with the reason told."""
        self._require(Action.EXTEND)
        self.deadlines = self.deadlines.extend(new, calendar)
        detail = {"days": new.days, "notice_no": new.notice_no}
        self._note("extension", STAGE[self._standing()], act, new.reason, **detail)

    def withdraw(self, act: Act, *, day: date, reason: str | None) -> None:
        """The applicant takes the filing back before it is decided."""
        self._require(Action.WITHDRAW)
        self._note("withdrawal", STAGE[self._standing()], act, reason or "申请人撤回")
        self.deadlines = self.deadlines.stop(day)
        self.status, self.withdrawn_reason = Status.WITHDRAWN, reason

    def hand_over(self, act: Act, *, reason: str) -> None:
        """The seats of the day take over; the case falls back to the first seat that changed.

        A decision not yet sealed lapses when another authority decides or answers now.
        """
        self._require(Action.HAND_OVER)
        before, power = self.seats, act.power
        detail = {"from": asdict(before), "to": asdict(power.seats)}
        self._note("handover", STAGE[self._standing()], act, reason, **detail)
        self.seats, self.mode, self.co_seals = power.seats, power.mode, power.co_seals
        self.delegation, self.period = power.delegation, power.period
        place = self._after_hand_over(before)
        if self.decision is not None and place not in {Status.DECIDED, Status.AWAITING_CO_SEAL}:
            self.decision.void = True
            self.deadlines = replace(self.deadlines, stopped_on=None)
        if self.status is Status.SUSPENDED:
            self.suspended_from = place
        else:
            self.status = place

    def standing_decision(self) -> Decision:
        """The decision that waits for its seal or has it. Raises NotAllowedNow."""
        if self.decision is None or self.decision.void:
            raise NotAllowedNow(Action.SEAL, self.status)
        return self.decision

    def _after_hand_over(self, before: Seats) -> Status:
        now, standing = self.seats, self._standing()
        if standing is Status.UNDER_REVIEW or before.reviews != now.reviews:
            return self._start()
        if standing is Status.AWAITING_REPORT_SEAL:
            self.report_seals = 0
            return standing if self.co_seals_on("report") else self._after_review()
        deciding = (before.decides, before.answers, before.recorder)
        if deciding != (now.decides, now.answers, now.recorder):
            return self._after_review()
        return standing

    def _standing(self) -> Status:
        """Where it stands, looking through a special procedure."""
        return self.suspended_from or self.status

    def _decided(self, act: Act, decision: Decision) -> None:
        self.decision = decision
        self.deadlines = self.deadlines.stop(decision.decided_on)
        self._note(
            "decision",
            Step.DECISION,
            act,
            decision.grounds,
            outcome=decision.outcome.value,
            number=decision.number,
            outside=decision.outside,
        )

    def _sealed(self, status: Status, what: str, act: Act, use: SealUse) -> None:
        self._require(Action.SEAL)
        if self.status is not status:
            raise NotAllowedNow(Action.SEAL, self.status)
        detail: dict[str, Any] = {"seal": use.seal, "name": use.name}
        if act.power.answer is not None:
            detail["competence"] = act.power.answer
        self._note(what, SEALED_STEP[status], act, act.by.paper or "", **detail)

    def _close_or_co_seal(self, decision: Decision) -> None:
        if len(decision.co_seals) < len(self.co_seals_on("result")):
            self.status = Status.AWAITING_CO_SEAL
        elif decision.outcome is Outcome.GRANTED:
            self.status = Status.ISSUED
        else:
            self.status = Status.DENIED

    def _go_up(self, act: Act) -> None:
        if self.seats.reviews != self.seats.decides:
            self._note("report", Step.REPORT, act, "")
        self.status = self._after_review()

    def _after_review(self) -> Status:
        return Status.REPORTED if self.seats.recorder else Status.AWAITING_DECISION

    def _start(self) -> Status:
        return Status.UNDER_REVIEW if self.reviewed_apart else self._after_review()

    def _require(self, action: Action) -> None:
        if self.status not in ALLOWED[action]:
            raise NotAllowedNow(action, self.status)

    def _note(self, what: str, step: Step, act: Act, ground: str, **detail: Any) -> None:
        answering = law_seats.liability(
            self.seats,
            step,
            day=civil_day(act.at),
            department=act.power.granted_by,
            transition_until=act.power.transition_until,
        )
        self.new_steps.append(
            StepRecord(
                step=what,
                by=act.by,
                at=act.at,
                ground=ground,
                liability=asdict(answering),
                detail=detail,
            )
        )


def sealed_step(case: Case) -> Step:
    """Which seal the verb `seal` puts now. Raises NotAllowedNow."""
    step = SEALED_STEP.get(case.status)
    if step is None:
        raise NotAllowedNow(Action.SEAL, case.status)
    return step
