"""kill -9 of every process and of the broker, filings under way: each is complete exactly once."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from shenguan.rehearse.report import Row
from tests.journeys.people import PLATFORM, Journey, Steadfast
from tests.journeys.stored import at_rest
from tests.support.eventually import eventually
from tests.support.system import Role, System

SIDE_BY_SIDE = 2
PATIENCE_S = 90.0
AFTERWARDS = 2
"""Filings to be completed after the last kill."""


@dataclass
class Load:
    """Filings that are begun one after another until told to stop."""

    begun: int = 0
    done: list[Row] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def completed(self, more: int) -> None:
        """Waits until so many more went through the whole loop."""
        wanted = len(self.done) + more

        async def count() -> int:
            return len(self.done)

        await eventually(count, lambda seen: seen >= wanted, within=PATIENCE_S)


@asynccontextmanager
async def load(system: System) -> AsyncIterator[Load]:
    """Filings under way inside the block; on leaving it those begun are completed."""
    callers = Steadfast.of(system, patience_s=PATIENCE_S)
    read = await callers.place()
    powers = itertools.cycle(read.powers)
    made = Load()

    async def one_after_another() -> None:
        while not made.stopping.is_set():
            made.begun += 1
            journey = Journey(callers, read, next(powers), PLATFORM, f"KILL-{made.begun}")
            made.done.append(await journey.run())

    async with asyncio.TaskGroup() as group:
        for _ in range(SIDE_BY_SIDE):
            group.create_task(one_after_another())
        try:
            await made.completed(1)
            yield made
        finally:
            made.stopping.set()
    await callers.close()


async def test_every_process_may_be_killed_once(parts: System):
    async with load(parts) as filings:
        for together in in_pairs(parts):
            for part, role in together:
                parts.kill(part, role)
                parts.start(part, role)
            for part, role in together:
                await parts.ready(part, role)
        if parts.broker is not None:
            await asyncio.to_thread(parts.broker.kill)
            await asyncio.to_thread(parts.broker.start)
        await filings.completed(AFTERWARDS)
    assert {row.no: row.failed for row in filings.done if row.failed} == {}
    print(
        f"{parts.settings.transport}: {len(filings.done)} filings over {len(parts.children)} kills"
    )
    await at_rest(parts)
    await complete_exactly_once(parts, {str(row.no) for row in filings.done}, filings.begun)


def in_pairs(system: System) -> list[list[tuple[str, Role]]]:
    """Every process once, the web of one part with the worker of the next."""
    webs = [one for one in system.children if one[1] == "web"]
    workers = [one for one in system.children if one[1] == "worker"]
    rotated = workers[1:] + workers[:1]
    return [[one for one in pair if one] for pair in itertools.zip_longest(webs, rotated)]


async def complete_exactly_once(system: System, numbers: set[str], begun: int) -> None:
    """One case, one decision, one push a regulator, one effect of its feedback, one acknowledgement
    a desk; nothing besides, and nothing waits.
    """
    assert len(numbers) == begun
    assert await counted(system, "intake", "filing") == dict.fromkeys(numbers, 1)
    assert await counted(system, "approval", '"case"') == dict.fromkeys(numbers, 1)
    assert await counted(system, "approval", "decision") == dict.fromkeys(numbers, 1)
    cases = await system.rows("approval", 'SELECT no, regulators, seats, park FROM "case"')
    regulators = Counter({one["no"]: len(one["regulators"]) for one in cases})
    assert await counted(system, "supervision", "push") == regulators
    assert await counted(system, "supervision", "feedback JOIN push ON push.id = push_id") == (
        regulators
    )
    assert await counted(system, "approval", "feedback") == regulators
    desks = await system.rows("approval", "SELECT feedback, org, no, state FROM desk")
    assert {one["state"] for one in desks} == {"acknowledged"}
    expected = Counter({one["no"]: len({one["park"], decider(one["seats"])}) for one in cases})
    assert Counter(one["no"] for one in desks) == expected
    told = await system.rows("supervision", "SELECT feedback_id::text, desk FROM acknowledgement")
    assert Counter((one["feedback_id"], one["desk"]) for one in told) == Counter(
        (one["feedback"], one["org"]) for one in desks
    )
    for name in ("intake", "approval", "supervision", "console"):
        assert await system.rows(name, "SELECT topic, key, reason FROM hold") == []
        assert await system.rows(name, "SELECT * FROM parked") == []


async def counted(system: System, database: str, table: str) -> Counter[str]:
    rows = await system.rows(database, f"SELECT no, count(*) AS n FROM {table} GROUP BY no")
    return Counter({one["no"]: one["n"] for one in rows})


def decider(seats: str) -> str:
    return str(json.loads(seats)["decides"])
