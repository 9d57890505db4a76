"""POST /filings and /validate: what is checked, what is kept, what is told."""

import json

import pytest

from services.intake.adapters import submissions, tables
from tests.intake.builders import a_body, a_filing, a_material, file, key, resident
from tests.support.service import Service

OUTSIDE = {"project": {"place": {"longitude": None, "latitude": None, "parcel": "X-1"}}}


@pytest.fixture
def client(shared: Service):
    return shared.client(system="ywtb")


def fields(answer) -> set[str]:
    return {one["field"] for one in answer.json()["errors"]}


async def test_a_filing_gets_a_number_a_status_and_links(shared: Service, client):
    answer = await file(client)
    body = answer.json()
    assert answer.status_code == 201
    assert body["status"] == "received"
    assert body["no"].startswith("20270301")
    assert answer.headers["etag"] == '"1"'
    assert (await client.get(body["links"]["self"])).status_code == 200


async def test_missing_materials_are_told_and_do_not_refuse(client):
    material = await a_material(client)
    answer = await file(client, materials=[{"id": material, "requirement": "m1"}])
    assert answer.status_code == 201
    assert [one["requirement"] for one in answer.json()["missing_materials"]] == ["m2", "m3"]


async def test_the_submission_is_kept_byte_for_byte_and_sealed(shared: Service, client):
    raw = (json.dumps(a_body(), ensure_ascii=False, indent=3) + "\n \n").encode()
    answer = await client.post(
        "/api/v1/filings", content=raw, headers=key() | {"Content-Type": "application/json"}
    )
    no = answer.json()["no"]
    async with shared.kit.reading() as connection:
        assert await submissions.of_filing(connection, shared.kit.vault, no) == [raw]
    rows = await shared.execute(
        tables.submission.select().where(tables.submission.c.filing_no == no)
    )
    assert "刘小梅".encode() not in bytes(rows[0]["body"])


async def test_every_fault_is_told_at_once_in_chinese(client):
    answer = await file(
        client,
        item="zg-99",
        applicant={
            "uscc": "91360702MA35F7XK2A",
            "contact": {"id_no": resident()[:-1] + "?", "surname": "刘"},
        },
        project={"code": "2312-36", "coal_tce": "-1"},
        materials=[{"id": "00000000-0000-7000-8000-000000000000"}],
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert fields(answer) == {
        "item",
        "applicant.uscc",
        "applicant.contact.id_no",
        "applicant.contact.surname",
        "project.code",
        "project.coal_tce",
    }
    assert "申请人·统一社会信用代码" in answer.json()["detail"]
    uscc = next(one for one in answer.json()["errors"] if one["field"] == "applicant.uscc")
    assert uscc["message"].startswith("统一社会信用代码校验码不符")


async def test_a_fault_found_later_stands_beside_those_of_the_form(client):
    answer = await file(client, park="zg-nowhere", applicant={"name": ""})
    assert fields(answer) == {"park", "applicant.name"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"park": "zg-gongxin"}, "park"),
        ({"project": {"place": {"parcel": "A1"}}}, "project.place"),
        ({"project": {"place": {"latitude": None}}}, "project.place"),
        ({"project": {"place": {"longitude": None, "latitude": None}}}, "project.place"),
        ({"project": {"uses": []}}, "project.uses"),
        ({"project": {"uses": ["castle"]}}, "project.uses.0"),
        ({"channel": "pigeon"}, "channel"),
        ({"applicant": {"contact": {"phone": "电话"}}}, "applicant.contact.phone"),
        ({"project": {"coal_tce": "1e999999"}}, "project.coal_tce"),
        (
            {"project": {"place": {"longitude": None, "latitude": None, "attested_inside": True}}},
            "project.place.attested_inside",
        ),
        ({"surprise": 1}, "surprise"),
        ({"rehearsal": "perhaps"}, "rehearsal"),
    ],
)
async def test_a_single_fault_names_its_field(client, changes, field):
    answer = await file(client, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert field in fields(answer)


async def test_materials_must_be_the_callers_unused_and_of_the_right_kind(shared: Service, client):
    another = await a_material(shared.client(system="another"))
    used = await a_material(client)
    await a_filing(client, materials=[{"id": used}])
    mine = await a_material(client)
    sheet = await client.post(
        "/api/v1/materials",
        files={"file": ("表.xlsx", b"PK\x03\x04" + bytes(30))},
        headers=key(),
    )
    answer = await file(
        client,
        materials=[
            {"id": another},
            {"id": used},
            {"id": mine, "requirement": "m9"},
            {"id": mine},
            {"id": sheet.json()["id"], "requirement": "m1"},
        ],
    )
    assert fields(answer) == {
        "materials.0.id",
        "materials.1.id",
        "materials.2.requirement",
        "materials.3.id",
        "materials.4.id",
    }


async def test_an_officer_attests_in_his_own_name(shared: Service):
    window = shared.client(officer="zg-park-chen")
    place: dict = {"longitude": None, "latitude": None, "attested_inside": True}
    no = await a_filing(window, channel="window", project={"place": place})
    kept = (await window.get(f"/api/v1/filings/{no}")).json()["project"]["place"]
    assert (kept["attested_by"], kept["attested_on"]) == ("zg-park-chen", "2027-03-01")
    place["attested_by"] = "other"
    answer = await file(window, project={"place": place})
    assert fields(answer) == {"project.place.attested_by"}


async def test_an_office_does_not_receive_for_the_park(shared: Service):
    stranger = shared.client(
        officer="zg-xingzheng-shenpi-yin", org="zg-xingzheng-shenpi", roles=["window"]
    )
    assert (await file(stranger)).status_code == 403


async def test_the_callers_who_may_not_file(shared: Service):
    assert (await file(shared.client())).status_code == 401
    assert (await file(shared.client(system="ywtb", scope="filings:read"))).status_code == 403
    assert (await file(shared.client(officer="zg-park-sun"))).status_code == 403
    upgraded = shared.client(officer="zg-park-sun", roles=["window"])
    assert (await file(upgraded)).status_code == 403


async def test_outside_the_powers_it_is_kept_numbered_and_refused(shared: Service, client):
    answer = await file(client, **OUTSIDE)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "outside-competence"), answer.text
    assert body["right_authority"] == {"id": "zg-fagai", "name": "赣州市章贡区发展和改革委员会"}
    assert body["reasons"]
    kept = (await client.get(f"/api/v1/filings/{body['no']}")).json()
    assert (kept["status"], kept["allowed"]) == ("refused", [])
    assert kept["ending"]["right_authority"] == "zg-fagai"
    told = [one for one in await shared.told() if one.subject == body["no"]]
    assert [one.type for one in told] == ["intake.refused.v1"]
    assert told[0].data["right_authority"] == "zg-fagai"
    assert told[0].data["viewers"] == ["zg-park", "zg-xingzheng-shenpi"]
    papers = (await client.get(f"/api/v1/filings/{body['no']}/documents")).json()
    assert [one["title"] for one in papers] == ["不予受理决定书"]


async def test_a_refusal_on_the_spot_is_replayed_with_its_number(client):
    body, once = a_body(**OUTSIDE), key()
    first = await client.post("/api/v1/filings", json=body, headers=once)
    again = await client.post("/api/v1/filings", json=body, headers=once)
    assert again.status_code == 422
    assert again.json()["no"] == first.json()["no"]


@pytest.mark.parametrize(
    "changes",
    [
        {"project": {"uses": ["commodity-housing"]}},
        {"project": {"uses": ["purely-commercial"]}},
        {"project": {"place": {"longitude": 115.2}}},
    ],
)
async def test_what_lies_outside(client, changes):
    assert (await file(client, **changes)).json()["code"] == "outside-competence"


async def test_past_the_upper_threshold_the_right_authority_is_not_in_our_data(client):
    answer = await file(
        client,
        item="zg-21",
        project={
            "technical_renovation": False,
            "coal_tce": "6000",
            "electricity_wan_kwh": "900",
        },
    )
    assert answer.json()["code"] == "outside-competence", answer.text
    assert answer.json()["right_authority"] == {"id": None, "name": "有权机关不在本系统资料之内"}


async def test_what_competence_must_know_is_asked_for(client):
    answer = await file(client, item="zg-21")
    assert {"project.technical_renovation", "project.coal_tce"} <= fields(answer)


async def test_the_same_filing_again_is_what_exists(client):
    body = a_body()
    first = await client.post("/api/v1/filings", json=body, headers=key())
    again = await client.post("/api/v1/filings", json=body, headers=key())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["no"] == first.json()["no"]


async def test_another_filing_under_the_same_source_number_is_refused(client):
    body = a_body()
    first = await client.post("/api/v1/filings", json=body, headers=key())
    other = await client.post(
        "/api/v1/filings", json=body | {"channel": "self-service"}, headers=key()
    )
    assert (other.status_code, other.json()["code"]) == (409, "already-filed")
    assert other.json()["no"] == first.json()["no"]


async def test_a_material_uploaded_again_makes_no_other_filing(client):
    content = b"%PDF-1.7 twice"
    body = a_body(materials=[{"id": await a_material(client, content)}])
    first = await client.post("/api/v1/filings", json=body, headers=key())
    body["materials"] = [{"id": await a_material(client, content)}]
    again = await client.post("/api/v1/filings", json=body, headers=key())
    assert (again.status_code, again.json()["no"]) == (200, first.json()["no"])


async def test_two_sources_may_use_one_number(shared: Service, client):
    body = a_body()
    first = await client.post("/api/v1/filings", json=body, headers=key())
    second = await shared.client(system="another").post("/api/v1/filings", json=body, headers=key())
    assert (first.status_code, second.status_code) == (201, 201)


async def test_a_rehearsal_has_its_own_series(client):
    no = await a_filing(client, rehearsal=True)
    assert no.startswith("YL2027")


async def test_trying_out_keeps_nothing(shared: Service, client):
    before = len(await shared.execute(tables.filing.select()))
    good = await client.post("/api/v1/filings/validate", json=a_body())
    assert good.status_code == 200
    assert (good.json()["acceptable"], good.json()["competence"]["granted"]) == (True, True)
    assert [one["requirement"] for one in good.json()["missing_materials"]] == ["m1", "m2", "m3"]
    bad = await client.post("/api/v1/filings/validate", json=a_body(applicant={"uscc": "1"}))
    assert not bad.json()["acceptable"]
    assert bad.json()["errors"][0]["field"] == "applicant.uscc"
    assert bad.json()["competence"]["granted"]
    out = await client.post("/api/v1/filings/validate", json=a_body(**OUTSIDE))
    assert not out.json()["acceptable"]
    assert out.json()["competence"]["right_authority"]["id"] == "zg-fagai"
    assert len(await shared.execute(tables.filing.select())) == before


async def test_natural_persons_are_sealed_in_rows_and_events(shared: Service, client):
    no = await a_filing(client)
    rows = await shared.execute(tables.filing.select().where(tables.filing.c.no == no))
    told = [one for one in await shared.told() if one.subject == no]
    for secret in ("刘小梅", "黄建国", "13807970001", resident()):
        assert secret not in str(dict(rows[0]))
        assert all(secret.encode() not in one.to_bytes() for one in told)
    filing = told[0].data["filing"]
    people = shared.kit.vault.open("exchange", filing["personal"], context=f"filing:{no}")
    assert people["contact"]["name"] == "刘小梅"
    assert filing["personal_index"]["contact.id_no"] == shared.kit.vault.blind(resident())
    shown = (await client.get(f"/api/v1/filings/{no}")).json()["people"]
    assert shown["contact"] == {
        "name": "刘**",
        "phone": "138****0001",
        "id_no": f"3607**********{resident()[-4:]}",
    }
