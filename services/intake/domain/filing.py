"""A filing from receipt to acceptance, refusal or withdrawal. Nothing else assigns its status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from law import acceptance
from law.acceptance import Receipt, RefusalGround
from law.breach import Breach
from law.workingday import Calendar, civil_day


class Status(StrEnum):
    RECEIVED = "received"
    CORRECTION_ASKED = "correction-asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """Each is the last word of its route; SILENCE is the law's own and has none."""

    ACCEPT = "acceptance"
    REFUSE = "refusal"
    ASK_CORRECTION = "correction-notice"
    CORRECT = "corrections"
    WITHDRAW = "withdrawal"
    SILENCE = "silence"


ALLOWED: Final[Mapping[Action, frozenset[Status]]] = MappingProxyType(
    {
        Action.ACCEPT: frozenset({Status.RECEIVED}),
        Action.REFUSE: frozenset({Status.RECEIVED, Status.CORRECTION_ASKED}),
        Action.ASK_CORRECTION: frozenset({Status.RECEIVED}),
        Action.CORRECT: frozenset({Status.CORRECTION_ASKED}),
        Action.WITHDRAW: frozenset({Status.RECEIVED, Status.CORRECTION_ASKED}),
        Action.SILENCE: frozenset({Status.RECEIVED}),
    }
)
"""Verb × status: the 409's `allowed`, the page's buttons and the diagram are read off it."""

BECOMES: Final[Mapping[Action, Status]] = MappingProxyType(
    {
        Action.ACCEPT: Status.ACCEPTED,
        Action.REFUSE: Status.REFUSED,
        Action.ASK_CORRECTION: Status.CORRECTION_ASKED,
        Action.CORRECT: Status.RECEIVED,
        Action.WITHDRAW: Status.WITHDRAWN,
        Action.SILENCE: Status.ACCEPTED,
    }
)

STATUS_NAMES: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.RECEIVED: "已收件",
        Status.CORRECTION_ASKED: "待补正",
        Status.ACCEPTED: "已受理",
        Status.REFUSED: "不予受理",
        Status.WITHDRAWN: "已撤回",
    }
)

ACTION_NAMES: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.ACCEPT: "受理",
        Action.REFUSE: "不予受理",
        Action.ASK_CORRECTION: "一次性告知补正",
        Action.CORRECT: "提交补正",
        Action.WITHDRAW: "撤回申请",
        Action.SILENCE: "逾期视为受理",
    }
)


class NotAllowedNow(Breach):
    """The verb does not fit the filing's status."""

    source = "行政许可法第三十二条"

    def __init__(self, action: Action, filing: "Filing") -> None:
        super().__init__(
            f"收件{filing.no}当前为“{STATUS_NAMES[filing.status]}”，不能{ACTION_NAMES[action]}"
        )
        self.action = action


class NotTheApplicant(Breach):
    """Only whoever handed the filing in may correct or withdraw it."""

    source = "行政许可法第三十一条"


@dataclass(frozen=True, slots=True)
class Hand:
    """The officer who acted, in which role; `paper` where in another organisation's seat."""

    id: str
    name: str
    org: str
    role: str
    acting_for: str | None = None
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the notice names; `requirement` is its id in the guide, if it has one."""

    text: str
    requirement: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """`at` is when it counts as accepted; by silence, when the material came in."""

    at: datetime
    by_silence: bool
    by: Hand | None


@dataclass(frozen=True, slots=True)
class Refused:
    at: datetime
    ground: RefusalGround
    reasons: tuple[str, ...]
    right_authority: str | None
    by: Hand | None


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    at: datetime
    missing: tuple[Missing, ...]
    notice_no: str
    by: Hand


@dataclass(frozen=True, slots=True)
class Corrected:
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    at: datetime
    reason: str | None


News = Received | Accepted | Refused | CorrectionAsked | Corrected | Withdrawn


@dataclass(slots=True, kw_only=True)
class Filing:
    """The life of one filing; what was filed stands beside it in the store.

    `source` is the applicant's side: the client, or the officer's organisation, that handed it in.
    """

    no: str
    source: str
    status: Status
    version: int
    receipt: Receipt
    received_at: datetime
    corrected_at: datetime | None = None
    missing: tuple[Missing, ...] = ()
    accepted_at: datetime | None = None
    by_silence: bool = False
    ending: dict[str, object] | None = None
    """How it was refused or withdrawn, for people."""
    news: list[News] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def receive(cls, *, no: str, source: str, at: datetime) -> "Filing":
        """A voucher with a date for whoever hands in (行政许可法第三十二条第二款)."""
        return cls(
            no=no,
            source=source,
            status=Status.RECEIVED,
            version=0,
            receipt=Receipt(received_on=civil_day(at)),
            received_at=at,
        )

    def take_in(self) -> None:
        """Competence holds: it goes to whoever accepts (行政许可法第三十二条)."""
        self._require(Action.ACCEPT)
        self.news.append(Received(self.received_at))

    def allowed(self) -> tuple[Action, ...]:
        """What people may do now; a second notice never is (行政许可法第三十二条第一款第四项)."""
        once = () if self.receipt.asked_on is None else (Action.ASK_CORRECTION,)
        return tuple(
            action
            for action, statuses in ALLOWED.items()
            if self.status in statuses and action not in (Action.SILENCE, *once)
        )

    def accept(self, *, at: datetime, calendar: Calendar, by: Hand) -> None:
        """行政许可法第三十二条第一款第五项. After the fifth working day the law had accepted
        already, and the officer's act finds just that.
        """
        self._require(Action.ACCEPT)
        found = acceptance.accept(self.receipt, on=civil_day(at), calendar=calendar)
        if found.by_silence:
            self._accepted(self.complete_at, by_silence=True, by=None)
        else:
            self._accepted(at, by_silence=False, by=by)

    def lapse(self, *, at: datetime, calendar: Calendar) -> bool:
        """行政许可法第三十二条第一款第四项 “逾期不告知的”; False while the five days run."""
        self._require(Action.SILENCE)
        if acceptance.silence(self.receipt, calendar, civil_day(at)) is None:
            return False
        self._accepted(self.complete_at, by_silence=True, by=None)
        return True

    def refuse(
        self,
        *,
        ground: RefusalGround,
        reasons: tuple[str, ...],
        turn_to: str,
        right_authority: str | None,
        at: datetime,
        calendar: Calendar,
        by: Hand | None,
    ) -> None:
        """行政许可法第三十二条第一款第一、二项. `turn_to`: the right authority's name, or that it
        is not in our data; `right_authority` its id. `by` None: on receipt, by competence alone.
        """
        self._require(Action.REFUSE)
        acceptance.refuse(
            self.receipt, ground, on=civil_day(at), calendar=calendar, turn_to=turn_to
        )
        self.status = BECOMES[Action.REFUSE]
        self.ending = {
            "reason": ground.value,
            "reasons": list(reasons),
            "right_authority": right_authority,
            "turn_to": turn_to,
            "at": at.isoformat(),
            "by": by.name if by else None,
        }
        self.news.append(Refused(at, ground, reasons, right_authority, by))

    def ask_correction(
        self,
        missing: tuple[Missing, ...],
        *,
        notice_no: str,
        at: datetime,
        calendar: Calendar,
        by: Hand,
    ) -> None:
        """The one notice that names everything (行政许可法第三十二条第一款第四项)."""
        if self.status is not Status.CORRECTION_ASKED:
            self._require(Action.ASK_CORRECTION)
        self.receipt = acceptance.ask_correction(
            self.receipt, [one.text for one in missing], on=civil_day(at), calendar=calendar
        )
        self.status = BECOMES[Action.ASK_CORRECTION]
        self.missing = missing
        self.news.append(CorrectionAsked(at, missing, notice_no, by))

    def correct(self, *, at: datetime) -> None:
        """行政许可法第三十二条第一款第五项: the five days begin anew with what came in."""
        self._require(Action.CORRECT)
        self.receipt = acceptance.correct(self.receipt, on=civil_day(at))
        self.status = BECOMES[Action.CORRECT]
        self.corrected_at = at
        self.news.append(Corrected(at))

    def withdraw(self, *, reason: str | None, at: datetime) -> None:
        """The applicant takes it back before acceptance. A filing whose five days are over and
        that no one has marked accepted yet may still be taken back: nothing was decided on it.
        """
        self._require(Action.WITHDRAW)
        self.status = BECOMES[Action.WITHDRAW]
        self.ending = {"reason": reason, "at": at.isoformat()}
        self.news.append(Withdrawn(at, reason))

    def require_applicant(self, side: str | None) -> None:
        """Raises NotTheApplicant (行政许可法第三十一条)."""
        if side != self.source:
            raise NotTheApplicant("补正和撤回由提交本件的申请人一方办理")

    @property
    def complete_at(self) -> datetime:
        """When the material that counts came in: the correction, else the receipt."""
        return self.corrected_at or self.received_at

    def take_news(self) -> list[News]:
        """What happened since the filing was loaded; the store calls this once, on save."""
        news, self.news = self.news, []
        return news

    def _accepted(self, at: datetime, *, by_silence: bool, by: Hand | None) -> None:
        self.status = Status.ACCEPTED
        self.accepted_at = at
        self.by_silence = by_silence
        self.news.append(Accepted(at, by_silence, by))

    def _require(self, action: Action) -> None:
        if self.status not in ALLOWED[action]:
            raise NotAllowedNow(action, self)
