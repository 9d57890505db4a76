"""Competence: item, project, park and day; the chain of reasons, and the right authority."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.competence import Answer, Granted, RefusalCode, Refused, decide
from law.delegation import (
    Delegation,
    OverlappingPeriods,
    Period,
    PeriodBackwards,
    ReDelegation,
    check,
)
from law.place import Boundary
from law.project import Project
from law.scope import parse
from law.seats import Mode, fill
from tests.law.builders import (
    INSIDE,
    ORDINARY,
    OUTSIDE,
    SQUARE,
    a_boundary,
    a_delegation,
    a_period,
    a_project,
    an_item,
    quick,
)
from tests.law.test_scope import ROW_21, RULE_21

TODAY = date(2026, 3, 2)


def ask(project: Project | None = None, **changes: Any) -> Answer:
    question: dict[str, Any] = {
        "item": an_item(),
        "project": project or a_project(),
        "park": "zg-park",
        "day": TODAY,
        "delegations": [a_delegation()],
        "boundaries": [a_boundary()],
    }
    return decide(**(question | changes))


def refused(project: Project | None = None, **changes: Any) -> Refused:
    answer = ask(project, **changes)
    assert isinstance(answer, Refused), answer
    return answer


def granted(project: Project | None = None, **changes: Any) -> Granted:
    answer = ask(project, **changes)
    assert isinstance(answer, Granted), answer
    return answer


def test_an_industrial_project_inside_the_line_is_the_parks() -> None:
    answer = granted()
    assert (answer.delegation, answer.period, answer.mode) == ("zg-22:zg-park", 0, Mode.DIRECT)
    assert (answer.seats.decides, answer.supervises) == ("zg-park", ("zg-fagai",))
    assert (answer.liability.orgs, answer.push_limit_days) == (("zg-park",), 3)
    assert [reason.holds for reason in answer.chain] == [True] * 6
    assert answer.sources == ("区府发〔2023〕5号 附件1 第22项",)
    assert answer.marks == ("示例",)


def test_each_clause_of_the_scope_is_a_link_of_the_chain() -> None:
    quoted = [reason.source for reason in granted().chain if "“" in reason.source]
    assert quoted[0] == "区府发〔2023〕5号 附件1 第22项 “江西章贡高新技术产业园区范围内项目”"
    assert len(quoted) == 4


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"place": OUTSIDE}, "范围线外"),
        ({"uses": frozenset({"commodity-housing"})}, "商品房"),
        ({"uses": frozenset({"purely-commercial", "industrial"})}, "纯商业"),
    ],
)
def test_outside_the_scope_the_granting_authority_is_the_right_one(
    facts: dict[str, Any], told: str
) -> None:
    answer = refused(a_project(**facts))
    assert answer.code is RefusalCode.OUTSIDE_SCOPE
    assert answer.right_authority == "zg-xingzheng-shenpi"
    assert any(told in reason.text and reason.holds is False for reason in answer.chain)


def test_an_unknown_fact_never_grants() -> None:
    answer = refused(a_project(uses=None, place=None))
    assert (answer.code, answer.missing) == (RefusalCode.FACTS_MISSING, ("place", "uses"))
    assert answer.chain[-1].text == "还需说明：项目位置、项目性质"


def test_an_item_nobody_delegated_stays_with_its_authority() -> None:
    answer = refused(delegations=[])
    assert (answer.code, answer.right_authority) == (
        RefusalCode.NOT_DELEGATED,
        "zg-xingzheng-shenpi",
    )
    assert refused(delegations=[], item=an_item(authority=None)).right_authority is None


def test_another_parks_delegation_does_not_help() -> None:
    assert refused(park="lx-park").code is RefusalCode.NOT_DELEGATED


PERIODS = (
    a_period(to_day=date(2025, 12, 31), ended_because="因严重违规，收回审批权限"),
    a_period(from_day=date(2026, 7, 1), granted_by="zg-fagai"),
)


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), 0),
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), None),
        (date(2026, 6, 30), None),
        (date(2026, 7, 1), 1),
    ],
)
def test_the_answer_is_that_of_the_period_in_force(day: date, period: int | None) -> None:
    answer = ask(
        day=day,
        delegations=[a_delegation("22", *PERIODS)],
        boundaries=[a_boundary(valid_from=date(2020, 1, 1))],
    )
    if period is None:
        assert isinstance(answer, Refused)
        assert answer.code is RefusalCode.NOT_IN_FORCE
    else:
        assert isinstance(answer, Granted)
        assert answer.period == period


def test_a_recalled_power_says_why_and_who_has_it_now() -> None:
    answer = refused(delegations=[a_delegation("22", *PERIODS)])
    assert answer.chain[0].text == "因严重违规，收回审批权限"
    assert answer.right_authority == "zg-xingzheng-shenpi"
    assert (
        refused(delegations=[a_delegation("22", *PERIODS)], day=date(2020, 1, 1))
        .chain[0]
        .text.endswith("赋权尚未生效")
    )


def test_the_line_of_the_day_decides() -> None:
    wider = tuple((x + 2, y) for x, y in SQUARE[0])
    lines: list[Boundary] = [
        a_boundary(valid_to=date(2026, 3, 2)),
        a_boundary(valid_from=date(2026, 3, 3), polygons=(SQUARE, (wider,))),
    ]
    moved = a_project(place=replace(INSIDE, lon=116.5))
    assert refused(moved, boundaries=lines).code is RefusalCode.OUTSIDE_SCOPE
    assert granted(moved, boundaries=lines, day=date(2026, 3, 3))


def row_21(**changes: Any) -> Delegation:
    return a_delegation("21", a_period(scope_text=ROW_21, rule=parse(RULE_21), **changes))


def energy(**facts: Any) -> dict[str, Any]:
    return {
        "item": an_item("21", name="固定资产投资项目节能审查"),
        "project": a_project(**({"act": "review"} | facts)),
        "delegations": [row_21()],
    }


def test_above_the_threshold_the_right_authority_is_not_the_grantor() -> None:
    question = energy(coal_tce=Decimal(6000))
    assert refused(**question).right_authority is None
    told = question | {"delegations": [row_21(above="gz-fagai")]}
    assert refused(**told).right_authority == "gz-fagai"


def test_asked_for_the_wrong_act_of_a_row_the_park_is_right_and_the_act_is_not() -> None:
    answer = refused(**energy(act="recordal", coal_tce=Decimal(2000)))
    assert (answer.code, answer.right_authority) == (RefusalCode.ANOTHER_ACT, "zg-park")


def test_of_two_items_of_one_name_the_other_one_is_pointed_at() -> None:
    twin = an_item("02", name="固定资产投资项目节能审查", department="zg-gongxin")
    rule = {
        "all": [
            *ORDINARY["all"],
            {"equals": "technical_renovation", "value": True, "clause": "技改", "mark": "推定"},
        ]
    }
    second = a_delegation("02", a_period(rule=parse(rule)))
    question = energy(coal_tce=Decimal(6000), technical_renovation=True)
    both = question | {"delegations": [row_21(), second]}
    pointed = refused(**both, siblings=[question["item"], twin])
    assert pointed.sibling == "zg-02"
    assert "zg-02" in pointed.chain[-1].text
    neither = energy(coal_tce=Decimal(6000), technical_renovation=False)
    assert (
        refused(**(neither | {"delegations": [row_21(), second]}), siblings=[twin]).sibling is None
    )


def test_a_scope_without_words_is_granted_and_marked_as_presumed() -> None:
    seats = fill(
        Mode.WINDOW_FORWARD, park="zg-park", department="zg-renshe", regulators=["zg-renshe"]
    )
    window = a_period(
        mode=Mode.WINDOW_FORWARD, seats=seats, scope_text="", rule=None, granted_by="zg-renshe"
    )
    answer = granted(Project(), delegations=[a_delegation("22", window)], boundaries=[])
    assert (answer.liability.orgs, answer.marks) == (("zg-renshe",), ("示例", "推定"))


def test_words_without_a_rule_never_grant() -> None:
    answer = refused(delegations=[a_delegation("22", a_period(rule=None))])
    assert answer.code is RefusalCode.SCOPE_WITHOUT_RULE


def test_in_the_transition_both_answer_for_the_decision() -> None:
    period = a_period(transition_until=TODAY)
    answer = granted(delegations=[a_delegation("22", period)])
    assert answer.liability.orgs == ("zg-park", "zg-xingzheng-shenpi")


def test_a_period_without_agreement_is_told() -> None:
    answer = granted(delegations=[a_delegation("22", a_period(agreement=None))])
    assert [reason.holds for reason in answer.chain].count(None) == 1


@pytest.mark.parametrize(
    ("periods", "breach"),
    [
        ((a_period(), a_period(from_day=date(2025, 1, 1))), OverlappingPeriods),
        (
            (a_period(to_day=date(2025, 1, 1)), a_period(from_day=date(2025, 1, 1))),
            OverlappingPeriods,
        ),
        ((a_period(to_day=date(2023, 1, 1)),), PeriodBackwards),
        ((a_period(granted_by="zg-park"),), ReDelegation),
        ((a_period(granted_by="first-park"),), ReDelegation),
    ],
)
def test_a_contradictory_delegation_is_not_published(
    periods: tuple[Period, ...], breach: type[Exception]
) -> None:
    first = replace(a_delegation(), id="zg-22:first-park", park="first-park")
    with pytest.raises(breach):
        check(a_delegation("22", *periods), [first])


def test_periods_in_turn_are_published() -> None:
    check(a_delegation("22", *PERIODS), [a_delegation("21")])


@quick
@given(
    st.dates(date(2023, 1, 1), date(2027, 12, 31)),
    st.sampled_from([INSIDE, OUTSIDE, None]),
    st.sampled_from([frozenset({"industrial"}), frozenset({"commodity-housing"}), None]),
)
def test_every_refusal_says_why_and_every_grant_has_a_chain_without_a_no(
    day: date, place: Any, uses: Any
) -> None:
    answer = ask(a_project(place=place, uses=uses), day=day)
    if isinstance(answer, Granted):
        assert all(reason.holds for reason in answer.chain)
        assert (place, uses) == (INSIDE, frozenset({"industrial"}))
    else:
        assert any(not reason.holds for reason in answer.chain)
        assert (answer.code is RefusalCode.FACTS_MISSING) == bool(answer.missing)
