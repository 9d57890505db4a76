"""Scope rules: reading, three-valued judging, and whether they account for the government's
words.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.coverage import clauses, covers, strays
from law.judgement import Facts, Outcome, Verdict, judge, leaves
from law.place import Attestation, Boundary, Parcel
from law.project import Project
from law.scope import MalformedRule, parse
from tests.law.builders import ORDINARY, OUTSIDE, SCOPE, a_boundary, a_project, quick

ROW_21 = SCOPE + (
    "，1. 年综合能源消费量当量值1000吨（含本数）-5000吨（不含本数）标准煤（电力折算系数按当量值）"
    "或年电力消费量500万千瓦时（含本数）以上的固定资产投资项目。"
    "2. 年综合能源消费量当量值未达到1000吨标准煤且年电力消费量未达到500万千瓦时的项目节能报告备案"
)
COAL_FROM = {
    "compare": "coal_tce",
    "op": ">=",
    "value": "1000",
    "clause": "年综合能源消费量当量值1000吨（含本数）",
}
COAL_BELOW = {
    "compare": "coal_tce",
    "op": "<",
    "value": "5000",
    "clause": "-5000吨（不含本数）标准煤（电力折算系数按当量值）",
}
POWER_FROM = {
    "compare": "electricity_wan_kwh",
    "op": ">=",
    "value": "500",
    "clause": "或年电力消费量500万千瓦时（含本数）以上的固定资产投资项目",
}
SMALL = "年综合能源消费量当量值未达到1000吨标准煤"
RULE_21: dict[str, Any] = {
    "all": [
        *ORDINARY["all"],
        {
            "any": [
                {
                    "all": [
                        {"equals": "act", "value": "review", "clause": "固定资产投资项目"},
                        {"any": [{"all": [COAL_FROM, COAL_BELOW]}, POWER_FROM]},
                    ]
                },
                {
                    "all": [
                        {"equals": "act", "value": "recordal", "clause": "的项目节能报告备案"},
                        {"compare": "coal_tce", "op": "<", "value": "1000", "clause": SMALL},
                        {
                            "compare": "electricity_wan_kwh",
                            "op": "<",
                            "value": "500",
                            "clause": "且年电力消费量未达到500万千瓦时",
                        },
                    ]
                },
            ]
        },
    ]
}


def judged(rule: dict[str, Any], project: Project, boundary: Boundary | None = None) -> Verdict:
    line = boundary or a_boundary()
    facts = Facts(project=project, park="zg-park", day=date(2026, 3, 2), boundary=line)
    return judge(parse(rule), facts)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"act": "review", "coal_tce": Decimal(1000)}, Outcome.HOLDS),
        ({"act": "review", "coal_tce": Decimal("999.99")}, Outcome.FAILS),
        ({"act": "review", "coal_tce": Decimal("4999.99")}, Outcome.HOLDS),
        ({"act": "review", "coal_tce": Decimal(5000)}, Outcome.FAILS),
        (
            {"act": "review", "coal_tce": Decimal(10), "electricity_wan_kwh": Decimal(500)},
            Outcome.HOLDS,
        ),
        ({"act": "recordal", "coal_tce": Decimal(999)}, Outcome.HOLDS),
        ({"act": "recordal", "coal_tce": Decimal(1000)}, Outcome.FAILS),
        (
            {"act": "recordal", "coal_tce": Decimal(9), "electricity_wan_kwh": Decimal(500)},
            Outcome.FAILS,
        ),
        ({"act": "review", "uses": frozenset({"commodity-housing"})}, Outcome.FAILS),
        ({"act": "review", "uses": frozenset({"purely-commercial"})}, Outcome.FAILS),
        ({"act": "review", "uses": frozenset({"mixed-commercial"})}, Outcome.HOLDS),
        ({"act": "review", "place": OUTSIDE}, Outcome.FAILS),
        ({"act": "review", "coal_tce": None}, Outcome.UNKNOWN),
        ({"act": "review", "coal_tce": None, "place": OUTSIDE}, Outcome.FAILS),
        ({"act": None}, Outcome.UNKNOWN),
        ({"act": "review", "uses": None}, Outcome.UNKNOWN),
        ({"act": "review", "uses": frozenset()}, Outcome.UNKNOWN),
    ],
)
def test_row_21_is_judged_at_its_thresholds(facts: dict[str, Any], outcome: Outcome) -> None:
    assert judged(RULE_21, a_project(**facts)).outcome is outcome


def test_an_unknown_names_the_fact_that_would_settle_it() -> None:
    verdict = judged(RULE_21, a_project(act="review", coal_tce=None, place=None))
    assert verdict.missing == ("place", "coal_tce")
    assert "年综合能源消费量" in verdict.reason


def test_passing_an_upper_threshold_is_told_apart_from_missing_a_lower_one() -> None:
    assert judged(RULE_21, a_project(act="review", coal_tce=Decimal(6000))).above
    assert not judged(RULE_21, a_project(act="review", coal_tce=Decimal(600))).above


def test_a_negation_keeps_the_clause_and_turns_its_parts() -> None:
    verdict = judged(ORDINARY, a_project(uses=frozenset({"commodity-housing"})))
    told = {leaf.clause: leaf.outcome for leaf in leaves(verdict)}
    assert told["商品房"] is Outcome.FAILS
    assert told["纯商业性质的项目除外"] is Outcome.HOLDS
    assert len(told) == 4


INSIDE_RULE = {"inside-park-line": True, "clause": "范围内"}
ATTESTED = Attestation(
    park="zg-park", inside=True, officer="zg-park-chen", on=date(2026, 3, 1), paper="证明1号"
)


@pytest.mark.parametrize(
    ("place", "line", "outcome"),
    [
        (Parcel("360702-1"), a_boundary(parcels=frozenset({"360702-1"})), Outcome.HOLDS),
        (Parcel("360702-2"), a_boundary(parcels=frozenset({"360702-1"})), Outcome.FAILS),
        (Parcel("360702-2"), a_boundary(), Outcome.UNKNOWN),
        (OUTSIDE, a_boundary(polygons=()), Outcome.UNKNOWN),
        (ATTESTED, a_boundary(), Outcome.HOLDS),
        (None, a_boundary(), Outcome.UNKNOWN),
    ],
)
def test_a_parcel_or_an_attestation_places_a_project(
    place: Any, line: Boundary, outcome: Outcome
) -> None:
    assert judged(INSIDE_RULE, a_project(place=place), line).outcome is outcome


def test_an_attestation_for_another_park_says_nothing() -> None:
    other = Attestation(
        park="other-park", inside=True, officer="x", on=date(2026, 3, 1), paper="证明2号"
    )
    assert judged(INSIDE_RULE, a_project(place=other)).outcome is Outcome.UNKNOWN


def test_without_a_line_that_day_a_point_cannot_be_judged() -> None:
    facts = Facts(project=a_project(), park="zg-park", day=date(2020, 1, 1), boundary=None)
    verdict = judge(parse(INSIDE_RULE), facts)
    assert (verdict.outcome, verdict.missing) == (Outcome.UNKNOWN, ("boundary",))


SUB_ITEMS = {"sub-item-in": ["临时占用城市绿地", "迁移古树名木"], "clause": "三个审批子项"}


@pytest.mark.parametrize(
    ("rule", "facts", "outcome"),
    [
        (SUB_ITEMS, {"sub_item": "迁移古树名木"}, Outcome.HOLDS),
        (SUB_ITEMS, {"sub_item": "占道"}, Outcome.FAILS),
        (SUB_ITEMS, {}, Outcome.UNKNOWN),
        ({"equals": "rooms", "value": "3", "clause": "x"}, {"more": {"rooms": "3"}}, Outcome.HOLDS),
        (
            {"compare": "rooms", "op": ">", "value": 3, "clause": "x"},
            {"more": {"rooms": Decimal(3)}},
            Outcome.FAILS,
        ),
        (
            {"compare": "rooms", "op": "<=", "value": 3, "clause": "x"},
            {"more": {"rooms": "三"}},
            Outcome.UNKNOWN,
        ),
        ({"note": "按当日", "clause": "x", "mark": "推定"}, {}, Outcome.HOLDS),
    ],
)
def test_each_leaf_looks_at_its_fact(
    rule: dict[str, Any], facts: dict[str, Any], outcome: Outcome
) -> None:
    verdict = judged(rule, a_project(**facts))
    assert verdict.outcome is outcome
    assert verdict.mark == rule.get("mark")


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"all": []},
        {"any": {}},
        {"use": "industrial"},
        {"use": "casino", "clause": "x"},
        {"use": "industrial", "clause": "x", "colour": "red"},
        {"use": "industrial", "note": "x", "clause": "x"},
        {"inside-park-line": False, "clause": "x"},
        {"compare": "coal_tce", "op": "=", "value": "1", "clause": "x"},
        {"compare": "coal_tce", "op": "<", "value": "many", "clause": "x"},
        {"compare": "coal_tce", "op": "<", "value": "NaN", "clause": "x"},
        {"compare": "coal_tce", "op": "<", "clause": "x"},
        {"equals": "coal_tce", "value": 1000, "clause": "x"},
        {"sub-item-in": [], "clause": "x"},
        {"not": ["x"]},
        {"all": [{"always": True}]},
    ],
)
def test_a_rule_outside_the_expression_set_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(MalformedRule):
        parse(rule)


def test_the_text_is_cut_at_its_punctuation() -> None:
    assert clauses("园区内项目（变更除外），1. 甲类；2、乙类。") == [
        "园区内项目",
        "变更除外",
        "甲类",
        "乙类",
    ]


def test_a_rule_accounts_for_every_clause_of_its_text() -> None:
    assert covers(SCOPE, parse(ORDINARY)) == []
    assert covers(ROW_21, parse(RULE_21)) == []
    assert covers(SCOPE.replace("，", " ,\n"), parse(ORDINARY)) == []


def test_a_clause_without_a_rule_is_named() -> None:
    without = {"all": ORDINARY["all"][:1]}
    assert covers(SCOPE, parse(without)) == [
        "商品房",
        "纯商业性质的项目除外",
        "随园区范围线变更动态调整",
    ]
    assert covers(SCOPE, None) == clauses(SCOPE)
    assert "未达到" in covers(ROW_21, parse(ORDINARY))[-1]


def test_words_the_text_does_not_contain_are_named() -> None:
    rule = {"any": [{"not": {"use": "industrial", "clause": "工业 项目"}}]}
    assert strays(SCOPE, parse(rule)) == ["工业项目"]
    assert strays(SCOPE, parse(ORDINARY)) == []
    assert strays(SCOPE, None) == []


LEAF = st.sampled_from(
    [
        {"equals": "technical_renovation", "value": True, "clause": "甲"},
        {"equals": "general_eia", "value": True, "clause": "乙"},
        {"equals": "waste_source_in_park", "value": True, "clause": "丙"},
    ]
)
RULES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
MAYBE = st.sampled_from([True, False, None])


def _three(first: bool | None, second: bool | None, third: bool | None) -> Project:
    return Project(technical_renovation=first, general_eia=second, waste_source_in_park=third)


@quick
@given(RULES, MAYBE, MAYBE, MAYBE)
def test_a_settled_verdict_survives_learning_more(
    rule: dict[str, Any], first: bool | None, second: bool | None, third: bool | None
) -> None:
    before = judged(rule, _three(first, second, third))
    if before.outcome is Outcome.UNKNOWN:
        assert before.missing
        return
    for learnt in (True, False):
        known = [learnt if fact is None else fact for fact in (first, second, third)]
        assert judged(rule, _three(*known)).outcome is before.outcome


@quick
@given(RULES, st.booleans(), st.booleans(), st.booleans())
def test_with_every_fact_known_it_is_ordinary_logic(
    rule: dict[str, Any], first: bool, second: bool, third: bool
) -> None:
    values = {"technical_renovation": first, "general_eia": second, "waste_source_in_park": third}

    def plain(one: dict[str, Any]) -> bool:
        if "all" in one:
            return all(map(plain, one["all"]))
        if "any" in one:
            return any(map(plain, one["any"]))
        return not plain(one["not"]) if "not" in one else values[one["equals"]]

    expected = Outcome.HOLDS if plain(rule) else Outcome.FAILS
    assert judged(rule, _three(first, second, third)).outcome is expected
