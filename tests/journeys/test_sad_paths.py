"""What does not go as hoped, through the gateway: refused, corrected, withdrawn, denied, not mine,
answered with an order to put right.
"""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.journeys.people import PLATFORM, Journey, People, problem
from tests.support.eventually import eventually
from tests.support.system import System

pytestmark = pytest.mark.parametrize("zhanggong", ["postgres"], indirect=True)

ITEM = "zg-01"
"""备案, granted by and supervised by the environment bureau; reviewed and decided in the park."""
REGULATOR, OTHER = "zg-shengtai", "zg-shuili"
WINDOW, REVIEWER, APPROVER, SEALER = (f"zg-park-{name}" for name in ("chen", "zhao", "sun", "zhou"))
OVERSEER = "zg-xingzheng-shenpi-gu"


@pytest.fixture
async def journey(zhanggong: System, people: People) -> Journey:
    """A filing that was not handed in yet."""
    return await people.journey(ITEM, f"SAD-{zhanggong.number('sad')}")


async def do(people: People, who: str, path: str, body: Any = None) -> httpx.Response:
    return await people.answer("POST", who, f"/api/v1/{path}", body or {}, key=str(uuid4()))


async def must(people: People, who: str, path: str, body: Any = None) -> Any:
    """The JSON of a POST that succeeds, once its case is there."""
    answer = await eventually(
        lambda: do(people, who, path, body),
        lambda got: got.status_code != 404 or got.json()["code"] != "case-not-yet-here",
    )
    assert answer.is_success, answer.text
    return answer.json()


async def accepted(journey: Journey) -> str:
    filing = await journey.filed()
    await journey.accepted(filing)
    return str(filing["no"])


async def papers_of(people: People, no: str) -> dict[str, dict[str, Any]]:
    """The filing's papers by kind, when all are rendered."""
    found: list[dict[str, Any]] = await eventually(
        lambda: people.get(PLATFORM, f"/api/v1/filings/{no}/documents"),
        lambda seen: bool(seen) and all(one["ready"] for one in seen),
    )
    return {one["kind"]: one for one in found}


async def test_outside_the_line_it_is_refused_with_the_right_authority_and_a_paper(
    people: People, journey: Journey
):
    form = await journey.form()
    form["project"]["place"] = {"longitude": 114.0, "latitude": 25.0}
    answer = await do(people, PLATFORM, "filings", form)
    assert problem(answer) == (422, "outside-competence")
    said = answer.json()
    assert said["right_authority"]["id"] == REGULATOR, said
    papers = await papers_of(people, said["no"])
    assert set(papers) == {"refusal"}
    (code,) = {one["code"] for one in papers.values()}
    verified = await people.answer("GET", None, f"/api/v1/verifications/{code}")
    assert (verified.status_code, verified.json()["kind"]) == (200, "refusal")
    filing = await people.get(PLATFORM, f"/api/v1/filings/{said['no']}")
    assert filing["status"] == "refused"


async def test_what_is_missing_is_asked_for_once_and_then_accepted(
    zhanggong: System, people: People, journey: Journey
):
    form = await journey.form()
    material, *others = form["materials"]
    filed = await must(people, PLATFORM, "filings", {**form, "materials": others})
    no = filed["no"]
    assert [one["requirement"] for one in filed["missing_materials"]] == [material["requirement"]]
    missing = [{"text": "缺少申请材料", "requirement": material["requirement"]}]
    asked = await must(people, WINDOW, f"filings/{no}/correction-notice", {"missing": missing})
    assert asked["status"] == "correction-asked"
    again = await do(people, WINDOW, f"filings/{no}/correction-notice", {"missing": missing})
    assert problem(again) == (409, "not-allowed-now")
    corrected = await must(people, PLATFORM, f"filings/{no}/corrections", {"materials": [material]})
    assert (corrected["status"], corrected["missing_materials"]) == ("received", [])
    await must(people, WINDOW, f"filings/{no}/acceptance")
    assert set(await papers_of(people, no)) == {"correction", "acceptance"}
    journey.row.no = no
    case = await journey.issued(no)
    assert case["decision"]["outcome"] == "granted"


async def test_an_applicant_withdraws_before_acceptance(people: People, journey: Journey):
    no = (await journey.filed())["no"]
    gone = await must(people, PLATFORM, f"filings/{no}/withdrawal", {"reason": "项目调整"})
    assert gone["status"] == "withdrawn"
    late = await do(people, WINDOW, f"filings/{no}/acceptance")
    assert problem(late) == (409, "not-allowed-now")


async def test_an_applicant_withdraws_after_acceptance_at_the_case(
    people: People, journey: Journey
):
    no = await accepted(journey)
    late = await do(people, PLATFORM, f"filings/{no}/withdrawal", {"reason": "项目调整"})
    assert problem(late) == (409, "not-allowed-now")
    assert f"/api/v1/cases/{no}/withdrawal" in late.json()["next_step"]
    gone = await must(people, PLATFORM, f"cases/{no}/withdrawal", {"reason": "项目调整"})
    assert gone["status"] == "withdrawn"
    await eventually(
        lambda: people.get(PLATFORM, f"/api/v1/filings/{no}"),
        lambda filing: filing["case_status"] == "withdrawn",
    )
    refused = await do(
        people, REVIEWER, f"cases/{no}/review", {"opinion": "可", "recommends": "grant"}
    )
    assert problem(refused) == (409, "not-allowed-now")


async def test_a_denial_has_reasons_and_remedies_and_is_not_pushed(
    zhanggong: System, people: People, journey: Journey
):
    no = await accepted(journey)
    await must(people, REVIEWER, f"cases/{no}/review", {"opinion": "不符", "recommends": "deny"})
    bare = await do(people, APPROVER, f"cases/{no}/denial", {"grounds": "条例", "reasons": []})
    assert problem(bare) == (422, "invalid")
    reasons = {"grounds": "《突发环境事件应急管理办法》", "reasons": ["应急预案未经评审"]}
    await must(people, APPROVER, f"cases/{no}/denial", reasons)
    seal = journey.place.staff.seal("zg-park", "park-approval", journey.place.today)
    denied = await must(people, SEALER, f"cases/{no}/seal", {"seal": seal})
    assert denied["status"] == "denied"
    assert denied["decision"]["reasons"] == ["应急预案未经评审"]
    (remedies,) = denied["decision"]["remedies"]
    assert "行政复议" in remedies
    assert "行政诉讼" in remedies
    later = await people.journey(ITEM, f"SAD-{zhanggong.number('sad')}")
    row = await later.run()
    assert row.failed is None
    pushed = "SELECT count(*) FROM push WHERE no = $1"
    assert await zhanggong.value("supervision", pushed, row.no) == 1
    assert await zhanggong.value("supervision", pushed, no) == 0


async def test_what_is_not_mine_is_assigned_by_the_overseer(people: People, journey: Journey):
    no = await accepted(journey)
    await journey.issued(no)
    push = (await journey.pushed(f"{REGULATOR}-jian", no))["id"]
    returned = await must(
        people,
        f"{REGULATOR}-jian",
        f"pushes/{push}/return",
        {"reason": "不属我局职责", "suggests": OTHER},
    )
    assert returned["state"] == "returned"
    given = {"regulator": OTHER, "reason": "属水利"}
    early = await do(people, f"{REGULATOR}-jian", f"pushes/{push}/assignment", given)
    assert problem(early) == (403, "not-your-seat")
    assigned = await must(people, OVERSEER, f"pushes/{push}/assignment", given)
    assert assigned["regulator"]["id"] == OTHER
    claimed = await must(people, f"{OTHER}-cha", f"pushes/{push}/claim")
    assert claimed["claim"]["by"] == f"{OTHER}-cha"
    case = await eventually(
        lambda: people.answer("GET", f"{OTHER}-cha", f"/api/v1/cases/{no}"),
        lambda answer: answer.status_code == 200,
    )
    assert case.json()["seats"]["supervises"] == [OTHER]


async def test_an_order_to_put_right_reaches_the_desks_and_is_acknowledged(
    zhanggong: System, people: People
):
    journey = await people.journey("zg-w1", f"SAD-{zhanggong.number('sad')}")
    no = await accepted(journey)
    case = await journey.issued(no)
    (regulator,) = case["seats"]["supervises"]
    decider = case["seats"]["decides"]
    inspector = f"{regulator}-cha"
    push = (await journey.pushed(inspector, no))["id"]
    await must(people, inspector, f"pushes/{push}/claim")
    await must(
        people,
        inspector,
        f"pushes/{push}/inspections",
        {
            "inspectors": [f"{regulator}-cha", f"{regulator}-xun"],
            "inspected_at": (await people.get(inspector, "/development/clock"))["now"],
            "findings": "台账不全",
        },
    )
    due = (journey.place.today + timedelta(days=30)).isoformat()
    await must(
        people,
        inspector,
        f"pushes/{push}/feedback",
        {
            "result": "rectification",
            "summary": "台账不全",
            "rectification": {"required": "补齐台账", "due": due},
        },
    )
    for desk in (WINDOW, f"{decider}-jue"):
        feedback = await on_desk(people, desk, no)
        assert feedback["state"] == "open"
        assert date.fromisoformat(feedback["rectification"]["due"]).isoformat() == due
        done = await must(
            people, desk, f"feedback/{feedback['id']}/acknowledgement", {"note": "督促整改"}
        )
        assert done["state"] == "acknowledged"
    whole = await eventually(
        lambda: people.get(inspector, f"/api/v1/pushes/{push}"),
        lambda seen: seen["unacknowledged"] == 0,
    )
    assert whole["rectification_due"] == due


async def test_the_feed_shows_an_officer_their_cases_and_nobody_elses(
    people: People, journey: Journey
):
    no = await accepted(journey)
    await journey.issued(no)
    await journey.pushed(f"{REGULATOR}-jian", no)
    assert no in await cases_in_feed(people, REVIEWER)
    assert no in await cases_in_feed(people, f"{REGULATOR}-jian")
    assert no not in await cases_in_feed(people, f"{OTHER}-jian")
    hidden = await people.answer("GET", f"{OTHER}-jian", f"/api/v1/filings/{no}/timeline")
    assert problem(hidden) == (404, "not-found")


async def test_the_stream_tells_the_park_at_once(zhanggong: System, people: People):
    journey = await people.journey(ITEM, f"SAD-{zhanggong.number('sad')}")
    headers = {"Authorization": f"Bearer {await people.token(REVIEWER)}"}
    stranger = {"Authorization": f"Bearer {await people.token(f'{OTHER}-jian')}"}
    async with httpx.AsyncClient(base_url=zhanggong.url, trust_env=False, timeout=30) as client:
        path = "/api/v1/events/stream"
        async with (
            client.stream("GET", path, headers=headers) as ours,
            client.stream("GET", path, headers=stranger) as theirs,
        ):
            mine, others = ours.aiter_lines(), theirs.aiter_lines()
            assert await anext(mine) == await anext(others) == "retry: 2000"
            no = await accepted(journey)
            foreign = await people.journey("zg-25", f"SAD-{zhanggong.number('sad')}")
            await foreign.run()
            seen = [one async for one in until(mine, no, "approval.opened.v1")]
            assert {one["type"] for one in seen if one["subject"] == no} >= {
                "intake.accepted.v1",
                "approval.opened.v1",
            }
            told = [
                one async for one in until(others, str(foreign.row.no), "supervision.feedback.v1")
            ]
            assert no not in {one["subject"] for one in told}


async def test_anybody_may_verify_a_paper_on_its_page(people: People, journey: Journey):
    no = await accepted(journey)
    case = await journey.issued(no)
    code = case["decision"]["code"]
    page = await people.answer("GET", None, f"/verify/{code}")
    assert page.status_code == 200
    assert case["decision"]["no"] in page.text
    unknown = await people.answer("GET", None, "/verify/0000-0000-0000-0000-0000")
    assert unknown.status_code in {200, 404}
    assert case["decision"]["no"] not in unknown.text


async def on_desk(people: People, who: str, no: str) -> dict[str, Any]:
    """The one feedback of the case on this officer's desk."""
    page = await eventually(
        lambda: people.get(who, "/api/v1/feedback", no=no),
        lambda seen: len(seen["items"]) == 1,
    )
    (feedback,) = page["items"]
    return dict(feedback)


async def cases_in_feed(people: People, who: str) -> set[str]:
    """The case numbers in everything this officer may read, from the beginning."""
    found: set[str] = set()
    after: dict[str, str] = {}
    while True:
        page = await people.get(who, "/api/v1/events", limit=400, **after)
        found |= {one["subject"] for one in page["events"]}
        if not page["more"]:
            return found
        after = {"after": page["next"]}


async def until(lines, no: str, type_: str):
    """The stream's events up to this one."""
    async for line in lines:
        if line.startswith("data: "):
            event = json.loads(line.removeprefix("data: "))
            yield event
            if (event["subject"], event["type"]) == (no, type_):
                return
