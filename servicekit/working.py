"""The loops of a part's worker: relay, consumer, timers, the business clock's follower.

A loop that runs is asked for its health; one left to another process (`work --only`) is not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import catalog
from eventlog.consumer import Consumer, Handler
from eventlog.relay import Relay
from servicekit import events, replica, trace, transports
from servicekit.kit import Kit
from servicekit.tables import KitTables

log = structlog.get_logger(__name__)

Role = Callable[[], Awaitable[None]]
"""Runs until cancelled, then leaves nothing half done."""

CLOCK_POLL_S = 0.5


def relay(kit: Kit) -> Role:
    """Moves this database's outbox to the log. One works, others stand by."""
    one = Relay(
        kit.settings.database_url(kit.name),
        kit.log,
        transports.producer(kit.settings, kit.name),
        name=kit.name,
        stamped={catalog.TOPIC},
    )

    async def ready() -> Mapping[str, Any]:
        lease = one.lease
        if lease.state == "down":
            msg = "relay has no session with its database"
            raise ConnectionError(msg)
        return {"state": lease.state, "seconds": round(lease.seconds), "oldest": lease.oldest}

    async def run() -> None:
        kit.checks["relay"] = ready
        await one.run()

    return run


def consumer(kit: Kit, *, topics: Sequence[str], handlers: Mapping[str, Handler]) -> Role:
    """Applies what the others tell; with the catalogue's topic the copy of it as well."""
    told = dict(handlers)
    caught_up = {}
    if catalog.TOPIC in topics:
        told |= replica.handlers(kit.own)
        caught_up[catalog.TOPIC] = partial(_open, kit.own)
    kit.heard |= events.traced(told)
    one = Consumer(
        kit.engine,
        kit.log,
        transports.reader(kit.settings, kit.name),
        tuple(topics),
        kit.heard,
        group=f"shenguan-{kit.name}",
        caught_up=caught_up,
    )

    async def ready() -> Mapping[str, Any]:
        if one.alarm:
            raise RuntimeError(one.alarm)
        return {"trouble": one.trouble, "topics": list(topics)}

    async def run() -> None:
        kit.checks["consumer"] = ready
        kit.turns["consumer"] = lambda: one.last_turn
        await one.run()

    return run


async def _open(tables: KitTables, connection: AsyncConnection) -> None:
    await replica.complete(connection, tables)


def timer(
    kit: Kit, name: str, every_s: float, act: Callable[[AsyncConnection], Awaitable[int]]
) -> Role:
    """Every `every_s` real seconds, `act` in one transaction; it answers how much it did.

    What is due is judged by `act` on the business clock. A failure is logged and tried again.
    """
    turned = time.monotonic()

    async def run() -> None:
        nonlocal turned
        kit.turns[name] = lambda: turned
        while True:
            turned = time.monotonic()
            try:
                with trace.bound(None):
                    async with kit.engine.begin() as connection:
                        done = await act(connection)
                if done:
                    kit.wake()
            except Exception:
                log.exception("timer failed", timer=name, part=kit.name)
            await asyncio.sleep(every_s)

    return run


def clock_poll(kit: Kit) -> Role:
    """Follows the controlled clock of rehearsals, kept in the part's own database."""
    table = kit.own.business_clock

    async def run() -> None:
        while True:
            try:
                async with kit.engine.connect() as connection:
                    seconds = await connection.scalar(select(table.c.offset_seconds)) or 0
                kit.clock.offset = max(kit.clock.offset, timedelta(seconds=seconds))
            except Exception as error:  # noqa: BLE001 - the next poll tries again
                log.warning("the business clock could not be read", error=str(error))
            await asyncio.sleep(CLOCK_POLL_S)

    return run
