"""Who sits where: the six seats, the five modes as ways to fill them, and the steps that follow.

A workflow asks the seats and never the mode's name; the table below is the default, places override
it.
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

# 区府发〔2023〕5号 二(一)(二); 郴政办发〔2021〕4号 二(一); 赣州工作简报第162期 一(二), 四(一).
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
    """A named paper by which people of `by_org` act in seats of `for_org` (区府发〔2023〕5号 二(二)
    授权书).

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
    """The default seats of a mode, the place's overrides on top.

    区府发〔2023〕5号 二（一）（二）; 郴政办发〔2021〕4号 二（一）. An overridden *supervises* names
    one regulator. Raises EmptySeat when a seat has no holder, or nobody supervises.
    """
    holders = {_P: park, _D: department, _O: office, _U: upper}
    chosen = dict(overrides or {})

    def sits(seat: Seat) -> str:
        org = chosen.get(seat) or holders.get(MODES[mode][seat])
        if not org:
            raise EmptySeat(f"{MODE_NAMES[mode]}：“{SEAT_NAMES[seat]}”没有单位承担")
        return org

    watching = (chosen[Seat.SUPERVISES],) if Seat.SUPERVISES in chosen else tuple(regulators)
    if not any(watching):
        raise EmptySeat("没有监管部门：有审批必监管")
    reviews, answers = sits(Seat.REVIEWS), sits(Seat.ANSWERS)
    return Seats(
        accepts=sits(Seat.ACCEPTS),
        reviews=reviews,
        decides=sits(Seat.DECIDES),
        seals=sits(Seat.SEALS),
        answers=answers,
        supervises=watching,
        answers_review=reviews if reviews not in (answers, office) else None,
        recorder=park if MODES[mode][Seat.DECIDES] is _U and Seat.DECIDES not in chosen else None,
        copies_to=tuple(copies_to),
    )


def holder(seats: Seats, seat: Seat) -> tuple[str, ...]:
    """The organisations in a seat; only *supervises* may have several (区府发〔2023〕5号
    二（六）).
    """
    return {
        Seat.ACCEPTS: (seats.accepts,),
        Seat.REVIEWS: (seats.reviews,),
        Seat.DECIDES: (seats.decides,),
        Seat.SEALS: (seats.seals,),
        Seat.ANSWERS: (seats.answers,),
        Seat.SUPERVISES: seats.supervises,
    }[seat]


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
    """Own seat, or another's by a paper in force that day (区府发〔2023〕5号 二（二）); None: may
    not.

    A paper that names officers serves nobody else.
    """
    sitting = holder(seats, seat)
    if org in sitting:
        return Authority(seat=seat, org=org, for_org=org)
    for paper in acting_papers:
        named = not paper.officers or officer in paper.officers
        fits = paper.by_org == org and paper.for_org in sitting and seat in paper.seats
        if fits and named and _in_force(paper, day) and (instant or not paper.instant_only):
            return Authority(seat=seat, org=org, for_org=paper.for_org, paper=paper.paper)
    return None


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
    """As may_act, but raises NotYourSeat (区府发〔2023〕5号 附件2 五（二）1)."""
    authority = may_act(
        seats,
        seat,
        org=org,
        day=day,
        officer=officer,
        acting_papers=acting_papers,
        instant=instant,
    )
    if authority is None:
        raise NotYourSeat(f"本单位不承担本件的“{SEAT_NAMES[seat]}”，也没有有效的授权书")
    return authority


def steps(
    seats: Seats, *, instant: bool = False, co_seals: Iterable[CoSeal] = ()
) -> tuple[PlannedStep, ...]:
    """A case's steps in order, from its seats alone (区府发〔2023〕5号 二（二） “当场办结”).

    What is reviewed by one organisation and decided by another is reported up in between, under the
    co-seals on the report. An instant item that one organisation reviews and decides has no review
    of its own; otherwise who reviewed does not decide.
    """
    split = seats.reviews != seats.decides
    reviewed = split or not instant
    planned = [PlannedStep(step=Step.ACCEPTANCE, org=seats.accepts, seat=Seat.ACCEPTS)]
    if reviewed:
        planned.append(PlannedStep(step=Step.REVIEW, org=seats.reviews, seat=Seat.REVIEWS))
    second = tuple(co_seals)
    if split:
        planned += _co_sealed(second, "report", Step.REPORT_CO_SEAL)
        planned.append(PlannedStep(step=Step.REPORT, org=seats.reviews, seat=Seat.REVIEWS))
    outside = seats.recorder is not None
    planned.append(
        PlannedStep(
            step=Step.DECISION,
            org=seats.recorder or seats.decides,
            seat=Seat.DECIDES,
            differs_from=() if instant or outside else (Step.REVIEW,),
            outside=outside,
        )
    )
    if not outside:
        planned.append(PlannedStep(step=Step.SEAL, org=seats.seals, seat=Seat.SEALS))
    planned += _co_sealed(second, "result", Step.RESULT_CO_SEAL)
    planned += [
        PlannedStep(step=Step.PUSH, org=org, seat=Seat.SUPERVISES) for org in seats.supervises
    ]
    return tuple(planned)


def liability(
    seats: Seats,
    step: Step,
    *,
    day: date,
    department: str,
    transition_until: date | None = None,
) -> Liability:
    """Who answers for a step taken that day.

    郴政办发〔2021〕4号 二（二）3: up to and including `transition_until` the department and whoever
    answers do so jointly. 区府发〔2023〕5号 附件2 五（二）1: otherwise the seat *answers*; for the
    review of a split procedure whoever reviewed (赣州工作简报第162期 四（一）). Co-seals carry no
    liability.
    """
    reviewing = step in (Step.ACCEPTANCE, Step.REVIEW, Step.REPORT, Step.REPORT_CO_SEAL)
    alone = seats.answers_review if reviewing and seats.answers_review else seats.answers
    if transition_until is not None and day <= transition_until and alone != department:
        return Liability(
            orgs=(alone, department),
            joint=True,
            reason=f"过渡期（至{transition_until:%Y年%m月%d日}）内由双方共同承担责任",
            source="郴政办发〔2021〕4号 二（二）3",
        )
    return Liability(
        orgs=(alone,),
        joint=False,
        reason=f"“{STEP_NAMES[step]}”由本环节的责任单位独立承担法律责任",
        source="区府发〔2023〕5号 附件2 五（二）1",
    )


def _in_force(paper: Acting, day: date) -> bool:
    return paper.valid_from <= day and (paper.valid_to is None or day <= paper.valid_to)


def _co_sealed(co_seals: Iterable[CoSeal], on: str, step: Step) -> list[PlannedStep]:
    return [
        PlannedStep(step=step, org=one.org, seat=Seat.SEALS) for one in co_seals if one.on == on
    ]
