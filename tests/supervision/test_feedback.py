"""What was found goes back to the park, once, and who read it shows."""

import asyncio
from datetime import timedelta

import pytest

from eventlog.failures import Missing
from tests.supervision.builders import a_number, an_acknowledgement
from tests.supervision.office import (
    CHA,
    JIAN,
    OTHER,
    REGULATOR,
    XUN,
    Case,
    Office,
    no_problem,
    to_rectify,
)
from tests.supervision.office import OVERSEER as GU


async def an_inspected_case(office: Office) -> tuple[Case, str]:
    case = await office.pushed()
    push = await case.push()
    await office.claimed(push)
    assert (await office.inspected(push)).status_code == 201
    return case, push


async def test_feedback_answers_the_push_and_tells_the_park(office: Office):
    case, push = await an_inspected_case(office)
    answer = await office.post(XUN, push, "feedback", no_problem())
    assert answer.status_code == 201, answer.text
    assert (answer.json()["ordinal"], answer.json()["late"]) == (1, False)
    (told,) = await case.told("feedback")
    assert told.data["feedback"] == answer.json()["id"]
    assert told.data["decision_no"] == "章高新审〔2026〕12号"
    assert [one["id"] for one in told.data["inspectors"]] == [CHA, XUN]
    assert "zg-park" in told.data["viewers"]
    assert (told.aggregate, told.sequence) == (f"feedback:{answer.json()['id']}", 1)
    shown = await office.get("zg-park-sun", push)
    assert (shown["state"], shown["unacknowledged"]) == ("answered", 1)


async def test_feedback_before_the_claim_is_refused(office: Office):
    push = await (await office.pushed()).push()
    answer = await office.post(CHA, push, "feedback", no_problem())
    assert answer.json()["code"] == "not-allowed-now"


async def test_a_finding_without_an_inspection_is_refused(office: Office):
    push = await (await office.pushed()).push()
    await office.claimed(push)
    answer = await office.post(CHA, push, "feedback", no_problem())
    assert answer.json()["rule"] == "nothing-recorded"
    for result in ("transfer", "not-found"):
        body = {"result": result, "summary": "已书面移送"}
        assert (await office.post(CHA, push, "feedback", body)).status_code == 201


async def test_the_same_feedback_twice_is_kept_once(office: Office):
    case, push = await an_inspected_case(office)
    first = await office.post(CHA, push, "feedback", no_problem())
    again = await office.post(JIAN, push, "feedback", no_problem())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await case.told("feedback")) == 1


async def test_the_same_feedback_at_once_is_kept_once(office: Office):
    case, push = await an_inspected_case(office)
    answers = await asyncio.gather(
        *(office.post(CHA, push, "feedback", no_problem()) for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len(await case.told("feedback")) == 1


async def test_two_different_feedbacks_are_both_kept_in_order(office: Office):
    case, push = await an_inspected_case(office)
    await office.post(CHA, push, "feedback", to_rectify("2026-10-20"))
    await office.post(CHA, push, "feedback", no_problem(summary="已整改到位"))
    shown = await office.get(JIAN, push)
    assert [(one["ordinal"], one["result"]) for one in shown["feedback"]] == [
        (1, "rectification"),
        (2, "no-problem"),
    ]
    assert shown["rectification_due"] is None
    first, _ = await case.told("feedback")
    assert first.data["rectification"] == {"required": "补齐台账", "due": "2026-10-20"}


async def test_feedback_after_the_release_is_kept_and_marked_late(office: Office):
    case, push = await an_inspected_case(office)
    await office.post(CHA, push, "release", {"reason": "外出"})
    late = await office.post(CHA, push, "feedback", no_problem())
    assert (late.status_code, late.json()["late"]) == (201, True)
    assert (await office.post(CHA, push, "feedback", no_problem())).status_code == 200
    (told,) = await case.told("feedback")
    assert told.data["late"]
    assert (await office.get(CHA, push))["state"] == "pushed"


async def test_feedback_of_the_former_regulator_is_kept_and_marked_late(office: Office):
    case, push = await an_inspected_case(office)
    await office.post(CHA, push, "return", {"reason": "不属我局职责"})
    await office.post(GU, push, "assignment", {"regulator": OTHER, "reason": "属发改"})
    late = await office.post(CHA, push, "feedback", no_problem())
    assert late.json()["late"]
    (told,) = await case.told("feedback")
    assert (told.data["regulator"], told.data["by"]["org"]) == (OTHER, REGULATOR)
    refused = await office.post(f"{OTHER}-cha", push, "feedback", no_problem())
    assert refused.json()["code"] == "not-allowed-now"


async def test_feedback_past_the_rectification_s_day_is_late(own_office: Office):
    office = own_office
    case, push = await an_inspected_case(office)
    await office.post(CHA, push, "feedback", to_rectify("2026-10-09"))
    office.service.clock.offset += timedelta(days=10)
    assert await late_pushes(office) == [push]
    late = await office.post(CHA, push, "feedback", no_problem(summary="逾期后整改到位"))
    assert late.json()["late"]
    assert await late_pushes(office) == []
    assert [one.data["late"] for one in await case.told("feedback")] == [False, True]


async def late_pushes(office: Office) -> list[str]:
    answer = await office.caller(JIAN).get("/api/v1/pushes", params={"overdue": True})
    return [one["id"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    "body",
    [
        {"result": "rectification", "summary": "台账不全"},
        no_problem(rectification={"required": "补齐", "due": "2026-10-20"}),
        to_rectify("2026-09-29"),
        to_rectify("9999-12-31"),
        no_problem(summary=" "),
        no_problem(result="fine"),
    ],
)
async def test_feedback_that_does_not_add_up_is_refused(office: Office, body: dict[str, object]):
    _, push = await an_inspected_case(office)
    answer = await office.post(CHA, push, "feedback", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_feedback_rests_on_an_inspection_of_its_own_push(office: Office):
    _, push = await an_inspected_case(office)
    _, other = await an_inspected_case(office)
    foreign = (await office.get(CHA, other))["inspections"][0]["id"]
    answer = await office.post(CHA, push, "feedback", no_problem(inspection=foreign))
    assert answer.json()["errors"][0]["field"] == "inspection"
    own = (await office.get(CHA, push))["inspections"][0]["id"]
    answer = await office.post(CHA, push, "feedback", no_problem(inspection=own))
    assert answer.status_code == 201


async def test_the_push_shows_who_acknowledged(office: Office):
    case, push = await an_inspected_case(office)
    feedback = (await office.post(CHA, push, "feedback", no_problem())).json()["id"]
    read = an_acknowledgement(case.no, feedback)
    await office.service.receive(read, key=case.no)
    await office.service.receive(read, key=case.no)
    other = an_acknowledgement(case.no, feedback, desk="zg-renshe")
    await office.service.receive(other, key=case.no)
    shown = await office.get(JIAN, push)
    assert shown["unacknowledged"] == 0
    desks = [one["desk"] for one in shown["feedback"][0]["acknowledgements"]]
    assert sorted(desks) == ["zg-park", "zg-renshe"]


async def test_an_acknowledgement_waits_for_its_feedback(office: Office):
    no = a_number(next(office.serials))
    read = an_acknowledgement(no, "0192f6d0-0000-7000-8000-0000000000ff")
    with pytest.raises(Missing, match="feedback"):
        await office.service.receive(read, key=no)
