"""From acceptance to the seal, and what the regulator answers, on the desk."""

from contracts.approval import DocumentReady, FeedbackAcknowledged, Issued, Opened
from servicekit.papers import PaperContent, content_sha256
from servicekit.papers.worker import render_next
from services.approval.adapters import documents, tables
from tests.approval.builders import APPROVER, PARK_SEAL, REGULATOR, REVIEWER, SEALER, SYSTEM, Power
from tests.approval.office import Office


async def test_an_accepted_filing_becomes_an_issued_decision(office: Office):
    no = await office.opened(Power(licence_valid_months=12))
    opened = Opened.model_validate((await office.told(no))[0].data)
    assert (opened.promised_due.isoformat(), opened.statutory_due.isoformat()) == (
        "2026-03-16",
        "2026-03-30",
    )

    case = await office.read(REVIEWER, no)
    assert (case["status"], case["waits_for"]) == ("under-review", ["zg-park"])
    assert case["allowed"] == ["review", "suspensions"]

    body = {"opinion": "材料齐全", "recommends": "grant"}
    after = await office.must(REVIEWER, no, "review", body)
    assert after["status"] == "awaiting-decision"

    after = await office.must(APPROVER, no, "approval", {"grounds": ["《示例条例》第九条"]})
    assert after["status"] == "decided"
    assert after["decision"]["no"].startswith("章高新审〔2026〕")
    assert after["decision"]["valid_to"] == "2027-03-01"

    after = await office.must(SEALER, no, "seal", {"seal": PARK_SEAL})
    assert after["status"] == "issued"

    assert await office.types(no) == [
        "approval.opened.v1",
        "approval.reviewed.v1",
        "approval.decided.v1",
        "approval.issued.v1",
    ]
    told = (await office.told(no, Issued.TYPE))[0]
    issued = Issued.model_validate(told.data)
    assert issued.regulators == (REGULATOR,)
    assert issued.push_limit_days == 3
    assert issued.decision.no == after["decision"]["no"]
    assert issued.competence.granted
    assert issued.competence.catalog_position > 0
    assert "章贡高新技术产业园区管理委员会" in issued.liability
    assert [one.sequence for one in await office.told(no)] == [1, 2, 3, 4]

    steps = (await office.read(APPROVER, no))["steps"]
    assert steps[-1]["detail"]["competence"]["catalog_position"] > 0
    assert [(one["step"], one["by"]["id"]) for one in steps] == [
        ("acceptance", "zg-park-chen"),
        ("review", REVIEWER),
        ("decision", APPROVER),
        ("seal", SEALER),
    ]
    assert all(one["liability"]["orgs"] == ["zg-park"] for one in steps)


async def test_the_paper_is_the_sealed_content_and_can_be_verified(own_office: Office):
    office = own_office
    no = await office.issued()
    kit = office.service.kit

    async def ready(connection, paper, sha256):
        await documents.tell(kit, connection, paper, sha256)

    listed = (await office.client(SYSTEM).get(f"/api/v1/cases/{no}/documents")).json()["items"]
    assert [(one["kind"], one["ready"]) for one in listed] == [("permit", False)]
    url = f"/api/v1/cases/{no}/documents/{listed[0]['id']}"
    early = await office.client(SYSTEM).get(url)
    assert (early.status_code, early.json()["code"]) == (503, "paper-not-ready")

    assert await render_next(kit, tables.paper, ready)
    got = await office.client(SYSTEM).get(url)
    assert (got.status_code, got.content[:5]) == (200, b"%PDF-")

    issued = Issued.model_validate((await office.told(no, Issued.TYPE))[0].data)
    paper = DocumentReady.model_validate((await office.told(no, DocumentReady.TYPE))[0].data).paper
    assert paper.content_sha256 == issued.decision.content_sha256
    assert paper.code == issued.decision.code
    stored = (await office.service.execute(tables.paper.select()))[0]
    assert content_sha256(PaperContent.read(stored["content"])) == paper.content_sha256

    gateway = office.service.client(system="gateway", scope="internal")
    verified = await gateway.get(f"/internal/verifications/{paper.code}")
    assert verified.status_code == 200, verified.text
    assert (verified.json()["number"], verified.json()["state"]) == (paper.number, "有效")
    assert verified.json()["content_sha256"] == paper.content_sha256
    missing = await gateway.get("/internal/verifications/" + "0" * 20)
    assert missing.status_code == 404
    stranger = await office.client(SYSTEM).get(f"/internal/verifications/{paper.code}")
    assert stranger.status_code == 403


async def test_feedback_lands_on_the_desk_and_is_acknowledged(office: Office):
    no = await office.issued()
    event = await office.feedback(no)
    await office.service.receive(event, key=no, aggregate="feedback")

    desk = office.client(APPROVER)
    found = (await desk.get("/api/v1/feedback", params={"state": "open", "no": no})).json()["items"]
    assert [(one["id"], one["late"], one["repeats"]) for one in found] == [
        (event.feedback, False, 0)
    ]

    url = f"/api/v1/feedback/{event.feedback}/acknowledgement"
    done = await desk.post(url, json={"note": "已阅"}, headers={"Idempotency-Key": "ack-1"})
    assert done.status_code == 200, done.text
    again = await desk.post(url, json={}, headers={"Idempotency-Key": "ack-2"})
    assert (again.status_code, again.json()["code"]) == (409, "not-allowed-now")

    told = FeedbackAcknowledged.model_validate(
        (await office.told(no, FeedbackAcknowledged.TYPE))[0].data
    )
    assert (told.feedback, told.desk, told.note) == (event.feedback, "zg-park", "已阅")
