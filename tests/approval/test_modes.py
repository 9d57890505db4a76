"""The five modes are ways to fill seats: the same verbs, other organisations."""

import base64

import pytest

from contracts.approval import Issued
from law.seats import Mode
from services.approval.adapters import tables
from tests.approval.builders import (
    CITY,
    DEPARTMENT_SEAL,
    OFFICE,
    PARK,
    PARK_SEAL,
    PROVINCE,
    REGULATOR,
    WINDOW,
    Power,
)
from tests.approval.office import Office

PARK_ALL = ("zg-park-zhao", "zg-park-li", "zg-park-zhou", PARK_SEAL)
RENSHE = ("zg-renshe-shen", "zg-renshe-jue", "zg-renshe-yin", DEPARTMENT_SEAL)
MODES = [
    # mode, reviewer, approver, sealer, seal, answers, steps
    (Mode.DIRECT, *PARK_ALL, PARK, ["acceptance", "review", "decision", "seal"]),
    (
        Mode.SUBSTANTIVE_REVIEW,
        "zg-park-zhao",
        *RENSHE[1:],
        "zg-renshe",
        ["acceptance", "review", "report", "decision", "seal"],
    ),
    (Mode.WINDOW_FORWARD, *RENSHE, "zg-renshe", ["acceptance", "review", "decision", "seal"]),
    (
        Mode.STATIONED_OFFICE,
        f"{OFFICE}-yin",
        f"{OFFICE}-shao",
        *RENSHE[2:],
        "zg-renshe",
        ["acceptance", "review", "decision", "seal"],
    ),
]
A_PDF = base64.b64encode(b"%PDF-1.7 sample").decode()
A_LARGE_PDF = base64.b64encode(b"%PDF-1.7 " + b"x" * 2_000_000).decode()


@pytest.mark.parametrize(
    ("mode", "reviewer", "approver", "sealer", "seal", "answers", "steps"), MODES
)
async def test_each_seat_acts_and_nobody_else(
    *, office: Office, mode, reviewer, approver, sealer, seal, answers, steps
):
    no = await office.opened(Power(mode))
    for stranger in {"zg-park-zhao", "zg-renshe-shen", f"{OFFICE}-yin"} - {reviewer}:
        answer = await office.do(stranger, no, "review", {"opinion": "可", "recommends": "grant"})
        assert answer.status_code in {403, 404}, answer.text
    await office.must(reviewer, no, "review", {"opinion": "可", "recommends": "grant"})
    for stranger in {"zg-park-li", "zg-renshe-jue", f"{OFFICE}-shao"} - {approver}:
        answer = await office.do(stranger, no, "approval", {"grounds": "《条例》"})
        assert answer.status_code in {403, 404}, answer.text
    await office.must(approver, no, "approval", {"grounds": "《条例》"})
    await office.must(sealer, no, "seal", {"seal": seal})

    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert (issued.mode, issued.answers, issued.regulators) == (mode, answers, (REGULATOR,))
    assert (issued.decided_by.id, issued.sealed_by.seal) == (approver, seal)
    history = (await office.read(approver, no))["steps"]
    assert [one["step"] for one in history] == steps
    if mode is Mode.SUBSTANTIVE_REVIEW:
        liable = {one["step"]: one["liability"]["orgs"] for one in history}
        assert (liable["review"], liable["decision"]) == ([PARK], ["zg-renshe"])


async def test_a_direct_report_is_decided_outside_and_recorded_with_its_paper(office: Office):
    no = await office.opened(Power(Mode.DIRECT_REPORT, seal_kind="official"))
    await office.must("zg-park-zhao", no, "review", {"opinion": "可", "recommends": "grant"})
    case = await office.read(WINDOW, no)
    assert (case["status"], case["waits_for"]) == ("reported", [PARK])
    refused = await office.do("zg-park-li", no, "approval", {"grounds": "《条例》"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed-now")
    assert "outside-decision" in refused.json()["allowed"]

    body = {
        "outcome": "granted",
        "decision_no": "赣发改审〔2026〕88号",
        "decided_on": "2026-03-02",
        "grounds": ["《节约能源法》第十五条"],
        "paper": {"name": "批复.pdf", "content": A_PDF},
    }
    stranger = await office.do("zg-renshe-jue", no, "outside-decision", body)
    assert stranger.status_code == 404
    broken = {**body, "paper": {"name": "批复.pdf", "content": "%%%%"}}
    assert (await office.do(WINDOW, no, "outside-decision", broken)).status_code == 422
    text = {**body, "paper": {"name": "批复.txt", "content": base64.b64encode(b"hi").decode()}}
    assert (await office.do(WINDOW, no, "outside-decision", text)).status_code == 422
    early = {**body, "decided_on": "2026-03-01"}
    assert (await office.do(WINDOW, no, "outside-decision", early)).status_code == 422

    after = await office.must(WINDOW, no, "outside-decision", body)
    assert after["status"] == "issued"
    assert after["decision"]["outside"]
    assert (await office.types(no))[-2:] == [
        "approval.issued.v1",
        "approval.document-ready.v1",
    ]
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert (issued.decision.no, issued.decision.outside) == ("赣发改审〔2026〕88号", True)
    assert (issued.sealed_by.org, issued.decided_by.acting_for) == (PROVINCE, PROVINCE)
    assert CITY in issued.viewers

    listed = (await office.client(WINDOW).get(f"/api/v1/cases/{no}/documents")).json()["items"]
    got = await office.client(WINDOW).get(f"/api/v1/cases/{no}/documents/{listed[0]['id']}")
    assert got.content == b"%PDF-1.7 sample"


async def test_a_large_original_is_taken_and_a_denial_of_the_province_says_why(office: Office):
    no = await office.reviewed(Power(Mode.DIRECT_REPORT, seal_kind="official"))
    body = {
        "outcome": "denied",
        "decided_on": "2026-03-02",
        "grounds": "《节约能源法》第十五条",
        "paper": {"name": "决定.pdf", "content": A_LARGE_PDF},
    }
    silent = await office.do(WINDOW, no, "outside-decision", body)
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (422, "reasons")
    after = await office.must(
        WINDOW, no, "outside-decision", {**body, "reasons": ["能效水平不符合要求"]}
    )
    assert after["status"] == "denied"
    assert (await office.types(no))[-2:] == [
        "approval.denied.v1",
        "approval.document-ready.v1",
    ]
    too_large = await office.do(WINDOW, no, "review", {"opinion": A_LARGE_PDF})
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too-large")


async def test_an_instant_item_is_finished_by_one_clerk_under_the_named_paper(office: Office):
    no = await office.opened("zg-w3")
    case = await office.read(WINDOW, no)
    assert (case["status"], case["waits_for"]) == ("awaiting-decision", [PARK, OFFICE])
    assert {"approval", "denial"} <= set(case["allowed"])
    body = {"grounds": "《市场主体登记管理条例》第十九条", "seal": f"{OFFICE}-department"}
    after = await office.must(WINDOW, no, "approval", body)
    assert after["status"] == "issued"
    assert await office.types(no) == ["approval.opened.v1", "approval.issued.v1"]
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert (issued.decided_by.id, issued.sealed_by.by.id) == (WINDOW, WINDOW)
    assert issued.decided_by.acting_for == OFFICE
    assert "授权" in (issued.decided_by.paper or "")
    steps = await office.service.execute(
        tables.step.select().where(tables.step.c.no == no).order_by(tables.step.c.id)
    )
    assert {one["officer"]["paper"] for one in steps[1:]} == {issued.decided_by.paper}


async def test_the_paper_serves_instant_items_only(office: Office):
    no = await office.opened(Power(Mode.WINDOW_FORWARD))
    assert "approval" not in (await office.read(WINDOW, no))["allowed"]
    refused = await office.do(WINDOW, no, "approval", {"grounds": "《条例》"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed-now")


async def test_an_approver_decides_and_seals_an_instant_item_of_the_park(office: Office):
    no = await office.opened(Power(instant=True, result_kind="recordal"))
    body = {"grounds": "《条例》", "seal": PARK_SEAL}
    after = await office.must("zg-park-li", no, "approval", body)
    assert (after["status"], after["decision"]["result_kind"]) == ("issued", "recordal")
    listed = (await office.client(WINDOW).get(f"/api/v1/cases/{no}/documents")).json()["items"]
    assert [one["title"] for one in listed] == ["备案回执"]


async def test_decision_and_seal_in_one_call_need_one_hand(office: Office):
    no = await office.reviewed()
    both = await office.do("zg-park-li", no, "approval", {"grounds": "《条例》", "seal": PARK_SEAL})
    assert (both.status_code, both.json()["code"]) == (403, "not-your-seat")
    assert (await office.read("zg-park-li", no))["status"] == "awaiting-decision"
