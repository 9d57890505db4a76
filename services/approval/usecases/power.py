"""The granted power on a day: looked up for a step, asked anew for a decision and its seal."""

from dataclasses import replace
from datetime import date

from contracts import catalog, intake
from law.competence import Granted
from law.delegation import in_force
from law.seals import SealKind
from law.seats import Seats
from servicekit import judging
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.approval.domain.case import Case
from services.approval.domain.facts import CoSealPlan, Power
from services.approval.domain.state import allowed_in


def standing(catalogue: Catalogue, case: Case, day: date) -> Power:
    """The period of the case's delegation in force that day, else the one it began under."""
    key = case.delegation
    if key in catalogue.held:
        raise Problem("catching-up", f"目录对象 {key} 正待处理，暂不作判断")
    delegation = catalogue.law_delegations.get(key)
    if delegation is None:
        raise Problem("catching-up", "本件的赋权数据尚未同步")
    found = in_force(delegation, day)
    return of_period(catalogue, key, found[0] if found else case.period)


def granted(catalogue: Catalogue, case: Case, day: date) -> Power:
    """The competence question asked anew, with the answer as it is to be stored.

    Problems: `not-allowed-now` with the reasons when the power is gone, `seats-changed` when others
    sit in the working seats now. Who supervises is taken from the day and changes nothing else.
    """
    power = asked(catalogue, case, day)
    if _working(power.seats) != _working(case.seats):
        raise Problem(
            "seats-changed",
            "本件的审核、决定或者用印席位已经变更，须先办理移交",
            next_step=f"请用 POST /api/v1/cases/{case.no}/handover 办理移交后再继续",
            extra={
                "seats": judging.public_seats(power.seats).model_dump(mode="json"),
                "case_seats": judging.public_seats(case.seats).model_dump(mode="json"),
            },
        )
    return power


def asked(catalogue: Catalogue, case: Case, day: date) -> Power:
    """As `granted`, whoever sits there: what a hand-over goes by."""
    answer = catalogue.competence(
        item=case.item,
        park=case.park,
        project=intake.Project.model_validate(case.project),
        day=day,
    )
    if not isinstance(answer, Granted):
        raise Problem(
            "not-allowed-now",
            "本件的权力已不在园区："
            + "；".join(one.text for one in answer.chain if one.holds is not True),
            next_step="请与赋权部门和审批监督部门联系，按新的权限办理或者由申请人撤回",
            extra={
                "state": case.status.value,
                "allowed": [one.value for one in allowed_in(case.status)],
                "reasons": [one.text for one in answer.chain],
                "right_authority": answer.right_authority,
            },
        )
    power = of_period(catalogue, answer.delegation, answer.period)
    public = competence(catalogue, answer)
    return replace(power, answer=public.model_dump(mode="json"))


def of_period(catalogue: Catalogue, delegation: str, index: int) -> Power:
    """The power of one period of a delegation."""
    public = catalogue.delegations[delegation]
    period = public.periods[index]
    law = catalogue.law_delegations[delegation].periods[index]
    return Power(
        mode=law.mode,
        seats=law.seats,
        delegation=delegation,
        period=index,
        granted_by=law.granted_by,
        seal=law.seal,
        acting=law.acting,
        co_seals=co_seals(period),
        transition_until=law.transition_until,
        push_limit_days=law.push_limit_days,
        overseer=catalogue.overseer(public.park),
    )


def co_seals(period: catalog.Period) -> tuple[CoSealPlan, ...]:
    """Second seals as the period orders them."""
    return tuple(
        CoSealPlan(on=one.on, org=one.org, kind=SealKind(one.seal_kind)) for one in period.co_seals
    )


def competence(catalogue: Catalogue, answer: Granted) -> intake.Competence:
    """The answer as events carry it and rows keep it."""
    return intake.Competence(
        granted=True,
        day=answer.day,
        delegation=answer.delegation,
        period=answer.period,
        mode=answer.mode.value,
        seats=judging.public_seats(answer.seats),
        agreement=answer.agreement.no if answer.agreement else None,
        liability=liability(catalogue, answer.liability.orgs, answer.liability.reason),
        push_limit_days=answer.push_limit_days,
        catalog_position=catalogue.position,
        reasons=tuple(one.text for one in answer.chain),
        sources=answer.sources,
    )


def liability(catalogue: Catalogue, orgs: tuple[str, ...], reason: str) -> str:
    """Who answers in law, in words."""
    return f"{'、'.join(catalogue.name_of(org) for org in orgs)}：{reason}"


def viewers(
    catalogue: Catalogue, seats: Seats, park: str, co_sealing: tuple[CoSealPlan, ...]
) -> tuple[str, ...]:
    """Organisations now in the case's seats, co-seals, copies and record, and their overseer."""
    orgs = set(catalogue.viewers(judging.public_seats(seats), park))
    orgs |= {one.org for one in co_sealing} | set(seats.copies_to)
    if seats.recorder:
        orgs.add(seats.recorder)
    return tuple(sorted(orgs))


def _working(seats: Seats) -> tuple[str | None, ...]:
    return (
        seats.reviews,
        seats.decides,
        seats.seals,
        seats.answers,
        seats.answers_review,
        seats.recorder,
    )
