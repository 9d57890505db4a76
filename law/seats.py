"""Who sits where: the six seats, the five modes as ways to fill them, and the steps that follow.

A workflow asks the seats and never the mode's name; the table below is the default, places override it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from law.breach import Breach


class Seat(StrEnum):
    ACCEPTS = "accepts"
    REVIEWS = "reviews"
    DECIDES = "decides"
    SEALS = "seals"
    ANSWERS = "answers"
    SUPERVISES = "supervises"


class Mode(StrEnum):
    """直接赋权/直接下放 · 下放实质性审核权 · 窗口前移/进驻 · 派驻机构审批 · 审批直报."""

    DIRECT = "direct"
    SUBSTANTIVE_REVIEW = "substantive-review"
    WINDOW_FORWARD = "window-forward"
    STATIONED_OFFICE = "stationed-office"
    DIRECT_REPORT = "direct-report"


class Holder(StrEnum):
    """Whom the table puts in a seat. PARK is the receiving side (a county's organ in the county
    systems), UPPER the authority above that decides what is reported directly."""

    PARK = "park"
    DEPARTMENT = "department"
    OFFICE = "office"
    UPPER = "upper"
    REGULATOR = "regulator"


class Step(StrEnum):
    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    REPORT_CO_SEAL = "report-co-seal"
    REPORT = "report"
    DECISION = "decision"
    SEAL = "seal"
    RESULT_CO_SEAL = "result-co-seal"
    PUSH = "push"


MODE_NAMES: Final[Mapping[Mode, str]] = MappingProxyType(
    {
        Mode.DIRECT: "直接赋权",
        Mode.SUBSTANTIVE_REVIEW: "下放实质性审核权",
        Mode.WINDOW_FORWARD: "窗口前移",
        Mode.STATIONED_OFFICE: "派驻机构审批",
        Mode.DIRECT_REPORT: "审批直报",
    }
)

SEAT_NAMES: Final[Mapping[Seat, str]] = MappingProxyType(
    {
        Seat.ACCEPTS: "受理",
        Seat.REVIEWS: "审核",
        Seat.DECIDES: "决定",
        Seat.SEALS: "用印",
        Seat.ANSWERS: "承担法律责任",
        Seat.SUPERVISES: "监管",
    }
)

STEP_NAMES: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.ACCEPTANCE: "受理",
        Step.REVIEW: "审核",
        Step.REPORT_CO_SEAL: "上报件会章",
        Step.REPORT: "上报",
        Step.DECISION: "决定",
        Step.SEAL: "用印",
        Step.RESULT_CO_SEAL: "见章盖章",
        Step.PUSH: "推送监管",
    }
)

_P, _D, _O, _U, _R = Holder.PARK, Holder.DEPARTMENT, Holder.OFFICE, Holder.UPPER, Holder.REGULATOR
_SEATS = (Seat.ACCEPTS, Seat.REVIEWS, Seat.DECIDES, Seat.SEALS, Seat.ANSWERS, Seat.SUPERVISES)

# 区府发〔2023〕5号 二(一)(二); 郴政办发〔2021〕4号 二(一); 赣州“市县同权” 一(二) and 四(一).
MODES: Final[Mapping[Mode, Mapping[Seat, Holder]]] = MappingProxyType(
    {
        Mode.DIRECT: MappingProxyType(dict(zip(_SEATS, (_P, _P, _P, _P, _P, _R), strict=True))),
        Mode.SUBSTANTIVE_REVIEW: MappingProxyType(
            dict(zip(_SEATS, (_P, _P, _D, _D, _D, _R), strict=True))
        ),
        Mode.WINDOW_FORWARD: MappingProxyType(
            dict(zip(_SEATS, (_P, _D, _D, _D, _D, _R), strict=True))
        ),
        Mode.STATIONED_OFFICE: MappingProxyType(
            dict(zip(_SEATS, (_P, _O, _O, _D, _D, _R), strict=True))
        ),
        Mode.DIRECT_REPORT: MappingProxyType(
            dict(zip(_SEATS, (_P, _P, _U, _U, _P, _R), strict=True))
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """Organisation ids. `answers` answers for the decision, `answers_review` for the review where
    that is another one. `recorder` enters a decision made outside the system, with its paper; None
    when the deciding organisation works here. `copies_to` get a copy of what is reported up.
    """

    accepts: str
    reviews: str
    decides: str
    seals: str
    answers: str
    supervises: tuple[str, ...]
    answers_review: str | None = None
    recorder: str | None = None
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """A named paper by which people of `by_org` act in seats of `for_org` (区府发〔2023〕5号 二(二) 授权书).

    `officers` empty: whoever of `by_org` holds the role. `valid_to` is the last day.
    """

    paper: str
    for_org: str
    by_org: str
    seats: frozenset[Seat]
    valid_from: date
    valid_to: date | None = None
    officers: frozenset[str] = frozenset()
    instant_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CoSeal:
    """A second seal without liability: `on` "report" (CZ: the original body, unconditionally) or
    "result" (LX 见章盖章, to the right of the park's seal)."""

    on: str
    org: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """`differs_from`: steps whose officer may not do this one as well. `outside`: the organisation
    does not work in the system, `org` records what it decided, with its paper."""

    step: Step
    org: str
    seat: Seat
    differs_from: tuple[Step, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Why someone may act in a seat: their own organisation's, or by the named paper."""

    seat: Seat
    org: str
    for_org: str
    paper: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Liability:
    """Who answers in law for one step on one day. More than one organisation: jointly."""

    orgs: tuple[str, ...]
    joint: bool
    reason: str
    source: str


class EmptySeat(Breach):
    """The mode asks for a holder nobody named."""

    source = "区府发〔2023〕5号 二（一）"


class NotYourSeat(Breach):
    """The organisation does not sit there and has no paper to act there."""

    source = "区府发〔2023〕5号 附件2 五（二）"


def fill(
    mode: Mode,
    *,
    park: str,
    department: str,
    regulators: Iterable[str],
    office: str | None = None,
    upper: str | None = None,
    copies_to: Iterable[str] = (),
    overrides: Mapping[Seat, str] | None = None,
) -> Seats:
    """The default seats of a mode, place's overrides on top (区府发〔2023〕5号 二（一）（二）; 郴政办发〔2021〕4号 二（一）).

    Raises EmptySeat when a seat has no holder, or nobody supervises.
    """
    raise NotImplementedError


def holder(seats: Seats, seat: Seat) -> tuple[str, ...]:
    """The organisations in a seat; only *supervises* may have several (区府发〔2023〕5号 二（六）)."""
    raise NotImplementedError


def may_act(
    seats: Seats,
    seat: Seat,
    *,
    org: str,
    day: date,
    officer: str | None = None,
    acting_papers: Iterable[Acting] = (),
    instant: bool = False,
) -> Authority | None:
    """Own seat, or another's by a paper valid that day (区府发〔2023〕5号 二（二）); None: may not."""
    raise NotImplementedError


def require_seat(
    seats: Seats,
    seat: Seat,
    *,
    org: str,
    day: date,
    officer: str | None = None,
    acting_papers: Iterable[Acting] = (),
    instant: bool = False,
) -> Authority:
    """As may_act, but raises NotYourSeat (区府发〔2023〕5号 附件2 五（二）1 “在赋权权限内实施行政权力”)."""
    raise NotImplementedError


def steps(
    seats: Seats, *, instant: bool = False, co_seals: Iterable[CoSeal] = ()
) -> tuple[PlannedStep, ...]:
    """A case's steps in order, from its seats alone (区府发〔2023〕5号 二（二）即办件当场办结).

    Four eyes: the decision is not taken by whoever reviewed, unless the item is instant.
    """
    raise NotImplementedError


def liability(
    seats: Seats,
    step: Step,
    *,
    day: date,
    department: str,
    transition_until: date | None = None,
) -> Liability:
    """Who answers for a step taken that day (郴政办发〔2021〕4号 二（一）（二）3; 区府发〔2023〕5号 附件2 五（二）1).

    Up to and including `transition_until` the department and whoever answers do so jointly.
    """
    raise NotImplementedError
