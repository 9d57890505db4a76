"""An accepted filing opens one case, however it is told, and only on a catalogue that knows it."""

import pytest
from sqlalchemy import select

from contracts.approval import Opened
from eventlog.failures import Missing, Refused
from services.approval.adapters import tables
from tests.approval.builders import REVIEWER, WINDOW, Power, accepted
from tests.approval.office import Office

PEOPLE = {"contact": {"name": "王小明", "phone": "13800001234"}}


async def test_told_again_it_stays_one_case(office: Office):
    power = Power()
    await office.learn(power)
    event = accepted(await office.catalogue(), power.item_id)
    no = event.filing.no
    first = await office.service.receive(event, key=no, sequence=2)
    assert not await office.service.redeliver(first)
    await office.service.receive(event, key=no, sequence=2)
    assert await office.types(no) == ["approval.opened.v1"]
    assert len((await office.read(REVIEWER, no))["steps"]) == 1


async def test_silence_opens_it_from_the_day_of_receipt(office: Office):
    no = await office.opened(by_silence=True)
    [step] = (await office.read(REVIEWER, no))["steps"]
    assert (step["by"]["role"], "视为受理" in step["ground"]) == ("system", True)


async def test_the_case_keeps_its_guide_and_its_answer(office: Office):
    power = Power()
    no = await office.opened(power)
    power.guide = power.guide.model_copy(update={"promised_days": 1, "statutory_days": 2})
    power.guide = power.guide.model_copy(update={"id": f"{power.item_id}:2", "guide_version": 2})
    await office.learn(power)
    case = await office.read(REVIEWER, no)
    assert (case["guide_version"], case["deadlines"]["statutory"]["total"]) == (1, 20)
    assert case["competence"]["granted"]
    assert case["competence"]["catalog_position"] > 0
    assert case["competence"]["reasons"]


async def test_what_the_catalogue_does_not_know_yet_is_waited_for(office: Office):
    power = Power()
    await office.learn(power)
    event = accepted(await office.catalogue(), power.item_id)
    unknown = {
        "guide_version": 9,
        "item": "fx-unheard-of",
        "competence": event.filing.competence.model_copy(update={"delegation": "x:zg-park"}),
    }
    for field, value in unknown.items():
        filing = event.filing.model_copy(update={field: value})
        with pytest.raises(Missing):
            await office.service.receive(
                event.model_copy(update={"filing": filing}), key=filing.no, sequence=2
            )


async def test_a_filing_without_a_power_is_refused_for_good(office: Office):
    power = Power()
    await office.learn(power)
    event = accepted(await office.catalogue(), power.item_id)
    without = event.filing.competence.model_copy(update={"granted": False})
    filing = event.filing.model_copy(update={"competence": without})
    with pytest.raises(Refused):
        await office.service.receive(
            event.model_copy(update={"filing": filing}), key=filing.no, sequence=2
        )


async def test_natural_persons_are_sealed_and_read_by_the_regulator_alone(office: Office):
    power = Power()
    await office.learn(power)
    event = accepted(await office.catalogue(), power.item_id)
    no = event.filing.no
    sealed = office.service.kit.vault.seal("exchange", PEOPLE, context=f"filing:{no}")
    filing = event.filing.model_copy(update={"personal": sealed})
    await office.service.receive(event.model_copy(update={"filing": filing}), key=no, sequence=2)

    row = (await office.service.execute(tables.case.select().where(tables.case.c.no == no)))[0]
    assert "13800001234" not in str(dict(row))
    told = Opened.model_validate((await office.told(no))[0].data)
    assert "王小明" not in told.model_dump_json()

    got = await office.client("zg-gongxin-cha").get(f"/api/v1/cases/{no}/contact")
    assert (got.status_code, got.json()) == (200, PEOPLE)
    for who, status in ((WINDOW, 403), ("zg-yingji-cha", 404)):
        answer = await office.client(who).get(f"/api/v1/cases/{no}/contact")
        assert answer.status_code == status
    audit = tables.kit_tables.audit
    lines = await office.service.execute(
        select(audit.c.actor).where(audit.c.action == "case.contact-read", audit.c.object == no)
    )
    assert [one["actor"] for one in lines] == ["zg-gongxin-cha"]
