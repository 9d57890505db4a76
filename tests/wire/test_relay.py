"""From the outbox to the log: in order, at least once, whoever dies."""

import asyncio

import pytest
from sqlalchemy import text

from eventlog import direct, outbox
from eventlog.envelope import Envelope
from eventlog.relay import NotPublished
from eventlog.transport import Health, Published
from eventlog.wake import notify_soon
from tests.support.eventually import eventually
from tests.wire.part import Part, an_event
from tests.wire.wires import CutAfterPublishing, Wire, records, sequences

ARCHIVE = "SELECT position, event_id, body FROM event ORDER BY position"


async def test_what_is_written_is_sent_and_archived_in_order(part: Part, wire: Wire, relay):
    topic = await wire.topic()
    events = [an_event(f"case-{number % 3}") for number in range(10)]
    await part.write(topic, *events)
    one = relay(batch=4)
    assert [await one.step() for _ in range(4)] == [4, 4, 2, 0]
    archive = await part.rows(ARCHIVE)
    assert [row.position for row in archive] == list(range(1, 11))
    assert [row.event_id for row in archive] == [event.id for event in events]
    found = await records(wire, topic, at_least=10)
    for key in ("case-0", "case-1", "case-2"):
        written = [event.sequence for event in events if event.subject == key]
        assert sequences(found, key) == written
    assert await part.count("outbox") == 0


async def test_a_session_that_dies_between_publishing_and_moving_doubles_on_the_topic_only(
    part: Part, wire: Wire, relay, consumer
):
    topic = await wire.topic()
    events = [an_event("case-1") for _ in range(3)]
    await part.write(topic, *events)
    one = relay(CutAfterPublishing(wire.producer(), part, "relay wire"))
    running = asyncio.create_task(one.run())
    await eventually(lambda: part.count("outbox"), lambda left: left == 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    found = await records(wire, topic, at_least=6)
    assert sequences(found, "case-1") == [event.sequence for event in events] * 2
    assert [row.position for row in await part.rows(ARCHIVE)] == [1, 2, 3]
    reading = consumer(topic)
    for _ in range(100):
        await reading.turn(wait=0.1)
        if sum(reading.positions.values()) == 6:
            break
    assert await part.effects() == [("case-1", event.sequence) for event in events]


async def test_two_relays_take_turns_and_keep_the_order(part: Part, wire: Wire, relay):
    topic = await wire.topic()
    pair = [relay(batch=5, name=name, poll=0.005) for name in ("one", "two")]
    running = [asyncio.create_task(one.run()) for one in pair]
    events = [an_event(f"case-{number % 4}") for number in range(120)]
    for number, event in enumerate(events):
        await part.write(topic, event)
        if number == 60:
            await eventually(lambda: _states(pair), lambda states: "active" in states)
            assert (await _states(pair)).count("active") == 1
            leader = next(one for one in pair if one.lease.state == "active")
            await part.cut("relay one" if leader is pair[0] else "relay two")
    await eventually(lambda: part.count("outbox"), lambda left: left == 0)
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    found = await records(wire, topic, at_least=120)
    for key in {event.subject for event in events}:
        first_seen = list(dict.fromkeys(sequences(found, key)))
        assert first_seen == [event.sequence for event in events if event.subject == key]
    assert await part.count("event") == 120


async def _states(relays) -> list[str]:
    return [one.lease.state for one in relays]


async def test_a_late_commit_with_a_lower_id_is_sent_before_what_follows_it(
    part: Part, wire: Wire, relay
):
    topic = await wire.topic()
    one = relay()
    late, other, after = an_event("late"), an_event("other"), an_event("late")
    async with part.engine.connect() as slow:
        transaction = await slow.begin()
        await outbox.add(slow, topic=topic, key="late", envelope=late)
        await part.write(topic, other)
        assert await one.step() == 1
        await transaction.commit()
    await part.write(topic, after)
    assert await one.step() == 2
    found = await records(wire, topic, at_least=3)
    assert sequences(found, "late") == [late.sequence, after.sequence]
    assert [row.position for row in await part.rows(ARCHIVE)] == [1, 2, 3]


async def test_a_rolled_back_id_is_not_waited_for(part: Part, wire: Wire, relay):
    topic = await wire.topic()
    async with part.engine.connect() as connection:
        await outbox.add(connection, topic=topic, key="1", envelope=an_event("1"))
        await connection.rollback()
    await part.write(topic, an_event("2"))
    assert await relay().step() == 1


async def test_the_catalogue_carries_its_position_and_keeps_it_over_a_crash(
    part: Part, wire: Wire, relay
):
    topic = await wire.topic(partitions=1)
    first, second = an_event("item:zg-01"), an_event("item:zg-02")
    await part.write(topic, first)
    async with part.engine.connect() as slow:
        transaction = await slow.begin()
        early = an_event("item:zg-00")
        await outbox.add(slow, topic=topic, key=early.subject, envelope=early)
        await part.write(topic, second)
        one = relay(CutAfterPublishing(wire.producer(), part, "relay wire"), stamped={topic})
        with pytest.raises(direct.BROKEN):
            await one.step()
        await transaction.commit()
    # `early` has the lowest id left, and yet the two that were sent keep what they were sent with
    assert [await one.step() for _ in range(3)] == [2, 1, 0]
    sent = [Envelope.from_bytes(one.value) for one in await records(wire, topic, at_least=5)]
    assert [(event.id, event.position) for event in sent] == [
        (first.id, 1),
        (second.id, 2),
        (first.id, 1),
        (second.id, 2),
        (early.id, 3),
    ]
    archived = await part.rows(ARCHIVE)
    assert [Envelope.from_bytes(row.body).position for row in archived] == [1, 2, 3]
    assert [row.position for row in archived] == [1, 2, 3]


class Hesitant:
    """A log that confirms only the first of what it is given."""

    async def start(self):
        return None

    async def publish(self, messages):
        return Published(1, ConnectionError("the rest is in doubt"))

    async def prune(self):
        return 0

    async def stop(self):
        return None

    def health(self):
        return Health("hesitant", True)


async def test_what_is_not_confirmed_stays_and_nothing_goes_past_it(part: Part, relay):
    await part.write("anywhere", an_event("1"), an_event("1"), an_event("2"))
    one = relay(Hesitant())
    for left in (2, 1, 0):
        with pytest.raises(NotPublished):
            await one.step()
        assert await part.count("outbox") == left


async def test_a_notice_wakes_a_relay_that_sleeps_long(part: Part, wire: Wire, relay):
    topic = await wire.topic()
    one = relay(poll=60.0)
    running = asyncio.create_task(one.run())
    await eventually(lambda: _states([one]), lambda states: states == ["active"])
    before = one.last_turn
    await eventually(lambda: _turned(one), lambda turned: turned >= before)
    await part.write(topic, an_event("1"))
    for _ in range(50):
        notify_soon(part.engine)
    await eventually(lambda: part.count("outbox"), lambda left: left == 0, within=5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _turned(one) -> float:
    return one.last_turn


async def test_an_unknown_topic_is_not_made_by_accident(part: Part, wire: Wire, relay):
    await part.write("never-made.v1", an_event("1"))
    one = relay()
    stepping = asyncio.create_task(one.step())
    done, _ = await asyncio.wait([stepping], timeout=8)
    if done:
        assert isinstance(stepping.exception(), NotPublished)
    stepping.cancel()
    await asyncio.gather(stepping, return_exceptions=True)
    async with part.owner.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM outbox")) == 1
