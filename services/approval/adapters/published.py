"""What happened to a case, in the words others may rely on."""

from datetime import date, datetime

from contracts import approval, intake
from contracts.shape import EventData, Officer
from servicekit import judging
from services.approval.domain.case import Case
from services.approval.domain.facts import Act, Decision, SealUse, Signature, plain
from services.approval.domain.state import Status


def officer(by: Signature) -> Officer:
    """A signature as events carry it."""
    return Officer.model_validate(plain(by))


def opened(
    case: Case, *, promised_due: date, statutory_due: date, provisional: bool
) -> approval.Opened:
    """The case is here, with its deadlines."""
    return approval.Opened(
        no=case.no,
        viewers=case.viewers,
        item=case.item,
        item_name=case.item_name,
        park=case.park,
        applicant=intake.Applicant.model_validate(case.applicant),
        source_system=case.source_system,
        mode=case.mode.value,
        seats=judging.public_seats(case.seats),
        accepted_at=case.accepted_at,
        opened_at=case.opened_at,
        promised_due=promised_due,
        statutory_due=statutory_due,
        due_provisional=provisional,
    )


def decided(case: Case, decision: Decision) -> approval.Decided:
    """Decided and not yet sealed."""
    return approval.Decided(
        no=case.no,
        viewers=case.viewers,
        outcome=decision.outcome.value,
        by=officer(decision.decided_by),
        decided_at=decision.decided_at,
    )


def after_seal(case: Case, act: Act) -> list[EventData]:
    """`issued` or `denied` once the last seal stands; nothing while another is awaited."""
    if case.status is Status.ISSUED:
        return [_issued(case, act)]
    if case.status is Status.DENIED:
        return [_denied(case, act.at)]
    return []


def _issued(case: Case, act: Act) -> approval.Issued:
    decision = case.standing_decision()
    seats = judging.public_seats(case.seats)
    return approval.Issued(
        no=case.no,
        viewers=case.viewers,
        item=case.item,
        item_name=case.item_name,
        park=case.park,
        applicant=intake.Applicant.model_validate(case.applicant),
        project=intake.Project.model_validate(case.project),
        decision=decision_fact(decision),
        decided_by=officer(decision.decided_by),
        reviewed_by=officer(decision.reviewed_by) if decision.reviewed_by else None,
        sealed_by=_first_seal(decision),
        co_seals=tuple(seal_use(use) for use in decision.co_seals),
        issued_at=act.at,
        mode=case.mode.value,
        seats=seats,
        answers=seats.answers,
        liability=decision.liability,
        regulators=case.seats.supervises,
        push_limit_days=act.power.push_limit_days,
        competence=intake.Competence.model_validate(decision.competence),
        decision_version=decision.version,
    )


def _denied(case: Case, at: datetime) -> approval.Denied:
    decision = case.standing_decision()
    return approval.Denied(
        no=case.no,
        viewers=case.viewers,
        item=case.item,
        item_name=case.item_name,
        park=case.park,
        decision=decision_fact(decision),
        reasons=decision.reasons,
        remedies=decision.remedies,
        decided_by=officer(decision.decided_by),
        sealed_by=_first_seal(decision),
        denied_at=at,
    )


def decision_fact(decision: Decision) -> approval.DecisionFact:
    """What was decided, as events and answers carry it."""
    return approval.DecisionFact.model_validate(
        {
            "no": decision.number,
            "outcome": decision.outcome.value,
            "result_kind": decision.result_kind,
            "decided_on": decision.decided_on,
            "grounds": decision.grounds,
            "content_sha256": decision.content_sha256,
            "code": decision.code,
            "valid_from": decision.valid_from,
            "valid_to": decision.valid_to,
            "outside": decision.outside,
        }
    )


def seal_use(use: SealUse) -> approval.SealUse:
    """A seal as events carry it."""
    return approval.SealUse(seal=use.seal, name=use.name, org=use.org, by=officer(use.by))


def _first_seal(decision: Decision) -> approval.SealUse:
    if decision.sealed_by is None:
        msg = f"decision {decision.id} has no seal"
        raise ValueError(msg)
    return seal_use(decision.sealed_by)
