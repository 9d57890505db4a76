"""A message through Kafka and nothing else: aiokafka's produce → consume of bytes as ours."""

import asyncio
import time
from secrets import token_hex

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from eventlog.kafka.topics import ensure
from eventlog.topics import Topic
from servicekit.transports import kafka_config
from tests.bench.stand import Stand

BODY = b"x" * 3_000
"""About what `approval.issued.v1` weighs."""


async def fresh_topic(stand: Stand, partitions: int = 12) -> str:
    """A topic nobody else uses."""
    name = f"bench-{token_hex(4)}"
    settings = stand.settings(kafka_bootstrap_servers=await stand.kafka(), transport="kafka")
    await ensure(kafka_config(settings, "bench"), [Topic(name, partitions, 86_400_000)])
    return name


async def carried(stand: Stand, *, rate: float, seconds: float) -> list[float]:
    """Seconds from `send` to the consumer's hands, at a steady rate."""
    topic, servers = await fresh_topic(stand), await stand.kafka()
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", fetch_max_wait_ms=100
    )
    await producer.start()
    await consumer.start()
    took: list[float] = []
    total, warm = int(rate * seconds), int(rate / 2)

    async def listen() -> None:
        while len(took) < total + warm:
            for messages in (await consumer.getmany(timeout_ms=200)).values():
                took.extend(time.time() - float(one.headers[0][1]) for one in messages)

    listening = asyncio.create_task(listen())
    began = time.perf_counter()
    for number in range(total + warm):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        at = str(time.time()).encode()
        await producer.send(topic, BODY, key=str(number % 200).encode(), headers=[("at", at)])
    async with asyncio.timeout(30):
        await listening
    await consumer.stop()
    await producer.stop()
    return took[warm:]
