"""The feed as server-sent events: `id` is the cursor, so a browser resumes by itself."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from gateway import feed
from gateway.feed import Cursor, Page
from gateway.services import Services
from servicekit.problems import Problem
from servicekit.tokens import Caller

HEARTBEAT_S = 15.0
IDLE_POLL_S = 1.0
LIFE_S = 600.0
"""A stream ends after ten minutes and is resumed, so that a stopping server soon is free."""
PAGE = 100
PER_CALLER = 5


class Streams:
    """The streams now open; all of them end when `stopping` is set."""

    def __init__(
        self, services: Services, stopping: asyncio.Event, *, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        self._services = services
        self._stopping = stopping
        self._heartbeat_s = heartbeat_s
        self._open: Counter[str] = Counter()

    def check_place(self, caller: Caller) -> None:
        """Problem `too-many-requests` for a caller with five streams already."""
        if self._open[caller.sub] >= PER_CALLER:
            raise Problem("too-many-requests", f"同一调用方至多同时打开 {PER_CALLER} 个事件流")

    async def run(self, caller: Caller, cursor: Cursor) -> AsyncIterator[bytes]:
        """Blocks of the stream until the token, the client or the server ends it."""
        self._open[caller.sub] += 1
        try:
            async for block in self._run(caller, cursor):
                yield block
        finally:
            self._open[caller.sub] -= 1
            self._open += Counter()  # forgets those at zero

    async def _run(self, caller: Caller, cursor: Cursor) -> AsyncIterator[bytes]:
        ends = time.monotonic() + LIFE_S
        beat = time.monotonic()
        yield b"retry: 2000\n\n"
        while time.monotonic() < ends and not self._stopping.is_set():
            try:
                page = await feed.page(self._services, cursor, limit=PAGE, token=caller.token)
            except Problem:
                yield b": token expired\n\n"
                return
            moved, cursor = page.cursor != cursor, page.cursor
            if page.events:
                yield _blocks(page)
                beat = time.monotonic()
            elif time.monotonic() - beat > self._heartbeat_s:
                yield f"id: {cursor}\n: heartbeat\n\n".encode()
                beat = time.monotonic()
            if not (page.more and moved):
                await self._pause()
        yield b": end\n\n"

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(IDLE_POLL_S):
                await self._stopping.wait()
        except TimeoutError:
            return


def _blocks(page: Page) -> bytes:
    """The cursor stands on the last event of the page: what broke off within is sent again."""
    blocks = [_block(event) for event in page.events]
    blocks[-1] = f"id: {page.cursor}\n{blocks[-1]}"
    return "".join(blocks).encode()


def _block(event: dict[str, Any]) -> str:
    data = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return f"data: {data}\n\n"
