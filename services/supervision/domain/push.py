"""A push: one issued or revoked decision on the desk of one competent regulator.

The verbs are those of 区府发〔2023〕5号 二（六） and of the claim (认领) that Ganzhou ranks;
only they change a status, by the table `ALLOWED`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from law.breach import Breach
from law.supervision import push_due
from law.workingday import Calendar, Due, civil_day

_SOURCE: Final = "区府发〔2023〕5号 二（六）"


class Status(StrEnum):
    """Where a push stands."""

    PUSHED = "pushed"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    RETURNED = "returned"
    MERGED = "merged"


class Action(StrEnum):
    """What an officer does with a push."""

    CLAIM = "claim"
    RELEASE = "release"
    RETURN = "return"
    ASSIGN = "assign"
    INSPECT = "inspect"
    FEEDBACK = "feedback"


ALLOWED: Final[dict[Action, frozenset[Status]]] = {
    Action.CLAIM: frozenset({Status.PUSHED}),
    Action.RELEASE: frozenset({Status.CLAIMED}),
    Action.RETURN: frozenset({Status.PUSHED, Status.CLAIMED}),
    Action.ASSIGN: frozenset({Status.PUSHED, Status.RETURNED}),
    Action.INSPECT: frozenset({Status.CLAIMED, Status.ANSWERED}),
    Action.FEEDBACK: frozenset({Status.CLAIMED, Status.ANSWERED}),
}

LEADS_TO: Final[dict[Action, frozenset[Status]]] = {
    Action.CLAIM: frozenset({Status.CLAIMED}),
    Action.RELEASE: frozenset({Status.PUSHED}),
    Action.RETURN: frozenset({Status.RETURNED}),
    Action.ASSIGN: frozenset({Status.PUSHED, Status.MERGED}),
    Action.INSPECT: frozenset({Status.CLAIMED, Status.ANSWERED}),
    Action.FEEDBACK: frozenset({Status.ANSWERED}),
}
"""Where each action ends; with `ALLOWED` it is the diagram in the docs."""

STATUS_NAMES: Final = {
    Status.PUSHED: "待认领",
    Status.CLAIMED: "已认领",
    Status.ANSWERED: "已反馈",
    Status.RETURNED: "已退回，待指派",
    Status.MERGED: "已并入另一推送",
}

ROLES: Final[dict[Action, frozenset[str]]] = {
    action: frozenset({"overseer"} if action is Action.ASSIGN else {"regulator", "inspector"})
    for action in Action
}


class NotAllowedNow(Breach):
    """The status does not take the action."""

    source = _SOURCE

    def __init__(self, action: Action, status: Status) -> None:
        super().__init__(f"该推送{STATUS_NAMES[status]}，不能办理此操作")
        self.action = action
        self.status = status


class NotYourSeat(Breach):
    """The officer's organisation does not hold the push, or does not oversee it."""

    source = _SOURCE


class TakenBy(Breach):
    """Another officer of the organisation has claimed it."""

    source = _SOURCE

    def __init__(self, holder: "Holder") -> None:
        super().__init__(f"该推送已由{holder.name}认领")
        self.holder = holder


class AlreadyThere(Breach):
    """The overseer assigns an unclaimed push to the regulator who has it."""

    source = _SOURCE


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: `id` is the token's subject, `role` the one they act in."""

    id: str
    name: str
    org: str
    role: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The officer who claimed, for the regulator as a whole."""

    id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    by: Person
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Returned:
    by: Person
    at: datetime
    reason: str
    suggests: str | None


@dataclass(frozen=True, slots=True)
class Reassigned:
    by: Person
    at: datetime
    reason: str
    from_regulator: str
    to_regulator: str
    merged_into: UUID | None


News = Claimed | Released | Returned | Reassigned


@dataclass(slots=True, kw_only=True)
class Push:
    """`involved`: every regulator who ever had it; `claimants`: those who ever claimed it."""

    id: UUID
    no: str
    regulator: str
    park: str
    decider: str
    overseers: tuple[str, ...]
    status: Status = Status.PUSHED
    version: int = 1
    holder: Holder | None = None
    involved: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    merged_into: UUID | None = None
    suggests: str | None = None
    rectification_due: date | None = None
    feedbacks: int = 0
    answered_at: datetime | None = None
    _news: list[News] = field(default_factory=list, repr=False, compare=False)

    @property
    def viewers(self) -> list[str]:
        """Park, decider, the regulators involved, the overseer; sorted."""
        return sorted({self.park, self.decider, *self.overseers, self.regulator, *self.involved})

    def claim(self, *, by: Person, at: datetime) -> None:
        """认领: one officer, for the organisation. Raises TakenBy, NotYourSeat, NotAllowedNow.

        The same officer again changes nothing.
        """
        self._require_regulator(by)
        if self.held_by(by):
            return
        if self.holder is not None:
            raise TakenBy(self.holder)
        self._require(Action.CLAIM)
        self.status = Status.CLAIMED
        self.holder = Holder(by.id, by.name, at)
        self.claimants = _with(self.claimants, by.org)
        self._news.append(Claimed(by, at))

    def held_by(self, officer: Person) -> bool:
        """Whether this officer has claimed it."""
        return self.holder is not None and self.holder.id == officer.id

    def release(self, *, by: Person, at: datetime, reason: str) -> None:
        """释放: back to the organisation's desk. By the holder, or by its liaison (regulator)."""
        self._require_regulator(by)
        self._require(Action.RELEASE)
        self._require_hand(by)
        self.status, self.holder = Status.PUSHED, None
        self._news.append(Released(by, at, reason))

    def give_back(self, *, by: Person, at: datetime, reason: str, suggests: str | None) -> None:
        """非本部门职责: waits for the overseer, with a reason and perhaps who it belongs to."""
        self._require_regulator(by)
        self._require(Action.RETURN)
        self._require_hand(by)
        self.status, self.holder, self.suggests = Status.RETURNED, None, suggests
        self._news.append(Returned(by, at, reason, suggests))

    def assign(
        self, *, by: Person, at: datetime, reason: str, to: "Regulator", has: UUID | None
    ) -> None:
        """指派 by the approval bureau: of what was returned or nobody claimed.

        `has`: the push the new regulator already has for the decision; then this one ends in it.
        """
        if by.org not in self.overseers:
            raise NotYourSeat("指派由本级行政审批局（统筹单位）办理")
        self._require(Action.ASSIGN)
        if to.id == self.regulator and self.status is Status.PUSHED:
            raise AlreadyThere("该推送已在此监管部门待认领")
        before = self.regulator
        self.involved = _with(_with(self.involved, before), to.id)
        self.overseers = tuple(sorted({*self.overseers, *to.overseers}))
        self.status, self.regulator, self.suggests = Status.PUSHED, to.id, None
        if has is not None:
            self.status, self.merged_into = Status.MERGED, has
        self._news.append(Reassigned(by, at, reason, before, to.id, has))

    def take_in(self, other: "Push") -> None:
        """The push that stays: whoever saw the merged one sees this one."""
        self.involved = tuple(sorted({*self.involved, *other.involved}))
        self.overseers = tuple(sorted({*self.overseers, *other.overseers}))

    def open_to_inspection(self, *, by: Person) -> None:
        """监督检查 by the organisation that claimed it. Raises NotYourSeat, NotAllowedNow."""
        self._require_regulator(by)
        self._require(Action.INSPECT)

    def answer(self, *, by: Person, at: datetime, rectify_by: date | None) -> bool:
        """监管反馈; True when it is late: after release or reassignment, or past the day of a
        rectification. Late feedback is kept and changes nothing else.

        Raises NotAllowedNow before any claim, NotYourSeat for those who never had it.
        """
        holds = by.org == self.regulator and self.status in ALLOWED[Action.FEEDBACK]
        if not holds:
            self._require_former_claimant(by)
            self.feedbacks += 1
            return True
        due, self.rectification_due = self.rectification_due, rectify_by
        self.status, self.answered_at = Status.ANSWERED, self.answered_at or at
        self.feedbacks += 1
        return due is not None and Due(due).passed(at)

    def hand_over(self, *, decider: str) -> None:
        """权力移交: the decision's seat is another's now."""
        self.decider = decider

    def verbs_of(self, *, org: str | None, roles: Iterable[str]) -> list[Action]:
        """What an officer of an organisation may do now; what the buttons show."""
        held = set(roles)
        return [
            action
            for action in Action
            if self.status in ALLOWED[action]
            and held & ROLES[action]
            and (org in self.overseers if action is Action.ASSIGN else org == self.regulator)
        ]

    def take_news(self) -> list[News]:
        """What happened since it was loaded; the store calls this once, on save."""
        news, self._news = self._news, []
        return news

    def _require(self, action: Action) -> None:
        if self.status not in ALLOWED[action]:
            raise NotAllowedNow(action, self.status)

    def _require_regulator(self, by: Person) -> None:
        if by.org != self.regulator:
            raise NotYourSeat("该推送不在您单位名下")

    def _require_hand(self, by: Person) -> None:
        if self.holder is not None and by.id != self.holder.id and by.role != "regulator":
            raise TakenBy(self.holder)

    def _require_former_claimant(self, by: Person) -> None:
        if by.org in self.claimants:
            return
        if by.org in {self.regulator, *self.involved}:
            raise NotAllowedNow(Action.FEEDBACK, self.status)
        raise NotYourSeat("只有认领单位可以反馈")


@dataclass(frozen=True, slots=True)
class Regulator:
    """An organisation that may be given a push, and who oversees it."""

    id: str
    overseers: tuple[str, ...]


def push_id(no: str, decision_version: int, regulator: str) -> UUID:
    """The same decision makes the same push, whatever event brings it and however often."""
    return uuid5(NAMESPACE_URL, f"shenguan:push:{no}:{decision_version}:{regulator}")


def limit(issued_at: datetime, days: int | None, calendar: Calendar | None) -> Due | None:
    """Last day of the push clock; None where no document sets one."""
    if days is None or calendar is None:
        return None
    return push_due(civil_day(issued_at), calendar, days)


def in_time(pushed_at: datetime, due: date | None) -> bool | None:
    """Whether the push kept its clock; None without one."""
    return None if due is None else not Due(due).passed(pushed_at)


def open_actions(status: Status) -> list[Action]:
    """The actions a status takes, whoever asks: the `allowed` of a 409."""
    return [action for action in Action if status in ALLOWED[action]]


def _with(orgs: tuple[str, ...], org: str) -> tuple[str, ...]:
    return orgs if org in orgs else (*orgs, org)
