"""From the log to an effect: once, in the order of the key, whoever dies."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from eventlog.consumer import Consumer, has_replayed
from eventlog.deadletters import DeadLetters, NotHeld
from eventlog.effects import Effects, Lost
from eventlog.failures import OutOfRange, Stopped
from eventlog.transport import Health, Place, Record
from tests.support.eventually import eventually
from tests.wire.part import NEEDS_CAUSE, Part, an_event
from tests.wire.wires import KafkaWire, Wire


async def passed(one: Consumer, count: int) -> None:
    """Turns the consumer until its positions add up to `count`."""
    async with asyncio.timeout(20):
        while sum(one.positions.values()) < count:
            await one.turn(wait=0.05)


async def test_each_event_takes_effect_in_the_order_of_its_key(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic()
    events = [an_event(f"case-{number % 5}") for number in range(40)]
    await publish(topic, *events)
    await passed(consumer(topic), 40)
    effects = await part.effects()
    assert len(effects) == 40
    for key in {event.subject for event in events}:
        wanted = [event.sequence for event in events if event.subject == key]
        assert [sequence for of, sequence in effects if of == key] == wanted


async def test_an_event_delivered_again_has_one_effect(part: Part, wire: Wire, publish, consumer):
    topic = await wire.topic()
    event = an_event("case-1")
    await publish(topic, event, event)
    await publish(topic, event)
    await passed(consumer(topic), 3)
    assert await part.effect_ids() == [event.id]


async def test_without_the_inbox_the_same_delivery_doubles(
    part: Part, wire: Wire, publish, consumer
):
    await part.do("ALTER TABLE inbox DROP CONSTRAINT inbox_pkey")
    topic = await wire.topic()
    event = an_event("case-1")
    await publish(topic, event)
    await passed(one := consumer(topic), 1)
    await publish(topic, event)
    await passed(one, 2)
    assert await part.effect_ids() == [event.id, event.id]


async def test_another_log_is_read_from_its_start_and_the_inbox_absorbs_it(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic()
    events = [an_event("case-1") for _ in range(4)]
    await publish(topic, *events)
    await passed(one := consumer(topic), 4)
    await one.close()
    await part.do("UPDATE position SET log_id = 'the log that was lost'")
    await publish(topic, new := an_event("case-1"))
    await passed(consumer(topic, group="another"), 5)
    assert await part.effect_ids() == [*(event.id for event in events), new.id]
    assert len(await part.rows("SELECT DISTINCT log_id FROM position")) == 2


async def test_a_type_nobody_handles_is_passed_over(part: Part, wire: Wire, publish, consumer):
    topic = await wire.topic()
    await publish(topic, an_event("1", type_="wire.novelty.v9"), known := an_event("1"))
    await passed(consumer(topic), 2)
    assert await part.effect_ids() == [known.id]
    assert await part.count("parked") == 0


async def test_of_two_owners_at_once_one_wins(part: Part):
    effects = Effects(
        part.engine, part.tables, part.handlers, "log", _now, 20, timedelta(minutes=1)
    )
    place = Place("any", 0)
    assert (await effects.stored(place, first=0)).position == 0
    record = Record("any", 0, 0, "case-1", an_event("case-1").to_bytes())
    outcomes = await asyncio.gather(
        *(effects.take(place, 0, [record]) for _ in range(4)), return_exceptions=True
    )
    assert outcomes.count(1) == 1
    assert sum(isinstance(outcome, Lost) for outcome in outcomes) == 3
    assert part.calls == ["case-1"]


async def test_the_loser_goes_on_where_the_winner_stands(part: Part, wire: Wire, publish, consumer):
    topic = await wire.topic(partitions=1)
    first, second, third = (an_event("case-1") for _ in range(3))
    await publish(topic, first)
    await passed(slow := consumer(topic), 1)
    await part.do("UPDATE position SET position = 2")  # another owner took the second
    await publish(topic, second, third)
    await passed(slow, 3)
    assert await part.effect_ids() == [first.id, third.id]


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


class Fed:
    """A reader of one place holding these events, for what no transport changes."""

    place = Place("any", 0)

    def __init__(self, events) -> None:
        self._records = [
            Record("any", 0, offset, event.subject, event.to_bytes())
            for offset, event in enumerate(events)
        ]
        self._next = 0

    async def start(self, topics, group, revoked) -> None:
        return None

    async def log_id(self) -> str:
        return "log"

    def assigned(self) -> frozenset[Place]:
        return frozenset({self.place})

    async def bounds(self, places):
        return dict.fromkeys(places, (0, len(self._records)))

    def seek(self, place: Place, offset: int) -> bool:
        self._next = offset
        return True

    async def fetch(self, wait: float, limit: int):
        found, self._next = self._records[self._next :], len(self._records)
        if not found:
            await asyncio.sleep(wait)
        return {self.place: found} if found else {}

    def note(self, positions) -> None:
        return None

    async def stop(self) -> None:
        return None

    def health(self) -> Health:
        return Health("fed", True)


async def test_too_many_failures_in_a_minute_stop_the_consumer(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic(partitions=1)
    keys = [f"case-{number}" for number in range(6)]
    part.refused.update(keys)
    await publish(topic, *(an_event(key) for key in keys))
    one = consumer(topic, holds_per_minute=3)
    running = asyncio.create_task(one.run())
    await eventually(lambda: _alarm(one), lambda alarm: alarm is not None)
    assert "3 keys failed within a minute" in (one.alarm or "")
    assert await part.count("hold") == 3
    (row,) = await part.rows("SELECT position FROM position")
    assert row.position == 3
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    part.refused.clear()  # mended: the rest flows, what was parked waits for an operator
    await passed(consumer(topic, group="after"), 6)
    assert [key for key, _ in await part.effects()] == keys[3:]


async def _alarm(one: Consumer) -> str | None:
    return one.alarm


async def test_a_position_the_log_does_not_hold_is_an_alarm_and_no_jump(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic(partitions=1)
    await publish(topic, an_event("1"), an_event("2"))
    await passed(one := consumer(topic), 2)
    await one.close()
    await part.do("UPDATE position SET position = 900")
    again = consumer(topic, group="again")
    with pytest.raises(OutOfRange, match="holds 0 to 2, this service is at 900"):
        await passed(again, 1000)
    assert issubclass(OutOfRange, Stopped)
    (row,) = await part.rows("SELECT position FROM position")
    assert row.position == 900


async def test_the_first_complete_replay_is_told_once_and_remembered(
    part: Part, wire: Wire, publish, consumer
):
    topic = await wire.topic(partitions=1)
    told = []

    async def complete(connection):
        told.append(await connection.scalar(text("SELECT count(*) FROM effect")))

    empty = consumer(topic, caught_up={topic: complete})
    async with asyncio.timeout(20):
        while not empty.positions:
            await empty.turn(wait=0.05)
    assert told == []  # nothing on the topic is no replay
    await empty.close()
    await publish(topic, *(an_event(f"item:{number}") for number in range(5)))
    await passed(one := consumer(topic, caught_up={topic: complete}, batch=2), 5)
    await one.close()
    await passed(consumer(topic, caught_up={topic: complete}), 5)
    assert told == [5]
    async with part.engine.connect() as connection:
        assert await has_replayed(connection, part.tables, topic)
        assert not await has_replayed(connection, part.tables, "another.v1")


async def test_places_move_to_the_member_that_stays(part: Part, wire: Wire, publish, consumer):
    topic = await wire.topic(partitions=4)
    pair = [consumer(topic), consumer(topic)]
    running = [asyncio.create_task(one.run()) for one in pair]
    shared = [2, 2] if isinstance(wire, KafkaWire) else [0, 1]
    held = await eventually(lambda: _held(pair), lambda held: sorted(held) == shared)
    events = [an_event(f"case-{number % 8}") for number in range(80)]
    await publish(topic, *events[:40])
    await eventually(lambda: part.count("effect"), lambda seen: seen == 40)
    leaver = held.index(max(held))
    running[leaver].cancel()
    await asyncio.gather(running[leaver], return_exceptions=True)
    await publish(topic, *events[40:])
    await eventually(lambda: part.count("effect"), lambda seen: seen == 80)
    assert await _held([pair[1 - leaver]]) == [sum(shared)]
    running[1 - leaver].cancel()
    await asyncio.gather(*running, return_exceptions=True)
    effects = await part.effects()
    for key in {event.subject for event in events}:
        wanted = [event.sequence for event in events if event.subject == key]
        assert [sequence for of, sequence in effects if of == key] == wanted


async def _held(consumers: list[Consumer]) -> list[int]:
    """How many places each of them has."""
    return [len(one.positions) for one in consumers]


def _now() -> datetime:
    return datetime.now(UTC)


class Withdrawn(Fed):
    """Its place is taken away while the consumer looks up where to begin."""

    def __init__(self) -> None:
        super().__init__([an_event("case-1")])
        self._places = frozenset({self.place})
        self.told: list[Any] = []

    async def start(self, topics, group, revoked) -> None:
        self._revoked = revoked

    def assigned(self) -> frozenset[Place]:
        return self._places

    async def bounds(self, places):
        gone, self._places = self._places, frozenset()
        await self._revoked(gone)
        return await super().bounds(places)

    def seek(self, place: Place, offset: int) -> bool:
        return place in self._places

    def note(self, positions) -> None:
        self.told += positions


async def test_a_place_taken_away_while_it_is_looked_up_is_not_kept(part: Part):
    reader = Withdrawn()
    one = Consumer(part.engine, part.tables, reader, ["any"], part.handlers, "group")
    await one.turn(wait=0)
    assert one.positions == {}
    assert reader.told == []
    await one.close()
