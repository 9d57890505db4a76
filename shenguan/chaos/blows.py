"""Deals the planned blows, each beside the others, until the plan is done."""

import asyncio
import random
import time
from collections.abc import Sequence

from shenguan.chaos.plan import Blow
from shenguan.chaos.stand import Stand

REWOUND_EVENTS = 300


async def deal(stand: Stand, plan: Sequence[Blow], seed: int) -> None:
    """Returns when the last one was dealt and everything was started again."""
    began = time.monotonic()
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    broker = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for blow in plan:
            await asyncio.sleep(max(0.0, began + blow.at - time.monotonic()))
            group.create_task(_deal(stand, blow, chance, broker))


async def _deal(stand: Stand, blow: Blow, chance: random.Random, broker: asyncio.Lock) -> None:
    if blow.what == "kill":
        await stand.kill(blow.name)
        await asyncio.sleep(blow.down)
        await stand.start(blow.name)
    elif blow.what == "database":
        await stand.crash_database(chance)
    elif blow.what == "broker":
        async with broker:
            await stand.crash_broker()
    else:
        await stand.rewind(blow.name, REWOUND_EVENTS)
