"""Loops that must go on: each is a task, started again with growing pauses when it falls."""

import asyncio
import time
from collections.abc import Mapping

import structlog

from servicekit.working import Role

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
WELL_AFTER_S = 60.0
"""A loop that ran this long begins again with the first pause."""


class Supervised:
    """Roles as tasks of this process; `stop` cancels them and waits."""

    def __init__(self, roles: Mapping[str, Role]) -> None:
        self._roles = dict(roles)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        for name, role in self._roles.items():
            self._tasks.add(asyncio.create_task(keep_running(name, role), name=name))

    async def stop(self, *, patience_s: float) -> None:
        """Those that have not left by then are named in the log and left behind."""
        for task in self._tasks:
            task.cancel()
        if not self._tasks:
            return
        _, slow = await asyncio.wait(self._tasks, timeout=patience_s)
        for task in slow:
            log.error("a loop did not leave in time", role=task.get_name())


async def keep_running(name: str, role: Role) -> None:
    """Runs until cancelled. A role that ends by itself has fallen, too."""
    pause = FIRST_PAUSE_S
    while True:
        started = time.monotonic()
        try:
            await role()
            log.error("a loop ended, starting it again", role=name, pause_s=pause)
        except Exception:
            log.exception("a loop fell, starting it again", role=name, pause_s=pause)
        if time.monotonic() - started > WELL_AFTER_S:
            pause = FIRST_PAUSE_S
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
