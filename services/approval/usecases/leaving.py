"""How a case leaves its path: the applicant takes it back, or other seats take it over."""

from contracts import approval
from servicekit import judging
from servicekit.problems import Problem
from services.approval.adapters import published
from services.approval.domain.case import Case
from services.approval.domain.facts import Act
from services.approval.domain.state import Action
from services.approval.usecases.scene import Scene, Told


async def withdraw(scene: Scene, no: str, *, reason: str | None, if_match: str | None) -> Case:
    """Before the decision only; of a withdrawal and a decision at once, one wins."""

    async def do(case: Case, act: Act) -> Told:
        case.withdraw(act, day=scene.day, reason=reason)
        told = approval.Withdrawn(no=no, viewers=case.viewers, reason=reason, withdrawn_at=act.at)
        return Told(news=[told])

    return await scene.perform(no, Action.WITHDRAW, do, if_match=if_match)


async def hand_over(scene: Scene, no: str, *, reason: str, if_match: str | None) -> Case:
    """The seats of the day take the case over. Problem `not-allowed-now` when none changed."""

    async def do(case: Case, act: Act) -> Told:
        if (case.seats, case.co_seals) == (act.power.seats, act.power.co_seals):
            raise Problem(
                "not-allowed-now",
                "本件的席位没有变更，无须移交",
                extra={"state": case.status.value, "allowed": []},
            )
        case.hand_over(act, reason=reason)
        scene.let_see(case)
        told = approval.HandedOver(
            no=no,
            viewers=case.viewers,
            seats=judging.public_seats(case.seats),
            reason=reason,
            by=published.officer(act.by),
            handed_over_at=act.at,
        )
        return Told(news=[told])

    return await scene.perform(no, Action.HAND_OVER, do, if_match=if_match)
