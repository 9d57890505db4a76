"""The loop without HTTP, framework or rules: raw asyncpg and aiokafka, two processes and a driver.

A decision and its outbox row; relayed; a push and its feedback's outbox row, once by an inbox;
relayed; a row on the desk, once by an inbox.

python -m tests.bench.floors.loop ROLE DATABASE SERVERS TOPIC TOPIC    one of the two processes
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg

from eventlog.direct import url_of
from shenguan.serving import run
from tests.bench.connection import closed, paced
from tests.bench.floors.carried import BODY, fresh_topic
from tests.bench.stand import ROOT, Stand

TABLES = """
CREATE TABLE decision (no uuid PRIMARY KEY, made timestamptz NOT NULL DEFAULT now());
CREATE TABLE outbox_a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL, body bytea NOT NULL);
CREATE TABLE outbox_s (LIKE outbox_a INCLUDING ALL);
CREATE TABLE inbox_s (event_id uuid PRIMARY KEY);
CREATE TABLE inbox_a (event_id uuid PRIMARY KEY);
CREATE TABLE push (no uuid PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE desk (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, no uuid NOT NULL);
"""
_IDS = 16
"""Each message begins with the case's id."""
DRIVERS = 8
LOOK_S = 0.004


async def relay(database: str, table: str, servers: str, topic: str) -> None:
    """Until cancelled: read in order, send, flush, delete."""
    from aiokafka import AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    await producer.start()
    connection, listener = await asyncpg.connect(database), await asyncpg.connect(database)
    woken = asyncio.Event()
    await listener.add_listener(table, lambda *_: woken.set())
    while True:
        woken.clear()
        rows = await connection.fetch(
            f"SELECT id, event_id, body FROM {table} ORDER BY id LIMIT 500"
        )
        if rows:
            sent = [
                await producer.send(
                    topic, row["event_id"].bytes + row["body"], key=row["body"][:16]
                )
                for row in rows
            ]
            await asyncio.gather(*sent)
            ids = [row["id"] for row in rows]
            await connection.execute(f"DELETE FROM {table} WHERE id = ANY($1::bigint[])", ids)
            continue
        try:
            async with asyncio.timeout(0.05):
                await woken.wait()
        except TimeoutError:
            continue


async def consumer(database: str, role: str, servers: str, topic: str) -> None:
    """Until cancelled: one transaction a batch; offsets are not told, nobody asks for them."""
    from aiokafka import AIOKafkaConsumer

    reader = AIOKafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", fetch_max_wait_ms=100
    )
    await reader.start()
    connection = await asyncpg.connect(database)
    apply = _pushed if role == "supervision" else _on_desk
    while True:
        for messages in (await reader.getmany(timeout_ms=200, max_records=500)).values():
            async with connection.transaction():
                await apply(connection, [one.value for one in messages])
            if role == "supervision":
                await connection.execute("NOTIFY outbox_s")


async def _pushed(connection: Any, values: Sequence[bytes]) -> None:
    fresh = await _fresh(connection, "inbox_s", values)
    await connection.executemany("INSERT INTO push (no, body) VALUES ($1, $2)", fresh)
    told = [(uuid5(no, "feedback"), body) for no, body in fresh]
    await connection.executemany("INSERT INTO outbox_s (event_id, body) VALUES ($1, $2)", told)


async def _on_desk(connection: Any, values: Sequence[bytes]) -> None:
    fresh = await _fresh(connection, "inbox_a", values)
    await connection.executemany("INSERT INTO desk (no) VALUES ($1)", [(no,) for no, _ in fresh])


async def _fresh(connection: Any, inbox: str, values: Sequence[bytes]) -> list[tuple[UUID, bytes]]:
    by_id = {UUID(bytes=value[:_IDS]): value[_IDS:] for value in values}
    rows = await connection.fetch(
        f"INSERT INTO {inbox} SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id",
        list(by_id),
    )
    bodies = [by_id[row["event_id"]] for row in rows]
    return [(UUID(bytes=body[:_IDS]), body) for body in bodies]


async def work(role: str, database: str, servers: str, issued: str, feedback: str) -> None:
    """One of the two processes."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    if role == "approval":
        await asyncio.gather(
            relay(database, "outbox_a", servers, issued),
            consumer(database, role, servers, feedback),
        )
    else:
        await asyncio.gather(
            relay(database, "outbox_s", servers, feedback),
            consumer(database, role, servers, issued),
        )


@dataclass(slots=True)
class Floor:
    """The running floor."""

    connections: Sequence[Any]
    looking: Any

    async def paced(self, *, rate: float, seconds: float) -> list[float]:
        """Seconds from the decision to the desk."""
        began: dict[UUID, float] = {}
        free: asyncio.Queue[Any] = asyncio.Queue()
        for one in self.connections:
            free.put_nowait(one)

        async def turn(_: int) -> None:
            no, at = uuid4(), time.time()
            connection = await free.get()
            await _decide(connection, no)
            free.put_nowait(connection)
            began[no] = at

        await paced(turn, rate=rate, seconds=seconds)
        desks = await self._desks(list(began))
        return [desks[no] - at for no, at in began.items()]

    async def most(self, *, hands: int, seconds: float) -> float:
        """Loops a second with so many in flight."""
        waiting: dict[UUID, asyncio.Future[None]] = {}
        free: asyncio.Queue[Any] = asyncio.Queue()
        for one in self.connections:
            free.put_nowait(one)

        async def look() -> None:
            last = await self.looking.fetchval("SELECT coalesce(max(id), 0) FROM desk")
            while True:
                for row in await self.looking.fetch("SELECT id, no FROM desk WHERE id > $1", last):
                    last = max(last, row["id"])
                    done = waiting.pop(row["no"], None)
                    if done is not None:
                        done.set_result(None)
                await asyncio.sleep(LOOK_S)

        async def turn(_: int) -> None:
            no = uuid4()
            waiting[no] = asyncio.get_running_loop().create_future()
            done = waiting[no]
            connection = await free.get()
            await _decide(connection, no)
            free.put_nowait(connection)
            await done

        looking = asyncio.create_task(look())
        try:
            return (await closed(turn, hands=hands, seconds=seconds)).rate
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _desks(self, nos: Sequence[UUID]) -> dict[UUID, float]:
        deadline = time.monotonic() + 60
        while True:
            rows = await self.looking.fetch(
                "SELECT no, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at"
                " FROM desk WHERE no = ANY($1::uuid[])",
                list(nos),
            )
            if len(rows) == len(nos):
                return {row["no"]: row["at"] for row in rows}
            assert time.monotonic() < deadline, f"{len(rows)} of {len(nos)} arrived"
            await asyncio.sleep(0.05)


async def _decide(connection: Any, no: UUID) -> None:
    async with connection.transaction():
        await connection.execute("INSERT INTO decision (no) VALUES ($1)", no)
        await connection.execute(
            "INSERT INTO outbox_a (event_id, body) VALUES ($1, $2)", uuid4(), no.bytes + BODY
        )
    await connection.execute("NOTIFY outbox_a")


@asynccontextmanager
async def running(stand: Stand) -> AsyncIterator[Floor]:
    """Both processes at work on a database and topics of their own."""
    urls = await stand.server.fresh_database("floor")
    database, servers = url_of(urls.owner), await stand.kafka()
    topics = [await fresh_topic(stand), await fresh_topic(stand)]
    connections = [await asyncpg.connect(database) for _ in range(DRIVERS + 1)]
    await connections[-1].execute(TABLES)
    processes = [_process(role, database, servers, *topics) for role in ("approval", "supervision")]
    for one in processes:
        stand.leash.hold(one.pid)
    floor = Floor(connections[:-1], connections[-1])
    try:
        await floor.paced(rate=20, seconds=1)
        yield floor
    finally:
        for one in processes:
            one.kill()
            one.wait()
            stand.leash.gone(one.pid)
        for connection in connections:
            await connection.close()


def _process(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bench.floors.loop", *arguments]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


if __name__ == "__main__":
    run(work(*sys.argv[1:6]))
