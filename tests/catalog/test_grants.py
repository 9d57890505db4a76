"""From rows to powers: every row's seats against the document, and what stops a list."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts import catalog as contract
from services.catalog.adapters import profiles, sheets
from services.catalog.usecases.planning import Plan, plan
from tests.catalog import lists
from tests.support.catalogue import FOLDER, zhanggong

PROFILE = profiles.read(FOLDER)
KNOWN = {contract.key_of(one): one.model_dump(mode="json") for one in PROFILE.objects}

# Read off 区府发〔2023〕5号 附件1 by hand: item → (实施机关, 主管部门, result).
GOLDEN = {
    "zg-01": ("zg-shengtai", "zg-shengtai", "recordal"),
    "zg-02": ("zg-gongxin", "zg-gongxin", "permit"),
    "zg-03": ("zg-gongxin", "zg-gongxin", "recordal"),
    "zg-04": ("zg-fagai", "zg-fagai", "other"),
    "zg-05": ("zg-fagai", "zg-fagai", "other"),
    "zg-06": ("zg-fagai", "zg-fagai", "other"),
    "zg-07": ("zg-zhujian", "zg-zhujian", "recordal"),
    "zg-08": ("zg-zhujian", "zg-zhujian", "recordal"),
    "zg-09": ("zg-zhujian", "zg-zhujian", "permit"),
    "zg-10": ("zg-zhujian", "zg-zhujian", "permit"),
    "zg-11": ("zg-zhujian", "zg-zhujian", "other"),
    "zg-12": ("zg-zhujian", "zg-zhujian", "recordal"),
    "zg-13": ("zg-zhujian", "zg-zhujian", "recordal"),
    "zg-14": ("zg-xingzheng-shenpi", "zg-zhujian", "permit"),
    "zg-15": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-16": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-17": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-18": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-19": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-20": ("zg-xingzheng-shenpi", "zg-chengguan", "permit"),
    "zg-21": ("zg-xingzheng-shenpi", "zg-fagai", "permit"),
    "zg-22": ("zg-xingzheng-shenpi", "zg-fagai", "recordal"),
    "zg-23": ("zg-xingzheng-shenpi", "zg-gongxin", "recordal"),
    "zg-24": ("zg-xingzheng-shenpi", "zg-shengtai", "permit"),
    "zg-25": ("zg-xingzheng-shenpi", "zg-shuili", "permit"),
    "zg-26": ("zg-xingzheng-shenpi", "zg-yingji", "recordal"),
    "zg-27": ("zg-xingzheng-shenpi", "zg-yingji", "recordal"),
    "zg-28": ("zg-xingzheng-shenpi", "zg-yingji", "permit"),
    "zg-29": ("zg-xingzheng-shenpi", "zg-renshe", "permit"),
    "zg-w1": ("zg-renshe", "zg-renshe", "confirmation"),
    "zg-w2": ("zg-renshe", "zg-renshe", "other"),
    "zg-w3": ("zg-xingzheng-shenpi", "zg-shijian", "permit"),
    "zg-w4": ("zg-xingzheng-shenpi", "zg-fagai", "permit"),
}


def objects(model: type[Any]) -> dict[str, Any]:
    return {one.id: one for one in zhanggong() if isinstance(one, model)}


def planned(content: bytes = lists.TSV, **companion: Any) -> Plan:
    setup = PROFILE.setup
    if companion:
        setup = profiles.checked({**PROFILE.raw, **companion})
    return plan(sheets.read(content), setup, KNOWN)


def faults(made: Plan) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code) for one in made.faults]


def scope_with(key: str, **row: Any) -> dict[str, Any]:
    scope = json.loads(json.dumps(PROFILE.raw["scope"]))
    scope["rows"][key] = row
    return {"scope": scope}


@pytest.mark.parametrize("item", GOLDEN)
def test_each_row_is_granted_supervised_and_ends_as_the_document_says(item: str) -> None:
    department, regulator, kind = GOLDEN[item]
    period = objects(contract.Delegation)[f"{item}:zg-park"].periods[0]
    deciding = department if "-w" in item else "zg-park"
    assert objects(contract.Item)[item].result_kind == kind
    assert period.granted_by == department
    assert period.seats == contract.Seats(
        accepts="zg-park",
        reviews=deciding,
        decides=deciding,
        seals=deciding,
        answers=deciding,
        supervises=(regulator,),
    )
    assert period.mode == ("window-forward" if "-w" in item else "direct")
    assert period.seal_kind == ("department-approval" if "-w" in item else "park-approval")
    assert period.push_limit_days == (None if "-w" in item else 3)


def test_nothing_but_the_33_items_is_there_and_18_have_another_regulator() -> None:
    delegations = objects(contract.Delegation).values()
    assert {one.item for one in delegations} == set(GOLDEN) == set(objects(contract.Item))
    differing = [
        one
        for one in delegations
        if one.periods[0].granted_by not in one.periods[0].seats.supervises
    ]
    assert len(differing) == 18
    assert sum(one.periods[0].mode == "direct" for one in differing) == 16


def test_two_items_of_one_name_point_at_each_other_and_say_what_tells_them_apart() -> None:
    items = objects(contract.Item)
    assert items["zg-02"].name == items["zg-21"].name
    assert (items["zg-02"].siblings, items["zg-21"].siblings) == (("zg-21",), ("zg-02",))
    for item in ("zg-02", "zg-21"):
        assert items[item].discriminator
        assert items[item].discriminator_mark == "推定"


def test_row_17_has_its_three_sub_items_and_row_21_its_two_acts() -> None:
    items = objects(contract.Item)
    assert [one.name for one in items["zg-17"].sub_items] == [
        "临时占用城市绿地",
        "迁移古树名木",
        "砍伐移植修剪城市树木",
    ]
    acts = [(one.id, one.result_kind) for one in items["zg-21"].acts]
    assert acts == [("review", "permit"), ("recordal", "recordal")]


def test_scope_stays_verbatim_and_only_the_window_list_has_none() -> None:
    written = {row[3]: row[5] for row in lists.rows() if len(row) == 7 and row[0].isdigit()}
    names = {one.id: one.name for one in objects(contract.Item).values()}
    for one in objects(contract.Delegation).values():
        assert one.periods[0].scope_text == _scope(written, names[one.item], one.item)
        assert (one.periods[0].rule is None) == ("-w" in one.item)


def _scope(written: dict[str, str], name: str, item: str) -> str:
    if item == "zg-02":  # the only name with two scopes
        return written["建设工程消防备案"]
    return written[name]


def test_only_rows_1_15_and_27_to_29_let_housing_in() -> None:
    without = {
        one.item
        for one in objects(contract.Delegation).values()
        if one.periods[0].mode == "direct" and "商品房" not in _words(one.periods[0])
    }
    assert without == {"zg-01", "zg-15", "zg-27", "zg-28", "zg-29"}


def _words(period: contract.Period) -> str:
    return json.dumps(period.rule, ensure_ascii=False)


def test_what_no_document_says_is_marked() -> None:
    for one in objects(contract.Delegation).values():
        assert one.periods[0].agreement.mark == "示例"
        assert any("示例" in mark for mark in one.periods[0].marks)
    for guide in objects(contract.Guide).values():
        assert guide.mark == "示例"
        assert all(material.mark == "示例" for material in guide.materials)
    for org in objects(contract.Organisation).values():
        assert org.mark == "示例"
        assert all("示例" in person.name for person in org.people)


def test_only_the_instant_window_item_lets_the_park_act_for_the_department() -> None:
    acting = {
        one.item: one.periods[0].acting[0].for_org
        for one in objects(contract.Delegation).values()
        if one.periods[0].acting
    }
    instant = {one.item for one in objects(contract.Guide).values() if one.instant}
    assert acting == {"zg-w3": "zg-xingzheng-shenpi"}
    assert instant == {"zg-w3"}


@pytest.mark.parametrize(
    ("column", "text", "heading", "code"),
    [
        (1, "区不存在局", "区级主管部门", "unknown-organisation"),
        (2, "区不存在局", "区级实施机关", "unknown-organisation"),
        (2, "区水利局", "区级实施机关", "no-agreement"),
        (4, "行政处罚", "权力类型", "unknown-power-type"),
        (5, "", "实施范围", "empty-cell"),
        (6, "仅限工业用地", "备注", "clause-without-rule"),
    ],
)
def test_one_bad_cell_loads_nothing_and_is_named(
    column: int, text: str, heading: str, code: str
) -> None:
    made = planned(lists.as_tsv(lists.changed("建筑工程施工许可", column, text)))
    assert (lists.line_of("建筑工程施工许可"), heading, code) in faults(made)
    assert made.drafts == ()
    assert made.report["loadable"] is False


def test_a_clause_nobody_wrote_a_rule_for_stops_the_list() -> None:
    row = next(one for one in lists.rows() if "建筑工程施工许可" in one)
    scope = f"{row[5]}，且投资额不满五亿元"
    made = planned(lists.as_tsv(lists.changed("建筑工程施工许可", 5, scope)))
    assert faults(made) == [(lists.line_of("建筑工程施工许可"), "实施范围", "clause-without-rule")]
    assert "且投资额不满五亿元" in made.faults[0].message


def test_a_scope_without_any_rule_stops_the_list() -> None:
    made = planned(**scope_with("14"))
    assert {code for _, _, code in faults(made)} == {"clause-without-rule"}
    assert {row for row, _, _ in faults(made)} == {lists.line_of("建筑工程施工许可")}


def test_a_threshold_in_a_name_needs_a_rule_as_well() -> None:
    made = planned(**scope_with("03", shared="ordinary"))
    assert {(column, code) for _, column, code in faults(made)} == {
        ("事项名称", "clause-without-rule")
    }


def test_a_rule_for_words_nobody_wrote_stops_the_list() -> None:
    housing = {"use": "industrial", "clause": "仅限工业项目"}
    made = planned(**scope_with("14", shared="ordinary", all=[housing]))
    assert [code for _, _, code in faults(made)] == ["rule-without-clause"]


@pytest.mark.parametrize("rule", [{"smaller": 3, "clause": "x"}, {"use": [], "clause": "x"}, {}])
def test_a_rule_that_is_no_rule_stops_the_list(rule: dict[str, Any]) -> None:
    made = planned(**scope_with("14", shared="ordinary", all=[rule]))
    assert "malformed-rule" in {code for _, _, code in faults(made)}


def test_a_misspelt_fact_stops_the_list() -> None:
    rule = {"equals": "techncal_renovation", "value": True, "clause": "区住建局"}
    made = planned(**scope_with("14", shared="ordinary", all=[rule]))
    assert [code for _, _, code in faults(made)] == ["unknown-fact"]


def test_two_rows_of_one_name_without_a_word_between_them_stop_the_list() -> None:
    row = PROFILE.raw["scope"]["rows"]["02"]
    bare = {key: value for key, value in row.items() if key != "discriminator"}
    assert [code for _, _, code in faults(planned(**scope_with("02", **bare)))] == ["same-name"]


def test_a_rule_for_a_row_the_list_lacks_stops_the_list() -> None:
    made = planned(**scope_with("30", shared="ordinary"))
    assert [code for _, _, code in faults(made)] == ["rule-without-row"]


def test_a_list_nobody_knows_how_to_read_stops() -> None:
    table = [[cell.replace("窗口前移事项", "派驻事项") for cell in row] for row in lists.rows()]
    assert "unknown-section" in {code for _, _, code in faults(planned(lists.as_tsv(table)))}


def test_a_new_agreement_closes_the_old_period_on_its_eve() -> None:
    loaded = {contract.key_of(one): one.model_dump(mode="json") for one in zhanggong()}
    papers = json.loads(json.dumps(PROFILE.raw["papers"]))
    for paper in papers["agreements"]:
        paper.update(number=f"{paper['number']}续", signed_on="2026-07-01", valid_from="2026-07-01")
    setup = profiles.checked({**PROFILE.raw, "papers": papers})
    made = plan(sheets.read(lists.TSV), setup, loaded)
    assert made.faults == ()
    one = next(d for d in made.drafts if isinstance(d, contract.Delegation) and d.item == "zg-14")
    spans = [(period.valid_from.isoformat(), str(period.valid_to)) for period in one.periods]
    assert spans == [("2024-01-02", "2026-06-30"), ("2026-07-01", "None")]


def test_the_report_says_of_every_cell_how_it_was_read() -> None:
    row = next(one for one in planned().report["rows"] if one["item"] == "zg-01")
    assert row["row"] == lists.line_of("排污单位突发环境事件应急预案备案")
    cells = {cell["column"]: (cell["written"], cell["read"]) for cell in row["cells"]}
    assert cells["权力类型"] == ("其他行政权力 - 备案", "其他行政权力-备案")
    assert cells["区级主管部门"] == ("章贡生态环境局", "zg-shengtai")
    assert row["faults"] == []
    assert planned().report["counts"]["other_regulator"] == 18


def test_a_place_without_its_bureau_in_the_catalogue_cannot_load_its_list() -> None:
    known = {key: body for key, body in KNOWN.items() if key != "organisation:zg-xingzheng-shenpi"}
    made = plan(sheets.read(lists.TSV), replace(PROFILE.setup), known)
    assert {code for _, _, code in faults(made)} == {"unknown-organisation"}
