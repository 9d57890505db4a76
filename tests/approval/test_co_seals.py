"""Two second seals: on the report that goes up, and right of the first on the result."""

from contracts.approval import Issued
from law.seats import Mode
from servicekit.papers import PaperContent
from services.approval.adapters import tables
from tests.approval.builders import APPROVER, DEPARTMENT_SEAL, PARK_SEAL, SEALER, WINDOW, Power
from tests.approval.office import Office

RESULT = {
    "on": "result",
    "org": "zg-renshe",
    "seal_kind": "department-approval",
    "source": "临政办发〔2022〕8号",
}
REPORT = {
    "on": "report",
    "org": "zg-renshe",
    "seal_kind": "official",
    "source": "郴政办发〔2021〕4号",
}


async def test_the_result_is_issued_when_the_second_seal_stands_right_of_the_first(office: Office):
    no = await office.decided(Power(co_seals=(RESULT,)))
    early = await office.do("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})
    assert (early.status_code, early.json()["code"]) == (403, "not-your-seat")

    after = await office.must(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert (after["status"], after["allowed"]) == ("awaiting-co-seal", [])
    assert "approval.issued.v1" not in await office.types(no)
    twice = await office.do(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert twice.status_code == 403
    wrong = await office.do("zg-renshe-yin", no, "seal", {"seal": "zg-renshe-official"})
    assert (wrong.status_code, wrong.json()["rule"]) == (422, "wrong-seal")

    await office.must("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})
    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    assert (issued.sealed_by.seal, [one.seal for one in issued.co_seals]) == (
        PARK_SEAL,
        [DEPARTMENT_SEAL],
    )
    row = (await office.service.execute(tables.paper.select().where(tables.paper.c.no == no)))[0]
    seals = PaperContent.read(row["content"]).seals
    assert [one.id for one in seals] == [PARK_SEAL, DEPARTMENT_SEAL]
    assert row["content_sha256"] == issued.decision.content_sha256
    liable = (await office.read(APPROVER, no))["steps"][-1]
    assert (liable["step"], liable["liability"]["orgs"]) == ("result-co-seal", ["zg-park"])


async def test_one_hand_decides_and_seals_and_the_second_seal_still_waits(office: Office):
    no = await office.opened(Power(instant=True, co_seals=(RESULT,)))
    body = {"grounds": "《条例》", "seal": PARK_SEAL}
    after = await office.must(APPROVER, no, "approval", body)
    assert after["status"] == "awaiting-co-seal"
    assert (await office.types(no))[-1] == "approval.decided.v1"
    previewed = await office.client("zg-renshe-yin").get(f"/api/v1/cases/{no}/paper-preview")
    seal = {
        "seal": DEPARTMENT_SEAL,
        "content_sha256": previewed.headers["x-content-sha256"],
    }
    await office.must("zg-renshe-yin", no, "seal", seal)
    assert (await office.types(no))[-1] == "approval.issued.v1"


async def test_the_report_goes_up_under_the_original_bodys_seal(office: Office):
    power = Power(Mode.DIRECT_REPORT, seal_kind="official", co_seals=(REPORT,))
    no = await office.opened(power)
    after = await office.must(
        "zg-park-zhao", no, "review", {"opinion": "可", "recommends": "grant"}
    )
    assert after["status"] == "awaiting-report-seal"
    assert (await office.read(WINDOW, no))["waits_for"] == ["zg-renshe"]
    wrong = await office.do("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})
    assert wrong.status_code == 422
    await office.must("zg-renshe-yin", no, "seal", {"seal": "zg-renshe-official"})
    case = await office.read(WINDOW, no)
    assert case["status"] == "reported"
    assert [one["step"] for one in case["steps"]] == [
        "acceptance",
        "review",
        "report-co-seal",
        "report",
    ]


async def test_a_report_that_came_back_is_sealed_anew(office: Office):
    power = Power(Mode.DIRECT_REPORT, seal_kind="official", co_seals=(REPORT,))
    no = await office.reviewed(power)
    await office.must("zg-renshe-yin", no, "seal", {"seal": "zg-renshe-official"})
    await office.must(WINDOW, no, "return", {"reason": "省级退回补充"})
    await office.must("zg-park-zhao", no, "review", {"opinion": "已补充", "recommends": "grant"})
    assert (await office.read(WINDOW, no))["status"] == "awaiting-report-seal"
