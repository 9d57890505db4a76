"""Events that cannot be applied: what waits, what flows, what is waited out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from eventlog.consumer import Consumer
from eventlog.deadletters import DeadLetters, NotHeld
from tests.support.eventually import eventually
from tests.wire.fed import Fed
from tests.wire.part import NEEDS_CAUSE, Part, an_event, passed
from tests.wire.wires import Wire


async def test_a_poisoned_key_waits_and_the_others_flow(part: Part, wire: Wire, publish, consumer):
    topic = await wire.topic()
    part.poisoned.add("bad")
    bad = [an_event("bad") for _ in range(3)]
    good = [an_event(f"good-{number}") for number in range(6)]
    await publish(topic, good[0], bad[0], good[1], good[2], bad[1], *good[3:])
    await publish(topic, bad[2])
    await passed(consumer(topic), 9)
    assert {key for key, _ in await part.effects()} == {event.subject for event in good}
    letters = DeadLetters(part.engine, part.tables, part.handlers)
    (held,) = await letters.list()
    assert (held.topic, held.key, held.dead, held.waiting) == (topic, "bad", True, 3)
    assert "cannot take bad" in held.reason
    assert [one.event_id for one in await letters.show(topic, "bad")] == [one.id for one in bad]
    assert part.calls.count("bad") == 4  # in the batch, and three attempts alone

    part.poisoned.clear()
    freed = await letters.resend(topic, "bad")
    assert (freed.applied, freed.left) == (3, 0)
    wanted = [("bad", event.sequence) for event in bad]
    assert [effect for effect in await part.effects() if effect[0] == "bad"] == wanted
    assert await letters.list() == []
    with pytest.raises(NotHeld):
        await letters.resend(topic, "bad")


async def test_resending_stops_at_the_one_that_fails_and_keeps_it_in_front(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic()
    part.poisoned.add("bad")
    await publish(topic, first := an_event("bad"), second := an_event("bad"))
    await passed(consumer(topic), 2)
    calls = 0

    async def fails_on_the_second(connection, event):
        nonlocal calls
        calls += 1
        part.poisoned.clear()
        if event.id == second.id:
            part.poisoned.add("bad")
        await part.happened(connection, event)

    letters = DeadLetters(part.engine, part.tables, {first.type: fails_on_the_second})
    freed = await letters.resend(topic, "bad")
    assert (freed.applied, freed.left) == (1, 1)
    assert [one.event_id for one in await letters.show(topic, "bad")] == [second.id]
    assert await part.effect_ids() == [first.id]


async def test_a_dropped_event_keeps_its_reason_and_never_takes_effect(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic()
    part.refused.add("bad")
    await publish(topic, first := an_event("bad"), second := an_event("bad"))
    await passed(one := consumer(topic), 2)
    letters = DeadLetters(part.engine, part.tables, part.handlers)
    noted = []

    async def audited(connection):
        noted.append(await connection.scalar(text("SELECT 1")))

    with pytest.raises(ValueError, match="reason and a name"):
        await letters.drop(first.id, reason=" ", name="x")
    await letters.drop(first.id, reason="重复登记", name="张三", audited=audited)
    assert [waiting.event_id for waiting in await letters.show(topic, "bad")] == [second.id]
    part.refused.clear()
    await letters.resend(topic, "bad")
    await publish(topic, first)
    await passed(one, 3)
    assert await part.effect_ids() == [second.id]
    (row,) = await part.rows("SELECT dropped_by, dropped_because FROM parked")
    assert (row.dropped_by, row.dropped_because, noted) == ("张三", "重复登记", [1])


async def test_bytes_that_are_no_event_are_parked_with_their_key(part: Part, wire: Wire, consumer):
    from eventlog.transport import Message

    topic = await wire.topic()
    producer = wire.producer()
    after = an_event("case-1")
    await producer.publish(
        [Message(topic, "case-1", b"{"), Message(topic, "case-1", after.to_bytes())]
    )
    await producer.stop()
    await passed(consumer(topic), 2)
    (held,) = await DeadLetters(part.engine, part.tables, part.handlers).list()
    assert (held.key, held.waiting, held.dead) == ("case-1", 2, True)
    assert await part.effects() == []


async def test_an_effect_before_its_cause_waits_and_is_freed_by_it(
    part: Part, wire: Wire, publish, consumer
):
    causes, topic = await wire.topic(), await wire.topic()
    early, later = an_event("case-1", type_=NEEDS_CAUSE), an_event("case-1", type_=NEEDS_CAUSE)
    await publish(topic, early, later, other := an_event("case-2"))
    one = consumer(causes, topic)
    await passed(one, 3)
    letters = DeadLetters(part.engine, part.tables, part.handlers)
    (held,) = await letters.list()
    assert (held.key, held.missing, held.dead, held.waiting) == ("case-1", True, False, 2)
    assert held.reason == "Missing: case case-1"
    await publish(causes, cause := an_event("case-1"))
    await passed(one, 4)
    assert await part.effect_ids() == [other.id, cause.id, early.id, later.id]
    assert await letters.list() == []


async def test_a_missing_cause_is_a_dead_letter_only_after_a_bound(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic()
    time = [datetime.now(UTC)]
    await publish(topic, an_event("case-1", type_=NEEDS_CAUSE))
    one = consumer(topic, clock=lambda: time[0], missing_bound=timedelta(minutes=10))
    await passed(one, 1)
    letters = DeadLetters(part.engine, part.tables, part.handlers)
    assert [held.dead for held in await letters.list()] == [False]
    time[0] += timedelta(minutes=11)

    async def look() -> list[bool]:
        await one.turn(wait=0.05)
        return [held.dead for held in await letters.list()]

    await eventually(look, lambda dead: dead == [True], within=5)
    await part.do(
        "INSERT INTO effect (event_id, key, sequence) VALUES (gen_random_uuid(), 'case-1', 0)"
    )
    time[0] += timedelta(minutes=2)
    await eventually(look, lambda dead: dead == [], within=5)


async def test_a_batch_with_one_bad_event_is_redone_one_by_one(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic(partitions=1)
    part.refused.add("bad")
    events = [an_event("good-1"), an_event("bad"), an_event("good-2")]
    await publish(topic, *events)
    await passed(consumer(topic), 3)
    assert await part.effect_ids() == [events[0].id, events[2].id]
    assert part.calls == ["good-1", "bad", "good-1", "bad", "good-2"]


async def test_trouble_with_the_server_sets_nothing_aside(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic(partitions=1)
    event, cuts = an_event("case-1"), [1, 2, 3, 4, 5]

    async def cut_off(connection, received):
        if cuts and cuts.pop():
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await part.happened(connection, received)

    await publish(topic, event)
    one = consumer(topic, handlers={event.type: cut_off})
    running = asyncio.create_task(one.run())
    await eventually(part.effect_ids, lambda ids: ids == [event.id])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert cuts == []
    assert await part.count("hold") == 0


RAISE = "DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{}'; END $$"


@pytest.mark.parametrize("state", ["08006", "40001", "40P01", "53300", "57014", "58030"])
async def test_the_servers_own_errors_are_waited_out_however_often(part: Part, state: str):
    left = [None] * 5  # more than the attempts an event has

    async def fails_for_a_while(connection, event):
        if left:
            left.pop()
            await connection.execute(text(RAISE.format(state)))
        await part.happened(connection, event)

    event = an_event("case-1")
    one = Consumer(
        part.engine,
        part.tables,
        Fed([event]),
        ["any"],
        {event.type: fails_for_a_while},
        "group",
        pause=0.001,
    )
    running = asyncio.create_task(one.run())
    await eventually(part.effect_ids, lambda ids: ids == [event.id])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await part.count("hold") == 0


@pytest.mark.parametrize("state", ["22012", "23505", "42P01", "P0001"])
async def test_other_errors_of_the_database_are_the_events_own(part: Part, state: str):
    async def fails(connection, event):
        await connection.execute(text(RAISE.format(state)))

    event = an_event("case-1")
    one = Consumer(
        part.engine, part.tables, Fed([event]), ["any"], {event.type: fails}, "group", pause=0.001
    )
    await passed(one, 1)
    await one.close()
    (row,) = await part.rows("SELECT reason, dead FROM hold")
    assert "planted" in row.reason
    assert row.dead
