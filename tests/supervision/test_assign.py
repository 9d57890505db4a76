"""“Not mine” is settled by the overseer; a regulator keeps one push per decision."""

import asyncio
from collections import Counter

from tests.supervision.builders import OVERSEER, PARK
from tests.supervision.office import CHA, JIAN, OTHER, REGULATOR, Office
from tests.supervision.office import OVERSEER as GU

THIRD = "zg-yingji"


async def test_a_returned_push_goes_where_the_overseer_says(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.post(JIAN, push, "return", {"reason": "不属我局职责", "suggests": OTHER})
    answer = await office.post(GU, push, "assignment", {"regulator": OTHER, "reason": "属发改"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["regulator"]["id"] == OTHER
    assert answer.json()["suggests"] is None
    (told,) = await case.told("reassigned")
    assert (told.data["from_regulator"], told.data["regulator"]) == (REGULATOR, OTHER)
    assert told.data["merged_into"] is None
    assert told.data["viewers"] == sorted([PARK, OVERSEER, REGULATOR, OTHER])
    await office.claimed(push, by=f"{OTHER}-cha")
    history = [one["action"] for one in (await office.get(f"{OTHER}-cha", push))["history"]]
    assert history == ["pushed", "returned", "reassigned", "claimed"]


async def test_the_former_regulator_still_reads_and_no_longer_acts(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.post(GU, push, "assignment", {"regulator": OTHER, "reason": "属发改"})
    assert (await office.get(CHA, push))["allowed"] == []
    assert (await office.post(CHA, push, "claim")).status_code == 403


async def test_the_overseer_may_say_it_is_yours_after_all(office: Office):
    case = await office.pushed()
    push = await case.push()
    unclaimed = {"regulator": REGULATOR, "reason": "职责明确"}
    assert (await office.post(GU, push, "assignment", unclaimed)).status_code == 422
    await office.post(JIAN, push, "return", {"reason": "不属我局职责"})
    assert (await office.post(GU, push, "assignment", unclaimed)).status_code == 200
    await office.claimed(push)


async def test_a_claimed_push_is_not_assigned(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.claimed(push)
    answer = await office.post(GU, push, "assignment", {"regulator": OTHER, "reason": "属发改"})
    assert answer.json()["code"] == "not-allowed-now"


async def test_a_regulator_with_a_push_keeps_one_with_both_histories(office: Office):
    case = await office.pushed(REGULATOR, OTHER)
    source, target = await case.push(REGULATOR), await case.push(OTHER)
    await office.post(JIAN, source, "return", {"reason": "不属我局职责"})
    answer = await office.post(GU, source, "assignment", {"regulator": OTHER, "reason": "属发改"})
    assert (answer.json()["state"], answer.json()["merged_into"]) == ("merged", target)
    (told,) = await case.told("reassigned")
    assert told.data["merged_into"] == target
    kept = await office.get(f"{OTHER}-jian", target)
    assert [one["push"] == source for one in kept["history"]].count(True) == 3
    assert {one["action"] for one in kept["history"]} >= {"returned", "reassigned", "took-in"}
    assert kept["state"] == "pushed"
    assert (await office.get(JIAN, target))["allowed"] == []
    again = await office.post(f"{OTHER}-cha", source, "claim")
    assert again.json()["code"] == "not-allowed-now"


async def test_a_push_merged_twice_over_carries_all_histories(office: Office):
    case = await office.pushed(REGULATOR, OTHER, THIRD)
    one, two, three = [await case.push(org) for org in (REGULATOR, OTHER, THIRD)]
    await office.post(GU, one, "assignment", {"regulator": OTHER, "reason": "属发改"})
    await office.post(GU, two, "assignment", {"regulator": THIRD, "reason": "属应急"})
    kept = await office.get(f"{THIRD}-jian", three)
    assert {step["push"] for step in kept["history"]} == {one, two, three}
    assert (await office.get(JIAN, three))["id"] == three


async def test_two_assignments_at_once_end_in_one_push(office: Office):
    case = await office.pushed(REGULATOR, OTHER)
    source, target = await case.push(REGULATOR), await case.push(OTHER)
    answers = await asyncio.gather(
        office.post(GU, source, "assignment", {"regulator": OTHER, "reason": "甲"}),
        office.post(GU, target, "assignment", {"regulator": REGULATOR, "reason": "乙"}),
    )
    assert Counter(one.status_code for one in answers) == {200: 2}
    states = [(await office.get(GU, one))["state"] for one in (source, target)]
    assert sorted(states) == ["merged", "pushed"]


async def test_only_an_overseer_assigns_and_only_to_whom_the_catalogue_knows(office: Office):
    case = await office.pushed()
    push = await case.push()
    body = {"regulator": OTHER, "reason": "属发改"}
    assert (await office.post(JIAN, push, "assignment", body)).status_code == 403
    unknown = {"regulator": "nobody-here", "reason": "属发改"}
    assert (await office.post(GU, push, "assignment", unknown)).status_code == 422
