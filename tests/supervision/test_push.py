"""A decision reaches each competent regulator once, by itself."""

import asyncio

import pytest

from eventlog.failures import Missing, Refused
from tests.supervision.builders import (
    OVERSEER,
    PARK,
    a_number,
    a_paper,
    a_revoked,
    an_issued,
)
from tests.supervision.office import JIAN, OTHER, REGULATOR, Office


async def test_each_competent_regulator_gets_one_push(office: Office):
    case = await office.pushed(REGULATOR, OTHER)
    told = await case.told("pushed")
    assert [one.data["regulator"] for one in told] == [REGULATOR, OTHER]
    assert told[0].data["viewers"] == sorted([REGULATOR, PARK, OVERSEER])
    assert told[0].aggregate == f"push:{await case.push()}"


async def test_the_same_event_twice_makes_one_push(office: Office):
    no = a_number(next(office.serials))
    envelope = await office.service.receive(an_issued(no, REGULATOR), key=no)
    assert not await office.service.redeliver(envelope)
    assert len([one for one in await office.service.told() if one.subject == no]) == 1


async def test_the_same_decision_under_a_new_event_id_makes_no_second_push(office: Office):
    case = await office.pushed()
    await office.service.receive(an_issued(case.no, REGULATOR), key=case.no)
    assert len(await case.told("pushed")) == 1
    assert len(await case.pushes(REGULATOR)) == 1


async def test_a_repeat_after_reassignment_makes_no_second_push(office: Office):
    case = await office.pushed()
    push = await case.push()
    await office.post(JIAN, push, "return", {"reason": "不属我局职责", "suggests": OTHER})
    body = {"regulator": OTHER, "reason": "属发改部门"}
    assert (await office.post(f"{OVERSEER}-gu", push, "assignment", body)).status_code == 200
    await office.service.receive(an_issued(case.no, REGULATOR), key=case.no)
    assert len(await case.told("pushed")) == 1


async def test_two_deliveries_at_once_make_one_push(office: Office):
    no = a_number(next(office.serials))
    await asyncio.gather(
        *(office.service.receive(an_issued(no, REGULATOR), key=no) for _ in range(4))
    )
    assert len([one for one in await office.service.told() if one.subject == no]) == 1


async def test_a_revocation_makes_a_new_push_with_the_decision_s_facts(office: Office):
    case = await office.pushed()
    first = await case.push()
    await office.service.receive(a_revoked(case.no, REGULATOR), key=case.no, sequence=2)
    (again,) = [one for one in await case.pushes(REGULATOR) if one["id"] != first]
    assert again["cause"] == "revoked"
    assert again["company"]["name"] == "赣州青峰药业有限公司"
    shown = await office.get(JIAN, again["id"])
    assert shown["decision"]["revocation"]["reason"] == "以欺骗手段取得"
    assert [one.data["cause"] for one in await case.told("pushed")] == ["issued", "revoked"]


async def test_a_revocation_waits_for_its_decision(office: Office):
    no = a_number(next(office.serials))
    with pytest.raises(Missing, match=no):
        await office.service.receive(a_revoked(no, REGULATOR), key=no)


async def test_an_unreadable_decision_is_refused(office: Office):
    no = a_number(next(office.serials))
    broken = an_issued(no, REGULATOR).model_copy(update={"regulators": 7})
    with pytest.warns(UserWarning, match="serialized"), pytest.raises(Refused):
        await office.service.receive(broken, key=no)


async def test_the_decider_sees_a_push_when_it_is_not_the_park(office: Office):
    case = await office.pushed(decides="zg-renshe")
    assert "zg-renshe" in (await case.told("pushed"))[0].data["viewers"]


async def test_the_decision_s_paper_shows_on_the_push_whenever_it_comes(office: Office):
    case = await office.pushed()
    push = await case.push()
    before = await office.get(JIAN, push)
    await office.service.receive(a_paper(case.no), key=case.no, sequence=3)
    after = await office.get(JIAN, push)
    assert after["version"] == before["version"]
    (paper,) = after["papers"]
    assert paper["of_decision"]
    assert paper["href"] == f"/api/v1/cases/{case.no}/documents/{paper['id']}"


async def test_a_rehearsal_stays_marked_to_the_end(office: Office):
    case = await office.pushed(rehearsal=True)
    (told,) = await case.told()
    assert told.rehearsal
    assert told.subject.startswith("YL")
    assert (await office.get(JIAN, await case.push()))["rehearsal"]
