"""PostgreSQL: the engine of a process, and the queue in front of its pool."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from servicekit.problems import Problem

LOCK_TIMEOUT_MS = 2_000
"""How long a statement waits for a row or a running twin before it gives up (SQLSTATE 55P03)."""

dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON as columns hold it; one encoder, since `json.dumps` makes one for each call."""


def engine(url: str, *, pool_size: int, application: str) -> AsyncEngine:
    """An engine with a fixed pool: more than about 8 connections per 2 cores is slower."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,
        json_serializer=dumps,
        connect_args={
            "server_settings": {
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "application_name": application,
                "timezone": "UTC",
            },
            "timeout": 10,
        },
    )


class Gate:
    """A bounded queue before the pool: past it, callers get 503 with Retry-After at once."""

    def __init__(self, *, places: int, queue: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue = queue
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Holds one connection's worth of work."""
        if self._waiting >= self._queue:
            raise Problem("unavailable", "系统繁忙，请稍后重试")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


@asynccontextmanager
async def reading(engine: AsyncEngine, gate: Gate) -> AsyncIterator[AsyncConnection]:
    """A connection for reads; nothing is committed."""
    async with gate.place(), engine.connect() as connection:
        yield connection
