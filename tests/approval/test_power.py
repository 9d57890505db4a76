"""The power is asked anew on the day of decision and of sealing, and other seats take over."""

from datetime import date

from contracts.approval import HandedOver, Issued
from tests.approval.builders import (
    APPROVER,
    DEPARTMENT_SEAL,
    LEADER,
    PARK_SEAL,
    REGULATOR,
    SEALER,
    Power,
    ended,
    with_seats,
)
from tests.approval.office import Office

YESTERDAY = date(2026, 3, 1)
TODAY = date(2026, 3, 2)
GROUNDS = {"grounds": "《条例》第九条"}
TO_DEPARTMENT = {
    "reviews": "zg-renshe",
    "decides": "zg-renshe",
    "seals": "zg-renshe",
    "answers": "zg-renshe",
}


def taken_over(power: Power, **seats: str):
    """Until yesterday as before, from today on other seats."""
    later = with_seats(power.period, **seats).model_copy(update={"valid_from": TODAY})
    if "seals" in seats:
        later = later.model_copy(update={"seal_kind": "department-approval"})
    return ended(power.period, YESTERDAY), later


async def test_a_power_gone_before_the_decision_is_refused_with_the_reasons(office: Office):
    power = Power()
    no = await office.reviewed(power)
    await office.learn(power, ended(power.period, YESTERDAY))
    answer = await office.do(APPROVER, no, "approval", GROUNDS)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert any("不在有效期间" in one for one in answer.json()["reasons"])
    assert answer.json()["right_authority"] == "zg-renshe"
    assert (await office.read(APPROVER, no))["status"] == "awaiting-decision"


async def test_a_power_gone_between_decision_and_seal_stops_the_seal(office: Office):
    power = Power()
    no = await office.decided(power)
    await office.learn(power, ended(power.period, YESTERDAY))
    answer = await office.do(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert "approval.issued.v1" not in await office.types(no)


async def test_the_day_of_sealing_names_the_regulators(office: Office):
    power = Power()
    no = await office.decided(power)
    moved = with_seats(power.period, supervises=("zg-fagai",))
    await office.learn(power, moved)
    await office.must(SEALER, no, "seal", {"seal": PARK_SEAL})
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert issued.regulators == ("zg-fagai",)
    assert "zg-fagai" in issued.viewers
    assert REGULATOR not in issued.viewers


async def test_changed_seats_wait_for_a_hand_over(office: Office):
    power = Power()
    no = await office.reviewed(power)
    await office.must(LEADER, no, "extension", {"days": 5, "reason": "情况复杂"})
    await office.learn(power, *taken_over(power, **TO_DEPARTMENT))
    answer = await office.do(APPROVER, no, "approval", GROUNDS)
    assert (answer.status_code, answer.json()["code"]) == (409, "seats-changed")
    assert answer.json()["seats"]["decides"] == "zg-renshe"
    assert "handover" in (await office.read(APPROVER, no))["allowed"]

    reviewer = await office.do("zg-park-zhao", no, "handover", {"reason": "权力调整"})
    assert reviewer.status_code == 403
    after = await office.must(APPROVER, no, "handover", {"reason": "权力调整"})
    assert after["status"] == "under-review"
    told = HandedOver.model_validate((await office.told(no, HandedOver.TYPE))[0].data)
    assert (told.seats.decides, "zg-renshe" in told.viewers) == ("zg-renshe", True)

    papers = await office.client("zg-renshe-shen").get(f"/api/v1/cases/{no}/documents")
    assert [one["kind"] for one in papers.json()["items"]] == ["extension"]

    body = {"opinion": "可", "recommends": "grant"}
    await office.must("zg-renshe-shen", no, "review", body)
    await office.must("zg-renshe-jue", no, "approval", GROUNDS)
    await office.must("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})


async def test_an_unsealed_decision_lapses_when_another_authority_decides(office: Office):
    power = Power()
    no = await office.decided(power)
    first = (await office.read(APPROVER, no))["decision"]["no"]
    later = {**TO_DEPARTMENT, "reviews": "zg-park"}
    await office.learn(power, *taken_over(power, **later))
    answer = await office.do(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert (answer.status_code, answer.json()["code"]) == (409, "seats-changed")
    after = await office.must(APPROVER, no, "handover", {"reason": "权力收回"})
    assert (after["status"], after["decision"]["void"]) == ("awaiting-decision", True)
    after = await office.must("zg-renshe-jue", no, "approval", GROUNDS)
    assert (after["decision"]["void"], after["decision"]["no"] == first) == (False, False)
    await office.must("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert issued.decision_version == 2


async def test_the_overseer_hands_over_what_nobody_else_does(office: Office):
    power = Power()
    no = await office.opened(power)
    await office.must("zg-park-zhao", no, "suspensions", {"reason": "检测", "expected_days": 3})
    await office.learn(power, *taken_over(power, **TO_DEPARTMENT))
    after = await office.must("zg-xingzheng-shenpi-gu", no, "handover", {"reason": "监督移交"})
    assert after["status"] == "suspended"
    case = await office.read("zg-renshe-shen", no)
    assert case["steps"][-1]["by"]["role"] == "overseer"
    [running] = case["deadlines"]["suspensions"]
    await office.must("zg-renshe-shen", no, f"suspensions/{running['id']}/end")
    assert (await office.read("zg-renshe-shen", no))["status"] == "under-review"


async def test_nothing_is_handed_over_to_the_same_seats(office: Office):
    no = await office.opened()
    answer = await office.do(APPROVER, no, "handover", {"reason": "无"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert "handover" not in (await office.read(APPROVER, no))["allowed"]


async def test_liability_is_joint_in_the_transition(office: Office):
    no = await office.issued(Power(transition_until=date(2026, 4, 30)))
    steps = (await office.read(APPROVER, no))["steps"]
    assert all(one["liability"]["orgs"] == ["zg-park", "zg-renshe"] for one in steps)
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert "共同承担" in issued.liability
