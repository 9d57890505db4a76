"""Denial, return, four eyes, self-approval, grounds and numbers."""

import re

from contracts.approval import Denied
from tests.approval.builders import (
    APPROVER,
    OTHER_REVIEWER,
    PARK_SEAL,
    REVIEWER,
    SEALER,
    SYSTEM,
    Power,
)
from tests.approval.office import Office

DENIAL = {"grounds": ["《示例条例》第九条"], "reasons": ["缺少环境影响评价"]}


async def test_a_denial_carries_reasons_and_remedies_and_pushes_nothing(office: Office):
    no = await office.reviewed()
    after = await office.must(APPROVER, no, "denial", DENIAL)
    assert after["status"] == "decided"
    await office.must(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert (await office.types(no))[-2:] == ["approval.decided.v1", "approval.denied.v1"]
    denied = Denied.model_validate((await office.told(no, Denied.TYPE))[0].data)
    assert denied.reasons == ("缺少环境影响评价",)
    assert "赣州市章贡区人民政府申请行政复议" in denied.remedies[0]
    assert "有管辖权的人民法院" in denied.remedies[0]
    listed = (await office.client(SYSTEM).get(f"/api/v1/cases/{no}/documents")).json()["items"]
    assert [one["title"] for one in listed] == ["不予行政许可决定书"]


async def test_a_denial_names_other_remedies_where_told(office: Office):
    no = await office.reviewed()
    remedies = {"review_by": "赣州市人民政府", "court": "章贡区人民法院"}
    after = await office.must(APPROVER, no, "denial", {**DENIAL, "remedies": remedies})
    assert "章贡区人民法院" in after["decision"]["remedies"][0]


async def test_a_denial_without_reasons_and_an_approval_without_grounds_are_refused(office: Office):
    no = await office.reviewed()
    for verb, body in (
        ("denial", {"grounds": ["《条例》"]}),
        ("denial", {"grounds": ["《条例》"], "reasons": []}),
        ("approval", {}),
        ("approval", {"grounds": [" "]}),
        ("approval", {"grounds": "《条例》", "surprise": 1}),
    ):
        answer = await office.do(APPROVER, no, verb, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


async def test_a_returned_case_is_reviewed_again_and_nobody_who_reviewed_decides(office: Office):
    no = await office.reviewed()
    await office.must(APPROVER, no, "return", {"reason": "请补充现场照片"})
    case = await office.read(REVIEWER, no)
    assert (case["status"], case["recommends"]) == ("under-review", None)
    twice = await office.do(APPROVER, no, "return", {"reason": "再退"})
    assert (twice.status_code, twice.json()["code"]) == (409, "not-allowed-now")
    body = {"opinion": "已补充", "recommends": "grant"}
    await office.must(OTHER_REVIEWER, no, "review", body)
    assert (await office.types(no))[1:] == [
        "approval.reviewed.v1",
        "approval.returned.v1",
        "approval.reviewed.v1",
    ]


async def test_who_reviewed_does_not_decide(office: Office, both_hats):
    no = await office.opened()
    await both_hats(no, "review", {"opinion": "可", "recommends": "grant"})
    refused = await both_hats(no, "approval", {"grounds": "《条例》"})
    assert (refused.status_code, refused.json()["rule"]) == (403, "same-officer")
    await office.must(APPROVER, no, "approval", {"grounds": "《条例》"})


async def test_one_officer_may_review_and_decide_where_the_guide_says_so(office: Office, both_hats):
    no = await office.opened(Power(instant=True))
    done = await both_hats(no, "approval", {"grounds": "《条例》"})
    assert done.status_code == 200, done.text
    returned = await office.opened(Power(instant=True))
    refused = await office.do(APPROVER, returned, "return", {"reason": "退"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed-now")
    assert "return" not in (await office.read(APPROVER, returned))["allowed"]


async def test_who_filed_for_the_applicant_does_not_decide(office: Office):
    no = await office.opened(source=REVIEWER)
    refused = await office.do(REVIEWER, no, "review", {"opinion": "可", "recommends": "grant"})
    assert (refused.status_code, refused.json()["rule"]) == (403, "self-approval")
    await office.must(OTHER_REVIEWER, no, "review", {"opinion": "可", "recommends": "grant"})


async def test_numbers_rise_by_authority_and_rehearsals_count_by_themselves(office: Office):
    first = await office.read(APPROVER, await office.decided())
    second = await office.read(APPROVER, await office.decided())
    rehearsed = await office.read(APPROVER, await office.decided(rehearsal=True))
    serials = [
        int(re.sub(r"^章高新审〔2026〕(\d+)号$", r"\1", one["decision"]["no"]))
        for one in (first, second)
    ]
    assert serials[1] == serials[0] + 1
    assert re.fullmatch(r"章高新审（演）〔2026〕\d+号", rehearsed["decision"]["no"])
    assert all(one.rehearsal for one in await office.told(rehearsed["no"]))


async def test_wrong_role_in_the_right_seat_is_refused(office: Office):
    no = await office.opened()
    answer = await office.do(APPROVER, no, "review", {"opinion": "可", "recommends": "grant"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")


async def test_a_role_only_the_token_claims_is_no_role(office: Office):
    no = await office.opened()
    pretender = office.service.client(officer="zg-park-lin", roles=["helper", "reviewer"])
    answer = await pretender.post(
        f"/api/v1/cases/{no}/review",
        json={"opinion": "可", "recommends": "grant"},
        headers={"Idempotency-Key": "pretender"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")


async def test_a_stale_reading_is_told_so(office: Office):
    no = await office.opened()
    got = await office.client(REVIEWER).get(f"/api/v1/cases/{no}")
    assert got.headers["etag"] == '"1"'
    body = {"opinion": "可", "recommends": "grant"}
    stale = await office.do(REVIEWER, no, "review", body, **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    fresh = await office.do(REVIEWER, no, "review", body, **{"If-Match": '"1"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')
