"""From the log to an effect: once, in the order of the key, whoever dies."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from eventlog.consumer import Consumer, has_replayed
from eventlog.effects import Effects, Lost
from eventlog.failures import OutOfRange, Stopped
from eventlog.transport import Place, Record
from tests.support.eventually import eventually
from tests.wire.fed import Fed
from tests.wire.part import Part, an_event, passed
from tests.wire.wires import KafkaWire, Wire


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
