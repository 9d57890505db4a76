from datetime import date

import pytest

from contracts import catalog as contract
from eventlog.envelope import Envelope
from servicekit import events, replica
from servicekit.problems import Problem
from servicekit.replica import Replica
from tests.support.catalogue import organisation, published


@pytest.fixture
def copy(part):
    return Replica(part.kit.engine, part.kit.own)


async def hear(part, event, *, position):
    made = events.envelope(
        part.kit,
        event,
        subject=contract.key_of(event),
        aggregate=contract.key_of(event),
        sequence=event.version,
        at=part.kit.clock.now(),
    ).at(position)
    handler = replica.handlers(part.kit.own)[event.TYPE]
    async with part.kit.engine.begin() as connection:
        await handler(connection, Envelope.from_bytes(made.to_bytes()))


async def complete(part):
    async with part.kit.engine.begin() as connection:
        await replica.complete(connection, part.kit.own)


def named(org, name, *, version=0):
    return organisation(org).model_copy(update={"name": name, "version": version})


async def test_before_the_first_complete_replay_nothing_is_answered(part, copy):
    await hear(part, published([named("zg-park", "甲")])[0], position=1)
    with pytest.raises(Problem) as raised:
        await copy.current()
    assert raised.value.code == "catching-up"


async def test_a_publication_is_seen_whole_or_not_at_all(part, copy):
    await complete(part)
    first, second = published([named("zg-park", "甲"), named("zg-fagai", "乙")])
    await hear(part, first, position=1)
    assert (await copy.refresh()).organisations == {}
    await hear(part, second, position=2)
    assert set((await copy.refresh()).organisations) == {"zg-park", "zg-fagai"}
    assert (await copy.refresh()).position == 2


async def test_what_compaction_left_of_a_publication_is_let_in_by_the_next(part, copy):
    await complete(part)
    first, _ = published([named("zg-park", "甲"), named("zg-fagai", "乙")], publication="p1")
    later = published([named("zg-fagai", "丙", version=1)], publication="p2")[0]
    await hear(part, first, position=1)
    await hear(part, later, position=3)
    found = (await copy.refresh()).organisations
    assert {one.name for one in found.values()} == {"甲", "丙"}


async def test_an_older_state_never_replaces_a_newer_one(part, copy):
    await complete(part)
    await hear(
        part, published([named("zg-park", "新", version=4)], publication="p5")[0], position=9
    )
    await hear(
        part, published([named("zg-park", "旧", version=1)], publication="p2")[0], position=3
    )
    seen = await copy.refresh()
    assert (seen.organisations["zg-park"].name, seen.position) == ("新", 9)


async def test_a_held_key_makes_what_it_touches_answer_503(part, copy):
    await complete(part)
    await hear(part, published([named("zg-park", "甲")])[0], position=1)
    await part.rows(
        "INSERT INTO hold (topic, key, reason, missing, dead, since)"
        " VALUES ('catalog.v1', 'organisation:zg-park', 'x', false, true, now()) RETURNING 1"
    )
    with pytest.raises(Problem) as raised:
        (await copy.refresh()).organisation("zg-park")
    assert raised.value.code == "catching-up"


async def test_officers_and_overseers_are_found(part, copy):
    await complete(part)
    objects = published([organisation("zg-park"), organisation("zg-xingzheng-shenpi")])
    for position, event in enumerate(objects, 1):
        await hear(part, event, position=position)
    seen = await copy.refresh()
    assert await copy.roles("zg-park", "zg-park-sun") == {"approver"}
    assert await copy.roles("zg-park", "nobody") is None
    assert await copy.roles("nowhere", "zg-park-sun") is None
    assert seen.below("zg-government") == {"zg-park", "zg-xingzheng-shenpi"}
    assert seen.below("zg-park") == frozenset()
    assert seen.overseer("zg-park") == "zg-xingzheng-shenpi"
    assert seen.guide_on("zg-01", date(2026, 1, 1)) is None
