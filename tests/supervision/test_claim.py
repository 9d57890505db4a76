"""One officer claims for the regulator; release and “not mine”."""

import asyncio
from collections import Counter

import pytest

from tests.supervision.office import CHA, EIGHT, JIAN, OTHER, REGULATOR, XUN, Office


async def test_of_eight_officers_at_once_one_wins_and_seven_are_told_who(office: Office):
    case = await office.pushed()
    push = await case.push()
    answers = await asyncio.gather(*(office.post(one, push, "claim") for one in EIGHT))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 7}
    winner = next(one.json()["claim"] for one in answers if one.status_code == 200)
    for lost in (one.json() for one in answers if one.status_code == 409):
        assert lost["code"] == "taken-by"
        assert lost["holder"]["id"] == winner["by"]
        assert lost["holder"]["name"] == winner["name"]
    (told,) = await case.told("claimed")
    assert told.data["by"]["id"] == winner["by"]
    assert told.sequence == 2


async def test_the_same_officer_again_gets_the_same_answer(office: Office):
    case = await office.pushed()
    push = await case.push()
    first = await office.post(CHA, push, "claim")
    again = await office.post(CHA, push, "claim")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert len(await case.told("claimed")) == 1


async def test_the_same_key_replays_the_answer(office: Office):
    case = await office.pushed()
    push = await case.push()
    first = await office.post(CHA, push, "claim", key=f"claim-{case.no}")
    again = await office.post(CHA, push, "claim", key=f"claim-{case.no}")
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()


async def test_a_claim_without_a_key_is_refused(office: Office):
    case = await office.pushed()
    answer = await office.caller(CHA).post(f"/api/v1/pushes/{await case.push()}/claim")
    assert answer.json()["code"] == "idempotency-key-missing"


async def test_a_released_push_is_another_s_to_claim(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.claimed(push, by=CHA)
    released = await office.post(CHA, push, "release", {"reason": "外出培训"})
    assert released.json()["state"] == "pushed"
    assert released.json()["claim"] is None
    await office.claimed(push, by=JIAN)
    assert [one.type.split(".")[1] for one in await case.told()] == [
        "pushed",
        "claimed",
        "released",
        "claimed",
    ]


async def test_the_liaison_releases_what_a_colleague_holds(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.claimed(push, by=CHA)
    refused = await office.post(XUN, push, "release", {"reason": "换人"})
    assert refused.json()["code"] == "taken-by"
    assert (await office.post(JIAN, push, "release", {"reason": "换人"})).status_code == 200


async def test_not_mine_waits_for_the_overseer_with_its_reason(office: Office):
    case = await office.pushed()
    push = await case.push()
    body = {"reason": "不属我局职责", "suggests": OTHER}
    answer = await office.post(JIAN, push, "return", body)
    assert answer.json()["state"] == "returned"
    assert answer.json()["suggests"]["id"] == OTHER
    (told,) = await case.told("returned")
    assert told.data["suggests"] == OTHER
    again = await office.post(CHA, push, "claim")
    assert again.json()["code"] == "not-allowed-now"
    assert again.json()["state"] == "returned"
    assert again.json()["allowed"] == ["assign"]


async def test_suggesting_a_stranger_is_invalid(office: Office):
    case = await office.pushed()
    body = {"reason": "不属我局职责", "suggests": "nobody-here"}
    answer = await office.post(JIAN, await case.push(), "return", body)
    assert answer.status_code == 422


async def test_another_organisation_finds_nothing(office: Office):
    case = await office.pushed()
    push = await case.push()
    stranger = f"{OTHER}-cha"
    assert (await office.caller(stranger).get(f"/api/v1/pushes/{push}")).status_code == 404
    for verb, body in [
        ("claim", None),
        ("release", {"reason": "x"}),
        ("return", {"reason": "x"}),
        ("inspections", {"inspectors": ["a"], "inspected_at": "2026-09-30T10:00:00+08:00",
                         "findings": "x"}),
        ("feedback", {"result": "transfer", "summary": "x"}),
    ]:  # fmt: skip
        answer = await office.post(stranger, push, verb, body)
        assert (verb, answer.status_code) == (verb, 404)


@pytest.mark.parametrize("officer", ["zg-park-zhao", "zg-park-sun", "zg-xingzheng-shenpi-gu"])
async def test_who_sees_without_the_seat_does_not_claim(office: Office, officer: str):
    case = await office.pushed()
    push = await case.push()
    assert (await office.get(officer, push))["regulator"]["id"] == REGULATOR
    answer = await office.post(officer, push, "claim")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")


async def test_a_stale_version_is_told_so(office: Office):
    case = await office.pushed()
    push = await case.push()
    shown = await office.caller(CHA).get(f"/api/v1/pushes/{push}")
    assert shown.headers["etag"] == '"1"'
    await office.claimed(push, by=CHA)
    late = await office.post(JIAN, push, "claim", match='"1"')
    assert late.json()["code"] == "changed-meanwhile"
    fresh = await office.post(CHA, push, "release", {"reason": "外出"}, match='"2"')
    assert fresh.headers["etag"] == '"3"'
    odd = await office.post(CHA, push, "claim", match='"x"')
    assert odd.status_code == 412


async def test_the_page_shows_what_the_caller_may_do(office: Office):
    case = await office.pushed()
    push = await case.push()
    assert (await office.get(CHA, push))["allowed"] == ["claim", "return"]
    assert (await office.get("zg-xingzheng-shenpi-gu", push))["allowed"] == ["assign"]
    assert (await office.get("zg-park-sun", push))["allowed"] == []
    await office.claimed(push)
    assert (await office.get(CHA, push))["allowed"] == ["release", "return", "inspect", "feedback"]
