"""The double push on real Kafka: decision to regulator, and back to the park's desk."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.supervision.domain.push import push_id
from tests.bench import cases
from tests.bench.cases import Officers, Template
from tests.bench.connection import Desk, Pool, Run, closed, paced
from tests.bench.floors import loop as floors
from tests.bench.floors.carried import carried
from tests.bench.machine import percentile
from tests.bench.rows import Mark, Row
from tests.bench.stand import Running, Stand
from tests.support.service import Service

RATE = 200.0
IN_FLIGHT = 24
LOOK_S = 0.004
"""How often the regulator's side looks whether something came; it asks the database, so that the
looking costs the system nothing. Everything it then does goes over HTTP."""
SETTLED_WITHIN_S = 60.0
_SEEN = """
SELECT no, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at
FROM decision WHERE no = ANY($1::text[])
"""
_PUSHED_SINCE = "SELECT id, no FROM push WHERE status = 'pushed' AND pushed_at > $1"
_DESKS = """
SELECT no, min(extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8) AS at
FROM desk WHERE no = ANY($1::text[]) GROUP BY no
"""


@dataclass(slots=True)
class Loop:
    """The running parts, and who acts on them."""

    stand: Stand
    approval: Service
    supervision: Service
    at_approval: Any
    at_supervision: Any
    deciding: Pool
    regulating: Pool
    officers: Officers
    regulator: Desk
    template: Template
    processes: dict[str, Running]
    waiting: list[str] = field(default_factory=list)

    async def stock(self, many: int) -> None:
        if len(self.waiting) < many:
            more = many - len(self.waiting)
            self.waiting += await cases.copies(self.at_approval, self.template, more)

    async def decide(self, no: str) -> None:
        await self.deciding.ask(self.officers.decide_and_seal(no))

    async def supervise(self, id_: UUID) -> None:
        """Claims and answers at once, with the one finding that needs no inspection before it."""
        base = f"/api/v1/pushes/{id_}"
        await self.regulating.ask(self.regulator.post(f"{base}/claim", {}))
        said = {"result": "not-found", "summary": "按登记地址未找到该企业，已电话联系"}
        await self.regulating.ask(self.regulator.post(f"{base}/feedback", said))

    def push_of(self, no: str) -> UUID:
        return push_id(no, 1, self.template.regulator)

    async def commits(self, connection: Any, sql: str, nos: Sequence[str]) -> dict[str, float]:
        """When each was committed; waits until all are there."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while True:
            found = {row["no"]: row["at"] for row in await connection.fetch(sql, list(nos))}
            if len(found) == len(nos):
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {len(nos)} arrived"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(stand: Stand) -> AsyncIterator[Loop]:
    """Approval and supervision, web and worker, each a process of its own, on Kafka."""
    kafka = {"kafka_bootstrap_servers": await stand.kafka(), "transport": "kafka"}
    approval, supervision = await stand.part("approval"), await stand.part("supervision")
    template = await cases.instant(approval)
    only = ("--only", "relay,consumer")
    async with AsyncExitStack() as stack:
        processes: dict[str, Running] = {}
        for service in (approval, supervision):
            processes[f"{service.name} worker"] = await stack.enter_async_context(
                stand.process("work", service, *only, **kafka)
            )
            processes[f"{service.name} web"] = await stack.enter_async_context(
                stand.process("serve", service, **kafka)
            )
        looks = [await stand.connect(service) for service in (approval, supervision)]
        for one in looks:
            stack.push_async_callback(one.close)
        officer = f"{template.regulator}-jian"
        yield Loop(
            stand,
            approval,
            supervision,
            looks[0],
            looks[1],
            await stack.enter_async_context(Pool.to(processes["approval web"].port, 8)),
            await stack.enter_async_context(Pool.to(processes["supervision web"].port, 8)),
            Officers.of(stand),
            Desk(stand.token(officer, org=template.regulator, roles=["regulator"])),
            template,
            processes,
        )


async def measure(stand: Stand) -> list[Row]:
    """Commit to push and the whole loop at a steady rate, then as many loops as there can be."""
    async with running(stand) as loop:
        await _whole(loop, rate=20.0, seconds=1.0)
        pushed = await _pushes(loop)
        looped = await _whole(loop, rate=_rate(stand), seconds=_long(stand))
        most, spent = await _most(loop)
    async with floors.running(stand) as floor:
        floor_looped = await floor.paced(rate=_rate(stand), seconds=_long(stand))
        floor_most = await floor.most(hands=IN_FLIGHT, seconds=_long(stand))
    below = await carried(stand, rate=_rate(stand), seconds=_long(stand))
    at = f"{_rate(stand):.0f}/s"
    return [
        _row(f"commit → push visible, {at}: p50 ms", pushed, 0.5, below, Mark("at most", 10)),
        _row(f"commit → push visible, {at}: p99 ms", pushed, 0.99, below, Mark("at most", 60)),
        _row(f"full loop over HTTP, {at}: p50 ms", looped, 0.5, floor_looped, None),
        _row(
            f"full loop over HTTP, {at}: p99 ms", looped, 0.99, floor_looped, Mark("at most", 150)
        ),
        Row("full loops: 1/s sustained", most, None, Mark("at least", 300), spent),
        Row(
            "full loops: 1/s sustained, of the floor",
            most,
            floor_most,
            Mark("at least", 0.25, of="ratio"),
        ),
    ]


def _row(
    name: str, took: Sequence[float], share: float, floor: Sequence[float], mark: Mark | None
) -> Row:
    return Row(name, percentile(took, share), percentile(floor, share), mark)


def _rate(stand: Stand) -> float:
    return 20.0 if stand.effort.quick else RATE


def _long(stand: Stand) -> float:
    return stand.effort.seconds * min(3, stand.effort.rounds)


async def _pushes(loop: Loop) -> list[float]:
    """Seconds from the decision's commit to the push's; nobody claims meanwhile."""
    rate, seconds = _rate(loop.stand), _long(loop.stand)
    await loop.stock(int(rate * seconds))
    nos: list[str] = []

    async def turn(_: int) -> None:
        no = loop.waiting.pop()
        await loop.decide(no)
        nos.append(no)

    await paced(turn, rate=rate, seconds=seconds)
    heard = await loop.commits(loop.at_supervision, _SEEN, nos)
    said = await loop.commits(loop.at_approval, _SEEN, nos)
    return [heard[no] - said[no] for no in nos]


class _Regulator:
    """Takes up every push as soon as it is there."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._done: dict[UUID, asyncio.Future[None]] = {}
        self._acts: set[asyncio.Task[None]] = set()
        self._since: Any = None
        self._seen: set[UUID] = set()

    def answered(self, id_: UUID) -> "asyncio.Future[None]":
        return self._done.setdefault(id_, asyncio.get_running_loop().create_future())

    async def work(self) -> None:
        """Until cancelled."""
        connection = self._loop.at_supervision
        self._since = await connection.fetchval("SELECT clock_timestamp()")
        while True:
            for row in await connection.fetch(_PUSHED_SINCE, self._since):
                if row["id"] not in self._seen and row["id"] in self._done:
                    self._seen.add(row["id"])
                    task = asyncio.create_task(self._act(row["id"]))
                    self._acts.add(task)
                    task.add_done_callback(self._acts.discard)
            await asyncio.sleep(LOOK_S)

    async def _act(self, id_: UUID) -> None:
        try:
            await self._loop.supervise(id_)
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            self._done[id_].set_exception(error)
        else:
            self._done[id_].set_result(None)


async def _turned(loop: Loop, drive: Any) -> tuple[Run, dict[str, float]]:
    """The run, and when each case's decision was asked for."""
    regulator = _Regulator(loop)
    working = asyncio.create_task(regulator.work())
    began: dict[str, float] = {}

    async def turn(_: int) -> None:
        no, at = loop.waiting.pop(), time.time()
        answered = regulator.answered(loop.push_of(no))
        await loop.decide(no)
        began[no] = at
        await answered

    try:
        run = await drive(turn)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return run, began


async def _whole(loop: Loop, *, rate: float, seconds: float) -> list[float]:
    """Seconds from asking for the decision to the feedback on the park's desk."""
    await loop.stock(int(rate * seconds))
    _, began = await _turned(loop, lambda turn: paced(turn, rate=rate, seconds=seconds))
    desks = await loop.commits(loop.at_approval, _DESKS, list(began))
    return [desks[no] - at for no, at in began.items()]


async def _most(loop: Loop) -> tuple[float, str]:
    """Loops a second, from the first decision to the last feedback on a desk; and what they cost
    each process.
    """
    seconds = _long(loop.stand)
    await loop.stock(int(600 * seconds) + IN_FLIGHT)
    before = {name: one.cpu() for name, one in loop.processes.items()}
    _, began = await _turned(loop, lambda turn: closed(turn, hands=IN_FLIGHT, seconds=seconds))
    desks = await loop.commits(loop.at_approval, _DESKS, list(began))
    spent = [
        f"{name} {1000 * (one.cpu() - before[name]) / len(began):.1f}"
        for name, one in loop.processes.items()
    ]
    rate = len(began) / (max(desks.values()) - min(began.values()))
    return rate, f"CPU ms a loop: {', '.join(spent)}"
