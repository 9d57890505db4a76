"""Figures without a mark: the gateway, the consumer, filing, the feed, the competence question."""

import json
import time
from contextlib import AsyncExitStack
from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.approval import Issued
from eventlog.consumer import Consumer
from eventlog.envelope import Envelope, new_id
from eventlog.kafka import KafkaReader
from servicekit.replica import Replica
from servicekit.transports import kafka_config
from services.supervision.adapters import tables
from tests.approval.builders import APPROVER, PARK, WINDOW, a_project
from tests.bench import cases
from tests.bench.cases import Officers
from tests.bench.connection import Desk, closed, connections
from tests.bench.figures.deciding import HANDS, say
from tests.bench.floors.carried import fresh_topic
from tests.bench.machine import median, percentile
from tests.bench.rows import Row
from tests.bench.stand import Stand
from tests.intake.builders import a_body

PAGE = 100
ITEM = "zg-04"


async def measure(stand: Stand) -> list[Row]:
    """One after another."""
    return [
        *await _gateway(stand),
        *await _filing(stand),
        *await _consumer(stand),
        *await _feed(stand),
        await _competence(stand),
    ]


async def _gateway(stand: Stand) -> list[Row]:
    """Decide and seal through the gateway, in turn with the same without it."""
    approval = await stand.part("approval")
    urls = await stand.server.migrated("gateway")
    template, officers = await cases.instant(approval), Officers.of(stand)
    connection = await stand.connect(approval)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(stand.process("serve", approval))
        edge = await stack.enter_async_context(
            stand.process(
                "serve",
                "gateway",
                health="livez",
                gateway_postgres_url=urls.app,
                approval_url=f"http://127.0.0.1:{web.port}",
            )
        )
        through = await stack.enter_async_context(connections(edge.port, HANDS))
        direct = await stack.enter_async_context(connections(web.port, HANDS))
        rates: tuple[list[float], list[float]] = ([], [])
        took: list[float] = []
        for _ in range(stand.effort.rounds):
            for over, kept in zip((through, direct), rates, strict=True):
                waiting = await cases.copies(
                    connection, template, int(1_500 * stand.effort.seconds) + HANDS
                )

                async def turn(hand: int, over: Any = over, waiting: list[str] = waiting) -> None:
                    await over[hand].ask(officers.decide_and_seal(waiting.pop()))

                run = await closed(turn, hands=HANDS, seconds=stand.effort.seconds)
                kept.append(run.rate)
                took += run.took if over is through else []
    await connection.close()
    ratio = median([one / other for one, other in zip(*rates, strict=True)])
    rate = median(rates[0])
    return [
        Row("through the gateway, decide and seal: 1/s", rate, rate / ratio, None, "of without it"),
        Row("through the gateway, decide and seal: p99 ms", percentile(took, 0.99)),
    ]


async def _filing(stand: Stand) -> list[Row]:
    intake = await stand.part("intake")
    desk = Desk(stand.issuer.system("ywtb", scope="filings:write filings:read"))
    async with (
        stand.process("serve", intake) as web,
        connections(web.port, HANDS) as over,
    ):

        async def turn(hand: int) -> None:
            await over[hand].ask(desk.post("/api/v1/filings", a_body()))

        await closed(turn, hands=HANDS, seconds=stand.effort.seconds / 2)
        run = await closed(turn, hands=HANDS, seconds=stand.effort.seconds)
    return [
        Row("file a project: 1/s", run.rate),
        Row("file a project: p99 ms", percentile(run.took, 0.99)),
    ]


async def _consumer(stand: Stand) -> list[Row]:
    """Issued decisions become pushes; every event comes twice."""
    supervision = await stand.part("supervision", "-consumer")
    told = await _issued(stand)
    many = stand.effort.events // 20
    topic = await fresh_topic(stand)
    settings = stand.settings(kafka_bootstrap_servers=await stand.kafka(), transport="kafka")
    producer = AIOKafkaProducer(bootstrap_servers=await stand.kafka(), acks="all")
    await producer.start()
    for no in cases.numbers(many):
        body = json.dumps({**told, "id": str(new_id())}, ensure_ascii=False)
        value = body.replace(told["subject"], no).encode()
        for _ in range(2):
            await producer.send(topic, value, key=no.encode())
    await producer.stop()
    consumer = Consumer(
        supervision.kit.engine,
        supervision.kit.log,
        KafkaReader(kafka_config(settings, "bench")),
        (topic,),
        supervision.handlers,
        group=f"bench-{topic}",
    )
    passed, took = 0, 0.0
    while passed < 2 * many:
        began = time.perf_counter()
        fresh = await consumer.turn()
        passed += fresh
        took += time.perf_counter() - began if fresh else 0.0
    await consumer.close()
    effects = len(await supervision.execute(tables.push.select()))
    return [
        Row(
            "consumer, half redelivered: events/s",
            passed / took,
            None,
            None,
            f"{2 * many} events, {effects} pushes",
        )
    ]


async def _issued(stand: Stand) -> dict[str, Any]:
    """One real `approval.issued.v1`, as on the wire."""
    approval = await stand.part("approval")
    connection = await stand.connect(approval)
    (no,) = await cases.copies(connection, await cases.instant(approval), 1)
    await connection.close()
    body = {**cases.GROUNDS, "seal": cases.INSTANT_SEAL}
    await say(approval, WINDOW, no, "approval", body)
    (envelope,) = [one for one in await approval.told(Issued.TYPE) if one.subject == no]
    raw: dict[str, Any] = json.loads(Envelope.to_bytes(envelope))
    return raw


async def _feed(stand: Stand) -> list[Row]:
    """Pages of a long feed, one reader after the other's page."""
    approval = await stand.part("approval")
    told = await _issued(stand)
    connection = await stand.connect(approval)
    many = stand.effort.events // 5
    async with connection.transaction():
        head = await connection.fetchval(
            "UPDATE event_head SET head = head + $1 RETURNING head - $1", many
        )
        await connection.execute(
            "INSERT INTO event (position, event_id, topic, key, body)"
            " SELECT $1 + n, gen_random_uuid(), 'approval.v1', $2, $3"
            " FROM generate_series(1, $4::bigint) AS n",
            *(head, told["subject"], json.dumps(told, ensure_ascii=False).encode(), many),
        )
    await connection.execute("ANALYZE event")
    await connection.close()
    desk = Desk(stand.token(APPROVER, org=PARK, roles=["approver"]))
    at = [head] * HANDS
    async with (
        stand.process("serve", approval) as web,
        connections(web.port, HANDS) as over,
    ):

        async def turn(hand: int) -> None:
            path = f"/internal/events?after={at[hand]}&limit={PAGE}"
            page = json.loads(await over[hand].ask(desk.get(path)))
            at[hand] = page["after"] if page["events"] else head

        run = await closed(turn, hands=HANDS, seconds=stand.effort.seconds)
    return [
        Row("feed: events/s", PAGE * run.rate, None, None, f"pages of {PAGE}, {HANDS} readers"),
        Row("feed: a page, p99 ms", percentile(run.took, 0.99)),
    ]


async def _competence(stand: Stand) -> Row:
    approval = await stand.part("approval")
    directory = approval.kit.directory
    assert isinstance(directory, Replica)
    catalogue, project = await directory.current(), a_project()
    day, asked = stand.clock.today(), 0
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < stand.effort.seconds / 2:
        catalogue.competence(item=ITEM, park=PARK, project=project, day=day)
        asked += 1
    return Row("competence in process: µs a question", 1e6 * took / asked)
