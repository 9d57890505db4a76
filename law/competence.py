"""May this park handle this item for this project on this day — one pure question, with its
reasons.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from law.delegation import Agreement, Delegation, Item, Period, in_force
from law.judgement import Facts, Outcome, Verdict, judge, leaves
from law.place import Boundary, boundary_on
from law.project import Project, label
from law.scope import Rule
from law.seals import SealKind
from law.seats import MODE_NAMES, Acting, CoSeal, Liability, Mode, Seats, Step, liability


class RefusalCode(StrEnum):
    NOT_DELEGATED = "not-delegated"
    NOT_IN_FORCE = "not-in-force"
    OUTSIDE_SCOPE = "outside-scope"
    ANOTHER_ACT = "another-act"
    FACTS_MISSING = "facts-missing"
    SCOPE_WITHOUT_RULE = "scope-without-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One link of the chain, for people; `holds` None: not known."""

    text: str
    holds: bool | None
    source: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """`liability` is that of the decision step on the day; steps and days differ, ask
    seats.liability.
    """

    item: str
    park: str
    day: date
    delegation: str
    period: int
    mode: Mode
    seats: Seats
    agreement: Agreement | None
    seal: SealKind
    liability: Liability
    supervises: tuple[str, ...]
    push_limit_days: int | None
    granted_by: str
    transition_until: date | None
    acting: tuple[Acting, ...]
    co_seals: tuple[CoSeal, ...]
    chain: tuple[Reason, ...]
    sources: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`right_authority`: organisation id, None: not in our data (or facts are missing).
    `sibling`: an item of the same name whose delegation would grant. `missing`: names of facts
    to supply (law.project.label has words).
    """

    item: str
    park: str
    day: date
    code: RefusalCode
    chain: tuple[Reason, ...]
    right_authority: str | None
    sources: tuple[str, ...]
    missing: tuple[str, ...] = ()
    sibling: str | None = None
    marks: tuple[str, ...] = ()


Answer = Granted | Refused


def decide(
    *,
    item: Item,
    project: Project,
    park: str,
    day: date,
    delegations: Iterable[Delegation],
    boundaries: Iterable[Boundary],
    siblings: Iterable[Item] = (),
) -> Answer:
    """Item × project × park × day (区府发〔2023〕5号 二（一）; 行政许可法第三十二条第一款第二项).

    A fact that is not known never grants: it refuses with `missing`. `siblings` are items of the
    same name, asked only to point at.
    """
    known, lines = tuple(delegations), tuple(boundaries)
    case = _Case(item=item, project=project, park=park, day=day, line=boundary_on(lines, park, day))
    answer = _answer(case, known)
    if isinstance(answer, Granted):
        return answer
    for sibling in siblings:
        other = _answer(replace(case, item=sibling), known)
        if sibling.id != item.id and isinstance(other, Granted):
            return _pointing(answer, sibling)
    return answer


_HOLDS = {Outcome.HOLDS: True, Outcome.FAILS: False, Outcome.UNKNOWN: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    item: Item
    project: Project
    park: str
    day: date
    line: Boundary | None


def _answer(case: _Case, delegations: tuple[Delegation, ...]) -> Answer:
    mine = [d for d in delegations if d.item == case.item.id and d.park == case.park]
    for delegation in mine:
        found = in_force(delegation, case.day)
        if found:
            return _within(case, delegation, *found)
    if not mine:
        reason = Reason(text=f"“{case.item.name}”没有赋予本园区", holds=False)
        return _refused(case, RefusalCode.NOT_DELEGATED, (reason,), case.item.authority, None)
    return _not_in_force(case, mine[0])


def _not_in_force(case: _Case, delegation: Delegation) -> Refused:
    """The last period that had begun says why, and who holds the power now."""
    begun = [p for p in delegation.periods if p.from_day <= case.day]
    last = max(begun, key=lambda p: p.from_day, default=None)
    if last is None:
        text = f"{case.day:%Y年%m月%d日}赋权尚未生效"
    else:
        text = last.ended_because or f"{case.day:%Y年%m月%d日}赋权已不在有效期间"
    period = last or (delegation.periods[0] if delegation.periods else None)
    right = period.granted_by if period else case.item.authority
    reason = Reason(text=text, holds=False, source=_source(period))
    return _refused(case, RefusalCode.NOT_IN_FORCE, (reason,), right, period)


def _within(case: _Case, delegation: Delegation, index: int, period: Period) -> Answer:
    chain = _standing(case, period)
    if period.rule is None:
        if period.scope_text.strip():
            unread = Reason(
                text="实施范围尚无可执行的规则，不能判断", holds=None, source=_source(period)
            )
            code = RefusalCode.SCOPE_WITHOUT_RULE
            return _refused(case, code, (*chain, unread), None, period)
        whole = Reason(text="原文未限定实施范围", holds=True, source=_source(period), mark="推定")
        return _granted(case, delegation, index, period, (*chain, whole))
    facts = Facts(project=case.project, park=case.park, day=case.day, boundary=case.line)
    verdict = judge(period.rule, facts)
    chain = (*chain, *(_link(leaf, period) for leaf in leaves(verdict)))
    if verdict.outcome is Outcome.HOLDS:
        return _granted(case, delegation, index, period, chain)
    if verdict.outcome is Outcome.UNKNOWN:
        asked = "、".join(label(name) for name in verdict.missing)
        chain = (*chain, Reason(text=f"还需说明：{asked}", holds=None))
        refusal = _refused(case, RefusalCode.FACTS_MISSING, chain, None, period)
        return replace(refusal, missing=verdict.missing)
    if _fits_another_act(period.rule, facts):
        other = Reason(text="本项目应办理本事项的另一项内容", holds=False, source=_source(period))
        return _refused(case, RefusalCode.ANOTHER_ACT, (*chain, other), case.park, period)
    right = period.above if verdict.above else period.granted_by
    return _refused(case, RefusalCode.OUTSIDE_SCOPE, chain, right, period)


def _fits_another_act(rule: Rule, facts: Facts) -> bool:
    """Row 21 holds two acts: which one is asked for is the applicant's choice, not a fact."""
    open_choice = replace(facts, project=replace(facts.project, act=None))
    return judge(rule, open_choice).missing == ("act",)


def _standing(case: _Case, period: Period) -> tuple[Reason, ...]:
    source = _source(period)
    given = Reason(
        text=f"“{case.item.name}”以{MODE_NAMES[period.mode]}方式赋予本园区，"
        f"自{period.from_day:%Y年%m月%d日}起实施",
        holds=True,
        source=source,
    )
    paper = period.agreement
    if paper is None:
        return given, Reason(text="资料中没有赋权协议", holds=None, source=source)
    signed = Reason(text=f"依据协议{paper.no}", holds=True, source=source, mark=paper.mark)
    return given, signed


def _link(leaf: Verdict, period: Period) -> Reason:
    quoted = f"{_source(period)} “{leaf.clause}”" if leaf.clause else _source(period)
    return Reason(
        text=leaf.reason, holds=_HOLDS[leaf.outcome], source=quoted.strip(), mark=leaf.mark
    )


def _source(period: Period | None) -> str:
    return period.sources[0] if period and period.sources else ""


def _granted(
    case: _Case, delegation: Delegation, index: int, period: Period, chain: tuple[Reason, ...]
) -> Granted:
    answering = liability(
        period.seats,
        Step.DECISION,
        day=case.day,
        department=period.granted_by,
        transition_until=period.transition_until,
    )
    return Granted(
        item=case.item.id,
        park=case.park,
        day=case.day,
        delegation=delegation.id,
        period=index,
        mode=period.mode,
        seats=period.seats,
        agreement=period.agreement,
        seal=period.seal,
        liability=answering,
        supervises=period.seats.supervises,
        push_limit_days=period.push_limit_days,
        granted_by=period.granted_by,
        transition_until=period.transition_until,
        acting=period.acting,
        co_seals=period.co_seals,
        chain=chain,
        sources=period.sources,
        marks=_marks(period, chain),
    )


def _refused(
    case: _Case,
    code: RefusalCode,
    chain: tuple[Reason, ...],
    right: str | None,
    period: Period | None,
) -> Refused:
    return Refused(
        item=case.item.id,
        park=case.park,
        day=case.day,
        code=code,
        chain=chain,
        right_authority=right,
        sources=period.sources if period else (),
        marks=_marks(period, chain),
    )


def _marks(period: Period | None, chain: tuple[Reason, ...]) -> tuple[str, ...]:
    used = [reason.mark for reason in chain if reason.mark]
    return tuple(dict.fromkeys([*(period.marks if period else ()), *used]))


def _pointing(answer: Refused, sibling: Item) -> Refused:
    words = f"同名事项“{sibling.name}”（主管部门不同，编号{sibling.id}）可以在本园区办理"
    return replace(
        answer, sibling=sibling.id, chain=(*answer.chain, Reason(text=words, holds=True))
    )
