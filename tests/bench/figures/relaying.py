"""The relay with its archive, against aiokafka's producer alone on the same bytes."""

import time
from collections import defaultdict
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from eventlog.envelope import new_id
from eventlog.kafka import KafkaProducer
from eventlog.relay import Relay
from servicekit.transports import kafka_config
from tests.bench.floors.carried import fresh_topic
from tests.bench.machine import median
from tests.bench.rows import Mark, Row
from tests.bench.stand import Stand

CASES = 200
BATCH = 500
PAD = b" " * 640
"""With the number in front: what `bench` in the reference measured with."""


async def measure(stand: Stand) -> list[Row]:
    """In rounds of a part of the events each, ours and the floor in turn."""
    service = await stand.part("approval", "relay")
    connection = await stand.connect(service)
    settings = stand.settings(kafka_bootstrap_servers=await stand.kafka(), transport="kafka")
    topic = await fresh_topic(stand)
    servers = await stand.kafka()
    alone = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    await alone.start()
    relay = Relay(
        service.settings.database_url("approval"),
        service.kit.log,
        KafkaProducer(kafka_config(settings, "bench")),
        name="bench",
    )
    rounds = stand.effort.rounds
    many = stand.effort.events // rounds // BATCH * BATCH
    await _floor(alone, await fresh_topic(stand), BATCH * 4)
    ours: list[float] = []
    ratios: list[float] = []
    for turn in range(rounds):
        await _fill(connection, topic, many, first=turn * many)
        rate = await _relayed(relay, many)
        floor = await _floor(alone, await fresh_topic(stand), many)
        ours.append(rate)
        ratios.append(rate / floor)
    await relay.close()
    await alone.stop()
    archived = await connection.fetchval("SELECT count(*) FROM event WHERE topic = $1", topic)
    seen, inversions = await _read(servers, topic, many * rounds)
    await connection.close()
    rate, ratio = median(ours), median(ratios)
    shown = f"ratios {min(ratios):.2f}–{max(ratios):.2f}; {archived} archived, {seen} read"
    return [
        Row(
            "relay with archive: events/s",
            rate,
            rate / ratio,
            Mark("at least", 0.4, "ratio"),
            shown,
        ),
        Row("relay: inversions within a case", inversions, None, Mark("at most", 0)),
    ]


async def _fill(connection: Any, topic: str, many: int, *, first: int) -> None:
    await connection.copy_records_to_table(
        "outbox",
        columns=["event_id", "topic", "key", "body"],
        records=[
            (new_id(), topic, f"case-{number % CASES}", b"%d" % number + PAD)
            for number in range(first, first + many)
        ],
    )
    await connection.execute("ANALYZE outbox")


async def _relayed(relay: Relay, many: int) -> float:
    began = time.perf_counter()
    moved = 0
    while moved < many:
        moved += await relay.step()
    return many / (time.perf_counter() - began)


async def _floor(producer: Any, topic: str, many: int) -> float:
    """Batches as the relay's, each flushed before the next."""
    began = time.perf_counter()
    for begin in range(0, many, BATCH):
        sent = [
            await producer.send(topic, b"%d" % number + PAD, key=b"case-%d" % (number % CASES))
            for number in range(begin, begin + BATCH)
        ]
        await producer.flush()
        for one in sent:
            one.result()
    return many / (time.perf_counter() - began)


async def _read(servers: str, topic: str, many: int) -> tuple[int, int]:
    """How many messages are there, and how many stand behind a later one of their case."""
    reader = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest")
    await reader.start()
    newest: dict[bytes, int] = defaultdict(lambda: -1)
    seen = inversions = 0
    deadline = time.monotonic() + 60
    while seen < many and time.monotonic() < deadline:
        for messages in (await reader.getmany(timeout_ms=500, max_records=5000)).values():
            for one in messages:
                number = int(one.value)
                inversions += number < newest[one.key]
                newest[one.key] = number
                seen += 1
    await reader.stop()
    return seen, inversions
