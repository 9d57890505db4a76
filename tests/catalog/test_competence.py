"""The competence question over REST: granted inside, refused outside, each with its reason."""

from typing import Any

import pytest

from tests.support.service import Service

INSIDE = {"longitude": 115.0, "latitude": 25.8}
OUTSIDE = {"longitude": 115.2, "latitude": 25.8}
TODAY = "2026-03-02"
FIRST_DAY = "2024-01-02"


def a_project(**facts: Any) -> dict[str, Any]:
    return {"place": INSIDE, "uses": ["industrial"], **facts}


async def asked(
    catalog: Service, item: str, project: dict[str, Any], *, day: str = TODAY, park: str = "zg-park"
) -> dict[str, Any]:
    client = catalog.client(system="ywtb", scope="filings:read")
    question = {"item": item, "park": park, "project": project, "day": day}
    response = await client.post("/api/v1/competence", json=question)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def reasons(answer: dict[str, Any], *, holds: bool | None = False) -> str:
    return "；".join(link["text"] for link in answer["chain"] if link["holds"] is holds)


FITTING: dict[str, dict[str, Any]] = {
    "zg-01": {"discharges_pollutants": True},
    "zg-02": {"technical_renovation": True},
    "zg-03": {"coal_tce": "999.99", "electricity_wan_kwh": "499.99"},
    "zg-15": {"waste_source_in_park": True},
    "zg-17": {"sub_item": "迁移古树名木"},
    "zg-21": {
        "technical_renovation": False,
        "coal_tce": "1200",
        "electricity_wan_kwh": "100",
    },
    "zg-24": {"general_eia": True},
}
ITEMS = [*(f"zg-{number:02}" for number in range(1, 30)), *(f"zg-w{n}" for n in range(1, 5))]


@pytest.mark.parametrize("item", ITEMS)
async def test_every_power_is_granted_to_a_project_inside_its_scope(
    catalog: Service, item: str
) -> None:
    answer = await asked(catalog, item, a_project(**FITTING.get(item, {})))
    assert answer["granted"] is True, answer["chain"]
    assert answer["guide_version"] == 1
    assert answer["sources"][0].startswith("区府发〔2023〕5号 附件1")
    assert answer["supervises"][0]["name"] != answer["supervises"][0]["id"]
    window = item.startswith("zg-w")
    assert answer["seats"]["accepts"] == "zg-park"
    assert (answer["seats"]["decides"] == "zg-park") is not window
    assert answer["liable"] == [
        {"id": answer["seats"]["answers"], "name": answer["liable"][0]["name"]}
    ]


@pytest.mark.parametrize("item", [one for one in ITEMS if not one.startswith("zg-w")])
async def test_outside_the_line_no_directly_granted_power_is_the_parks(
    catalog: Service, item: str
) -> None:
    project = a_project(**{**FITTING.get(item, {}), "waste_source_in_park": True})
    answer = await asked(catalog, item, {**project, "place": OUTSIDE})
    assert answer["granted"] is False
    assert answer["code"] == "outside-scope"
    assert "范围线外" in reasons(answer)
    assert answer["right_authority"]["id"] in {
        "zg-shengtai",
        "zg-gongxin",
        "zg-fagai",
        "zg-zhujian",
        "zg-xingzheng-shenpi",
    }


@pytest.mark.parametrize(
    ("use", "word"), [("commodity-housing", "商品房"), ("purely-commercial", "纯商业")]
)
@pytest.mark.parametrize("item", ["zg-14", "zg-07", "zg-22"])
async def test_housing_and_pure_commerce_stay_with_the_department(
    catalog: Service, item: str, use: str, word: str
) -> None:
    answer = await asked(catalog, item, a_project(uses=[use]))
    assert answer["granted"] is False
    assert word in reasons(answer)
    assert answer["right_authority"]["id"] in {"zg-xingzheng-shenpi", "zg-zhujian"}


@pytest.mark.parametrize("item", ["zg-01", "zg-15", "zg-27", "zg-28", "zg-29"])
async def test_rows_that_do_not_exclude_housing_do_not_refuse_it(
    catalog: Service, item: str
) -> None:
    project = a_project(uses=["commodity-housing"], **FITTING.get(item, {}))
    assert (await asked(catalog, item, project))["granted"] is True


@pytest.mark.parametrize(
    ("coal", "power", "granted"),
    [
        ("999.99", "499.99", True),
        ("1000", "499.99", False),
        ("999.99", "500", False),
        ("0", "0", True),
    ],
)
async def test_row_3_ends_where_its_name_says(
    catalog: Service, coal: str, power: str, granted: bool
) -> None:
    answer = await asked(catalog, "zg-03", a_project(coal_tce=coal, electricity_wan_kwh=power))
    assert answer["granted"] is granted
    if not granted:
        assert "不满足" in reasons(answer)
        assert answer["right_authority"]["id"] == "zg-gongxin"


@pytest.mark.parametrize(
    ("coal", "power", "act", "kind"),
    [
        ("999.99", "499.99", "recordal", "recordal"),
        ("1000", "499.99", "review", "permit"),
        ("999.99", "500", "review", "permit"),
        ("4999.99", "499.99", "review", "permit"),
        ("4999.99", "500", "review", "permit"),
    ],
)
async def test_row_21_tells_its_two_acts_apart_by_the_thresholds(
    catalog: Service, coal: str, power: str, act: str, kind: str
) -> None:
    project = a_project(technical_renovation=False, coal_tce=coal, electricity_wan_kwh=power)
    answer = await asked(catalog, "zg-21", project)
    assert answer["granted"] is True, answer["chain"]
    assert (answer["act"], answer["result_kind"]) == (act, kind)


@pytest.mark.parametrize("power", ["499.99", "500"])
async def test_row_21_ends_below_5000_and_our_data_does_not_say_whose_it_is_then(
    catalog: Service, power: str
) -> None:
    project = a_project(technical_renovation=False, coal_tce="5000", electricity_wan_kwh=power)
    answer = await asked(catalog, "zg-21", project)
    assert answer["granted"] is False
    assert "5000" in reasons(answer)
    assert answer["right_authority"] is None
    assert answer["right_authority_text"] == "资料中没有（not in our data）"


async def test_the_wrong_act_of_row_21_is_refused_and_stays_the_parks(catalog: Service) -> None:
    project = a_project(
        technical_renovation=False, coal_tce="1200", electricity_wan_kwh="100", act="recordal"
    )
    answer = await asked(catalog, "zg-21", project)
    assert (answer["granted"], answer["code"]) == (False, "another-act")
    assert answer["right_authority"]["id"] == "zg-park"


@pytest.mark.parametrize(
    ("item", "renovation", "sibling"), [("zg-02", False, "zg-21"), ("zg-21", True, "zg-02")]
)
async def test_the_wrong_one_of_two_items_of_one_name_points_at_the_other(
    catalog: Service, item: str, renovation: bool, sibling: str
) -> None:
    project = a_project(
        technical_renovation=renovation,
        coal_tce="1200",
        electricity_wan_kwh="100",
        act="review",
    )
    answer = await asked(catalog, item, project)
    assert (answer["granted"], answer["sibling"]) == (False, sibling)
    assert "推定" in {link["mark"] for link in answer["chain"]}


@pytest.mark.parametrize("item", ["zg-14", "zg-w4"])
async def test_the_day_before_the_agreement_the_power_is_the_departments(
    catalog: Service, item: str
) -> None:
    before = await asked(catalog, item, a_project(), day="2024-01-01")
    on_the_day = await asked(catalog, item, a_project(), day=FIRST_DAY)
    assert (before["granted"], before["code"]) == (False, "not-in-force")
    assert before["right_authority"]["id"] == "zg-xingzheng-shenpi"
    assert "尚未生效" in reasons(before)
    assert on_the_day["granted"] is True


async def test_a_sub_item_the_row_does_not_list_is_refused(catalog: Service) -> None:
    answer = await asked(catalog, "zg-17", a_project(sub_item="永久占用城市绿地"))
    assert answer["granted"] is False
    assert "永久占用城市绿地" in reasons(answer)


async def test_waste_from_elsewhere_is_not_the_parks(catalog: Service) -> None:
    answer = await asked(catalog, "zg-15", a_project(waste_source_in_park=False))
    assert answer["granted"] is False
    assert "园区范围内产生的建筑垃圾" in str(answer["chain"])
    assert answer["right_authority"]["id"] == "zg-xingzheng-shenpi"


async def test_a_fact_nobody_gave_is_asked_for_and_never_assumed(catalog: Service) -> None:
    answer = await asked(catalog, "zg-03", {"place": INSIDE, "uses": ["industrial"]})
    assert (answer["granted"], answer["code"]) == (False, "facts-missing")
    assert {one["fact"] for one in answer["missing"]} == {"coal_tce", "electricity_wan_kwh"}
    assert all("年" in one["label"] for one in answer["missing"])


async def test_the_line_of_the_day_counts(catalog: Service) -> None:
    project = a_project(place={"longitude": 115.05, "latitude": 25.8})
    assert (await asked(catalog, "zg-14", project, day="2025-12-31"))["granted"] is False
    assert (await asked(catalog, "zg-14", project, day="2026-01-01"))["granted"] is True


async def test_a_parcel_or_an_officers_word_stands_for_a_point(catalog: Service) -> None:
    inside = {"parcel": "360702001001GB90001"}
    word = {
        "attested_inside": True,
        "attested_by": "zg-park-zhao",
        "attested_on": TODAY,
        "attestation_paper": "现场核实记录",
    }
    assert (await asked(catalog, "zg-14", a_project(place=inside)))["granted"] is True
    assert (await asked(catalog, "zg-14", a_project(place=word)))["granted"] is True
    elsewhere = {"parcel": "360702002001GB90009"}
    assert (await asked(catalog, "zg-14", a_project(place=elsewhere)))["granted"] is False


async def test_a_power_not_granted_to_the_organisation_names_who_has_it(catalog: Service) -> None:
    answer = await asked(catalog, "zg-14", a_project(), park="zg-shuili")
    assert (answer["granted"], answer["code"]) == (False, "not-delegated")
    assert answer["right_authority"]["id"] == "zg-xingzheng-shenpi"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"item": "zg-99"}, "item"), ({"park": "nowhere"}, "park"), ({"project": {"tce": 3}}, "tce")],
)
async def test_a_question_about_nothing_is_invalid(
    catalog: Service, change: dict[str, Any], field: str
) -> None:
    client = catalog.client(officer="zg-park-chen")
    question = {"item": "zg-14", "park": "zg-park", "project": a_project(), "day": TODAY} | change
    response = await client.post("/api/v1/competence", json=question)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert field in str(response.json()["errors"])


@pytest.mark.parametrize("longitude", ["1e999", "200", '"x"'])
async def test_a_point_that_is_nowhere_is_invalid(catalog: Service, longitude: str) -> None:
    body = f'{{"item":"zg-14","park":"zg-park","project":{{"place":{{"longitude":{longitude}}}}}}}'
    client = catalog.client(officer="zg-park-chen")
    headers = {"Content-Type": "application/json"}
    response = await client.post("/api/v1/competence", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


async def test_nobody_asks_without_a_token(catalog: Service) -> None:
    response = await catalog.client().post(
        "/api/v1/competence", json={"item": "zg-14", "park": "zg-park"}
    )
    assert response.status_code == 401
