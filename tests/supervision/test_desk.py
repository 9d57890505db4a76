"""Desks: filters, pages, who sees what, the numbers of the board."""

from typing import Any

import pytest

from contracts import approval
from contracts.catalog import Seats
from servicekit import pages
from tests.supervision.builders import (
    APPROVER,
    ISSUED_AT,
    PARK,
    a_number,
    an_acknowledgement,
    an_issued,
    seats,
)
from tests.supervision.office import CHA, JIAN, OTHER, REGULATOR, Office, no_problem
from tests.supervision.office import OVERSEER as GU

BASE = "/api/v1/pushes"


async def listed(office: Office, officer: str, **params: Any) -> list[str]:
    answer = await office.caller(officer).get(BASE, params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_each_filter_finds_its_push_and_only_it(office: Office):
    applicant = {"kind": "company", "name": "赣州百分%企业有限公司", "uscc": "91360702MA35F10G4X"}
    case = await office.pushed(item="zg-07", applicant=applicant)
    push = await case.push()
    await office.pushed()
    await office.claimed(push, by=JIAN)
    for params in (
        {"no": case.no},
        {"item": "zg-07"},
        {"company": "百分%企业"},
        {"uscc": "91360702ma35f10g4x"},
        {"claimed_by": JIAN, "item": "zg-07"},
        {"state": "claimed", "item": "zg-07", "regulator": REGULATOR, "park": PARK},
        {"rehearsal": False, "no": case.no},
    ):
        assert await listed(office, CHA, **params) == [push], params
    assert await listed(office, CHA, state="pushed", item="zg-07") == []
    assert await listed(office, CHA, company="百分_企业") == []
    wrong = await office.caller(CHA).get(BASE, params={"state": "lost"})
    assert wrong.status_code == 422


async def test_pages_follow_each_other_without_gap_or_repeat(office: Office):
    made = [await (await office.pushed(item="zg-08")).push() for _ in range(5)]
    seen: list[str] = []
    params: dict[str, Any] = {"item": "zg-08", "limit": 2}
    while True:
        page = (await office.caller(CHA).get(BASE, params=params)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == made[::-1]
    broken = await office.caller(CHA).get(BASE, params={"cursor": "x"})
    assert broken.json()["code"] == "malformed"


async def test_a_desk_holds_the_pushes_of_its_organisation(office: Office):
    case = await office.pushed(REGULATOR, OTHER)
    mine, theirs = await case.push(REGULATOR), await case.push(OTHER)
    assert await listed(office, JIAN, no=case.no) == [mine]
    assert await listed(office, f"{OTHER}-jian", no=case.no) == [theirs]
    for officer in (GU, "zg-park-sun"):
        assert set(await listed(office, officer, no=case.no)) == {mine, theirs}
    assert await listed(office, "zg-yingji-jian", no=case.no) == []


async def test_a_leader_sees_the_hierarchy_with_names_masked(office: Office):
    case = await office.pushed()
    answer = await office.caller("zg-government-fu").get(BASE, params={"no": case.no})
    (shown,) = answer.json()["items"]
    assert shown["company"] == {"name": "赣州****", "uscc": "91****"}
    assert shown["allowed"] == []
    whole = await office.get("zg-government-fu", shown["id"])
    assert whole["project"].endswith("****")


async def test_the_applicant_s_side_reads_its_own_case(office: Office):
    no = a_number(next(office.serials))
    await office.service.receive(an_opened(no), key=no)
    await office.service.receive(an_issued(no, REGULATOR), key=no, sequence=2)
    for client, count in [("ywtb", 1), ("another-platform", 0)]:
        answer = await office.service.client(system=client).get(BASE, params={"no": no})
        assert len(answer.json()["items"]) == count


def an_opened(no: str) -> approval.Opened:
    return approval.Opened(
        no=no,
        item="zg-02",
        item_name="企业投资项目备案",
        park=PARK,
        applicant={"kind": "company", "name": "某公司", "uscc": "91360700716542735K"},
        source_system="ywtb",
        mode="direct",
        seats=seats(REGULATOR),
        accepted_at=ISSUED_AT,
        opened_at=ISSUED_AT,
        promised_due=ISSUED_AT.date(),
        statutory_due=ISSUED_AT.date(),
    )


async def test_a_caller_without_token_or_scope_reads_nothing(office: Office):
    assert (await office.service.client().get(BASE)).status_code == 401
    blind = office.service.client(system="ywtb", scope="filings:write")
    assert (await blind.get(BASE)).status_code == 403


@pytest.mark.parametrize(
    "params",
    [
        {"company": "\x00"},
        {"cursor": pages.encode("2026-01-01T00:00:00", "0192f6d0-0000-7000-8000-000000000001")},
        {"limit": 0},
    ],
)
async def test_a_query_that_makes_no_sense_is_told_so(office: Office, params: dict[str, Any]):
    answer = await office.caller(CHA).get(BASE, params=params)
    assert answer.status_code in {400, 422}


async def test_who_keeps_the_catalogue_reads_no_pushes(office: Office):
    for officer in ("zg-xingzheng-shenpi-huang", "zg-xingzheng-shenpi-xiao"):
        assert (await office.caller(officer).get(BASE)).status_code == 403


async def test_the_seat_handed_over_brings_its_new_holder_to_the_desk(office: Office):
    case = await office.pushed()
    push = await case.push()
    new: Seats = seats(REGULATOR, decides="zg-renshe")
    event = approval.HandedOver(
        no=case.no, seats=new, reason="权力收回", by=APPROVER, handed_over_at=ISSUED_AT
    )
    await office.service.receive(event, key=case.no)
    shown = await office.get("zg-renshe-jue", push)
    assert shown["decider"]["id"] == "zg-renshe"
    assert shown["version"] == 1
    assert shown["history"][-1]["action"] == "handed-over"


async def test_the_numbers_count_each_push_once_where_it_stands(own_office: Office):
    office = own_office
    answered = await office.pushed(REGULATOR, OTHER)
    push = await answered.push()
    await office.claimed(push)
    await office.inspected(push)
    feedback = (await office.post(CHA, push, "feedback", no_problem())).json()["id"]
    claimed = await office.pushed()
    await office.claimed(await claimed.push())
    await office.pushed(push_limit_days=None)
    await office.pushed(rehearsal=True)
    merged = await office.pushed(REGULATOR, OTHER)
    body = {"regulator": OTHER, "reason": "属发改"}
    await office.post(GU, await merged.push(), "assignment", body)
    line = (await numbers(office, GU))[REGULATOR]
    assert line == {
        "pushed": 3,
        "with_limit": 2,
        "in_time": 2,
        "claimed": 2,
        "answered": 1,
        "acknowledged": 0,
        "returned": 0,
        "late": 0,
    }
    assert (await numbers(office, GU))[OTHER]["pushed"] == 2
    await office.service.receive(an_acknowledgement(answered.no, feedback), key=answered.no)
    assert (await numbers(office, GU))[REGULATOR]["acknowledged"] == 1
    assert (await numbers(office, GU, rehearsal=True))[REGULATOR]["pushed"] == 4
    assert await numbers(office, GU, since="2026-10-01") == {}
    assert set(await numbers(office, JIAN)) == {REGULATOR, OTHER}
    assert (await numbers(office, JIAN))[OTHER]["pushed"] == 1


async def numbers(office: Office, officer: str, **params: Any) -> dict[str, dict[str, int]]:
    answer = await office.caller(officer).get(f"{BASE}/summary", params=params)
    assert answer.status_code == 200, answer.text
    lines = answer.json()["items"]
    for one in lines:
        assert one.pop("park")["id"] == PARK
    return {one.pop("regulator")["id"]: one for one in lines}


async def test_the_timeline_of_a_case_is_cut_to_its_viewers(office: Office):
    case = await office.pushed()
    for officer, count in [(JIAN, 1), ("zg-yingji-jian", 0)]:
        answer = await office.caller(officer).get(f"/internal/timeline/{case.no}")
        assert len(answer.json()["events"]) == count
