"""Who may do what to a case: the seat, the role in it, four eyes, and never one's own filing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from law import seats as law_seats
from law.breach import Breach
from law.decision import require_four_eyes
from law.seats import Authority, NotYourSeat, Seat
from services.approval.domain.case import Case
from services.approval.domain.facts import Actor, CoSealPlan, Power, Signature
from services.approval.domain.state import ALLOWED, Action, NotAllowedNow, Status

HEAD_POST: Final = "负责人"
_OWN_HAND: Final = frozenset({Action.REVIEW, Action.APPROVE, Action.DENY})
_TURN: Final = MappingProxyType(
    {
        Status.UNDER_REVIEW: Seat.REVIEWS,
        Status.AWAITING_DECISION: Seat.DECIDES,
        Status.REPORTED: Seat.DECIDES,
        Status.SUSPENDED: Seat.REVIEWS,
        Status.DECIDED: Seat.SEALS,
    }
)


class WrongRole(Breach):
    """The organisation sits there, the officer has not the role for it."""

    source = "区府发〔2023〕5号 附件2 五（二）"


class SelfApproval(Breach):
    """Who handed the filing in does not review or decide it."""

    source = "区府发〔2023〕5号 二（一）"


class NotTheHead(Breach):
    """An extension is approved by the head of the deciding authority."""

    source = "行政许可法第四十二条"


class NotTheApplicant(Breach):
    """Only the applicant's side, or the window on its word, takes a filing back."""

    source = "行政许可法第三十二条"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: may this actor do this to this case on this day?"""

    case: Case
    action: Action
    actor: Actor
    power: Power
    day: date

    def signature(self) -> Signature:
        """The actor's signature for the action now.

        Raises NotAllowedNow, NotYourSeat, WrongRole, SameOfficer, SelfApproval, NotTheHead,
        NotTheApplicant.
        """
        case, actor = self.case, self.actor
        nowhere = self.action is Action.RETURN and not case.reviewed_apart
        if case.status not in ALLOWED[self.action] or nowhere:
            raise NotAllowedNow(self.action, case.status)
        if self.action is Action.WITHDRAW:
            return self._applicant()
        if actor.org is None:
            raise NotYourSeat("此操作须由席位所在机构的人员办理")
        signature = self._by_seat()
        if self.action in _OWN_HAND and self._filed_it() and not case.instant:
            raise SelfApproval("代为提出申请的人员不得审核或者决定同一办件")
        if self.action in {Action.APPROVE, Action.DENY}:
            require_four_eyes(actor.id, case.reviewers, instant=case.one_hand)
        return signature

    def granted(self) -> bool:
        """`signature` as a question, for the buttons."""
        try:
            self.signature()
        except Breach:
            return False
        return True

    def _filed_it(self) -> bool:
        """The filer, or a helper of the organisation that filed it for the applicant."""
        source, actor = self.case.source_system, self.actor
        return actor.id == source or (actor.org == source and "helper" in actor.roles)

    def _by_seat(self) -> Signature:
        ways: dict[Action, Callable[[], Signature]] = {
            Action.EXTEND: self._head,
            Action.HAND_OVER: self._handing_over,
            Action.RECORD_OUTSIDE: self._recorder,
            Action.SEAL: self._sealing,
            Action.REVIEW: self._reviewing,
            Action.SUSPEND: self._reviewing_or_deciding,
            Action.RESUME: self._reviewing_or_deciding,
        }
        if self.action is Action.RETURN and self.case.status is Status.REPORTED:
            return self._recorder()
        return ways.get(self.action, self._deciding)()

    def _reviewing(self) -> Signature:
        return self._seated(Seat.REVIEWS, "reviewer")

    def _deciding(self) -> Signature:
        return self._seated(Seat.DECIDES, "approver")

    def _reviewing_or_deciding(self) -> Signature:
        try:
            return self._reviewing()
        except (NotYourSeat, WrongRole):
            return self._deciding()

    def _seated(self, seat: Seat, *roles: str) -> Signature:
        authority = law_seats.require_seat(
            self.case.seats,
            seat,
            org=self.actor.org or "",
            day=self.day,
            officer=self.actor.id,
            acting_papers=self.power.acting,
            instant=self.case.instant,
        )
        by_paper = authority.paper is not None and self.case.instant
        return self._sign(*roles, *(["window"] if by_paper else []), authority=authority)

    def _sealing(self) -> Signature:
        co_seal = next_co_seal(self.case)
        if co_seal is None:
            return self._seated(Seat.SEALS, "sealer", *(["approver"] * self.case.instant))
        if self.actor.org != co_seal.org:
            raise NotYourSeat("现由会章单位用印，本单位不承担会章")
        return self._sign("sealer")

    def _recorder(self) -> Signature:
        seats = self.case.seats
        if seats.recorder is None or self.actor.org != seats.recorder:
            raise NotYourSeat("上级决定由指定的记录单位录入")
        return replace(self._sign("approver", "window"), acting_for=seats.decides)

    def _head(self) -> Signature:
        if self.actor.org != self.case.seats.decides:
            raise NotYourSeat("延长期限由作出决定的行政机关负责人批准")
        if "approver" in self.actor.roles and HEAD_POST in self.actor.post:
            return self._sign("approver")
        if "leader" not in self.actor.roles:
            raise NotTheHead("延长期限须经本行政机关负责人批准")
        return self._sign("leader")

    def _handing_over(self) -> Signature:
        if self.actor.org == self.power.overseer and "overseer" in self.actor.roles:
            return self._sign("overseer")
        if self.actor.org not in {self.case.seats.decides, self.power.seats.decides}:
            raise NotYourSeat("移交由原决定单位、新决定单位或者审批监督部门办理")
        return self._sign("approver")

    def _applicant(self) -> Signature:
        actor, case = self.actor, self.case
        if actor.org is None and actor.id == case.source_system:
            return Signature(id=actor.id, name=actor.name, org=actor.id, role="applicant")
        if case.source_system in {actor.org, actor.id} and actor.roles & {"helper", "window"}:
            return self._sign("helper", "window")
        if actor.org == case.seats.accepts and "window" in actor.roles:
            return self._sign("window")
        raise NotTheApplicant("撤回申请由申请人一方或者受理窗口办理")

    def _sign(self, *roles: str, authority: Authority | None = None) -> Signature:
        role = next((one for one in roles if one in self.actor.roles), None)
        if role is None:
            raise WrongRole("本单位在此席位，但您的岗位不办理此操作")
        acting = authority is not None and authority.for_org != authority.org
        return Signature(
            id=self.actor.id,
            name=self.actor.name,
            org=self.actor.org or "",
            role=role,
            acting_for=authority.for_org if authority and acting else None,
            paper=authority.paper if authority else None,
        )


def next_co_seal(case: Case) -> CoSealPlan | None:
    """The co-seal the case waits for: on the report before it goes up, on the result after."""
    if case.status is Status.AWAITING_REPORT_SEAL:
        left = case.co_seals_on("report")[case.report_seals :]
    elif case.status is Status.AWAITING_CO_SEAL and case.decision is not None:
        left = case.co_seals_on("result")[len(case.decision.co_seals) :]
    else:
        left = ()
    return left[0] if left else None


def waiting_for(case: Case, power: Power) -> tuple[str, ...]:
    """The organisations whose turn it is, those acting by a paper included; sorted."""
    co_seal = next_co_seal(case)
    if co_seal is not None:
        return (co_seal.org,)
    turn = _TURN.get(case.status)
    if turn is None:
        return ()
    if turn is Seat.DECIDES and case.seats.recorder is not None:
        return (case.seats.recorder,)
    holders = set(law_seats.holder(case.seats, turn))
    acting = {
        paper.by_org
        for paper in power.acting
        if paper.for_org in holders
        and turn in paper.seats
        and (case.instant or not paper.instant_only)
    }
    return tuple(sorted(holders | acting))
