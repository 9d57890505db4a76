"""What only one of the transports can do to us."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eventlog import kafka, postgres
from eventlog.relay import Relay
from eventlog.topics import Topic, WrongTopic
from eventlog.transport import Message, Place, Reader, Record
from shenguan.localkafka import KafkaFailed, LocalKafka, fetch_jars
from tests.support.eventually import eventually
from tests.wire.part import Part, an_event
from tests.wire.wires import DAY_MS, KafkaWire, PostgresWire, records, sequences


async def test_a_killed_broker_comes_back_and_everything_goes_on(
    part: Part, own_kafka_broker: LocalKafka, consumer
):
    wire = KafkaWire(
        kafka.KafkaConfig(bootstrap_servers=own_kafka_broker.address, request_timeout_ms=5_000)
    )
    topic = await wire.topic()
    events = [an_event(f"case-{number % 4}") for number in range(60)]
    relay = Relay(part.url, part.tables, wire.producer(), name="wire")
    reading = consumer(topic, reader=wire.reader())
    running = [asyncio.create_task(one.run()) for one in (relay, reading)]
    await part.write(topic, *events[:20])
    await eventually(lambda: part.count("effect"), lambda seen: seen == 20)
    await asyncio.to_thread(own_kafka_broker.kill)
    await part.write(topic, *events[20:40])
    assert await part.count("outbox") > 0
    await asyncio.to_thread(own_kafka_broker.start)
    await part.write(topic, *events[40:])
    await eventually(lambda: part.count("effect"), lambda seen: seen == 60, within=30)
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    effects = await part.effects()
    for key in {event.subject for event in events}:
        wanted = [event.sequence for event in events if event.subject == key]
        assert [sequence for of, sequence in effects if of == key] == wanted


async def test_topics_are_made_once_and_checked(kafka_wire: KafkaWire):
    name = await kafka_wire.topic(partitions=3)
    await kafka.ensure(kafka_wire.config, [Topic(name, 3, DAY_MS)])
    with pytest.raises(WrongTopic, match="has 3 partitions, must have 12"):
        await kafka.ensure(kafka_wire.config, [Topic(name, 12, DAY_MS)])
    with pytest.raises(WrongTopic, match="must be compacted"):
        await kafka.ensure(kafka_wire.config, [Topic(name, 3, None, compacted=True)])
    with pytest.raises(WrongTopic, match=f"keeps {DAY_MS} ms, must keep {2 * DAY_MS}"):
        await kafka.ensure(kafka_wire.config, [Topic(name, 3, 2 * DAY_MS)])


async def test_a_message_the_broker_refuses_does_not_hold_up_those_before_it(
    kafka_wire: KafkaWire,
):
    topic = await kafka_wire.topic(partitions=1)
    producer = kafka_wire.producer()
    too_large = Message(topic, "2", b"x" * 1_100_000)
    done = await producer.publish([Message(topic, "1", b"{}"), too_large, Message(topic, "3", b"")])
    assert done.confirmed == 1
    assert type(done.error).__name__ == "MessageSizeTooLargeError"
    assert not producer.health().ok
    assert (await producer.publish([Message(topic, "1", b"{}")])).error is None
    await producer.stop()


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.06, 0.1])
async def test_a_member_cancelled_while_it_starts_leaves_nobody_in_the_group(
    kafka_wire: KafkaWire, after: float
):
    topic = await kafka_wire.topic(partitions=4)
    before = asyncio.all_tasks()
    reader = kafka_wire.reader()
    starting = asyncio.create_task(reader.start([topic], f"group-{topic}", _not_interested))
    await asyncio.wait([starting], timeout=after)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await reader.stop()
    await eventually(lambda: _others(before), lambda left: left == set(), within=20)


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01, 0.02])
async def test_a_producer_cancelled_while_it_starts_leaves_no_client(
    kafka_wire: KafkaWire, after: float
):
    before = asyncio.all_tasks()
    producer = kafka_wire.producer()
    starting = asyncio.create_task(producer.start())
    await asyncio.wait([starting], timeout=after)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await producer.stop()
    await eventually(lambda: _others(before), lambda left: left == set(), within=20)


async def _others(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - before


async def _not_interested(places: Any) -> None:
    return None


async def test_a_broker_that_is_not_there_is_connection_trouble(part: Part, consumer):
    config = kafka.KafkaConfig(bootstrap_servers="127.0.0.1:1", request_timeout_ms=500)
    with pytest.raises(ConnectionError):
        await consumer("any.v1", reader=kafka.KafkaReader(config)).turn()
    with pytest.raises(ConnectionError):
        await kafka.ensure(config, [Topic("any.v1", 1, DAY_MS)])
    done = await kafka.KafkaProducer(config).publish([Message("any.v1", "1", b"{}")])
    assert done.confirmed == 0
    assert isinstance(done.error, ConnectionError)


class Deaf:
    """A reader whose fetches bring nothing until it is made anew."""

    def __init__(self, inner: Reader) -> None:
        self._inner = inner
        self.starts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def start(self, *of: Any) -> None:
        self.starts += 1
        await self._inner.start(*of)

    async def fetch(self, wait: float, limit: int) -> Mapping[Place, Sequence[Record]]:
        if self.starts == 1:
            await asyncio.sleep(0.01)
            return {}
        return await self._inner.fetch(wait, limit)


async def test_a_reader_that_went_deaf_is_made_anew(
    part: Part, postgres_wire: PostgresWire, publish_to_log, consumer
):
    topic = await postgres_wire.topic()
    await publish_to_log(topic, an_event("1"))
    deaf = Deaf(postgres_wire.reader())
    running = asyncio.create_task(consumer(topic, reader=deaf, look_seconds=0.05).run())
    await eventually(lambda: part.count("effect"), lambda seen: seen == 1)
    assert deaf.starts == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_log_that_was_replaced_while_running_is_read_from_its_start(
    part: Part, postgres_wire: PostgresWire, publish_to_log, consumer
):
    topic = await postgres_wire.topic()
    await publish_to_log(topic, an_event("1"), an_event("2"))
    one = consumer(topic, reader=postgres_wire.reader(), look_seconds=0.05)
    running = asyncio.create_task(one.run())
    await eventually(lambda: part.count("effect"), lambda seen: seen == 2)
    await postgres_wire.do("UPDATE log SET id = gen_random_uuid()")
    await eventually(lambda: part.count("position"), lambda rows: rows == 2)
    await publish_to_log(topic, an_event("3"))
    await eventually(lambda: part.count("effect"), lambda seen: seen == 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_missing_tool_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaFailed, match=r"^java is missing: install the .*openjdk-17"):
        LocalKafka(tmp_path, jars=tmp_path / "jars").start()
    with pytest.raises(KafkaFailed, match=r"^mvn is missing: install the Debian package maven"):
        fetch_jars(tmp_path / "jars")


async def test_the_log_forgets_by_retention_and_knows_where_it_begins(
    part: Part, postgres_wire: PostgresWire, publish_to_log, consumer
):
    topic = await postgres_wire.topic()
    await publish_to_log(topic, an_event("1"), an_event("2"))
    await postgres_wire.do(
        "UPDATE log_record SET recorded_at = recorded_at - interval '2 days'"
        f" WHERE topic = '{topic}'"
    )
    await publish_to_log(topic, third := an_event("3"))
    producer = postgres_wire.producer()
    assert await producer.prune() == 2
    await producer.stop()
    reader = postgres_wire.reader()
    one = consumer(topic, reader=reader)
    async with asyncio.timeout(10):
        while not await part.count("effect"):
            await one.turn(wait=0.05)
    assert await part.effect_ids() == [third.id]


async def test_a_compacted_topic_keeps_the_newest_state_of_each_key(
    postgres_wire: PostgresWire, publish_to_log
):
    topic = "compacted.v1"
    await postgres.ensure(postgres_wire.url, [Topic(topic, 1, None, compacted=True)])
    old, new, other = an_event("item:1"), an_event("item:1"), an_event("item:2")
    await publish_to_log(topic, old, other, new)
    await postgres_wire.do(
        "UPDATE log_record SET recorded_at = recorded_at - interval '2 days'"
        f" WHERE topic = '{topic}'"
    )
    producer = postgres_wire.producer()
    assert await producer.prune() == 1
    await producer.stop()
    found = await records(postgres_wire, topic, at_least=2)
    assert sequences(found, "item:1") == [new.sequence]
    with pytest.raises(WrongTopic):
        await postgres.ensure(postgres_wire.url, [Topic(topic, 1, DAY_MS)])
