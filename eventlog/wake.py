"""The hint that rows wait in the outbox: sent outside the writing transaction, never relied on.

NOTIFY inside a writing transaction takes a lock at commit that serialises all of them, and it is
lost when nobody listens. So it goes alone, at most once per few milliseconds, and the relay polls
beneath it.
"""

import asyncio
import logging
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "eventlog_outbox"

log = logging.getLogger(__name__)
_sending: WeakKeyDictionary[Engine, asyncio.Task[None]] = WeakKeyDictionary()


def notify_soon(engine: AsyncEngine, *, delay: float = 0.005) -> None:
    """Wakes the relay of this engine's database after `delay` seconds; calls meanwhile are one.

    Call it after the commit, from the event loop. A failure is not reported: the poll finds the
    rows.
    """
    waiting = _sending.get(engine.sync_engine)
    if waiting is None or waiting.done():
        _sending[engine.sync_engine] = asyncio.create_task(_notify(engine, delay))


async def _notify(engine: AsyncEngine, delay: float) -> None:
    await asyncio.sleep(delay)
    if _sending.get(engine.sync_engine) is asyncio.current_task():
        del _sending[engine.sync_engine]  # a row written from here on asks anew
    try:
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute(f"NOTIFY {CHANNEL}")  # type: ignore[union-attr]
    except Exception:
        log.debug("the relay was not woken", exc_info=True)


async def listen(connection: Any, woken: asyncio.Event) -> None:
    """Sets `woken` whenever rows may wait; `connection` is asyncpg's, on the same database."""
    await connection.add_listener(CHANNEL, lambda *_: woken.set())
