"""What only one of the transports can do to us."""

import asyncio

import pytest

from eventlog import kafka, postgres
from eventlog.relay import Relay
from eventlog.topics import Topic, WrongTopic
from shenguan.localkafka import LocalKafka
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
