"""Intake's worker: what it does besides answering."""

import asyncio
from datetime import date
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import new_id
from servicekit import papers, working
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from servicekit.settings import Settings
from servicekit.working import Role
from services.intake.adapters import tables
from services.intake.entrypoints import events
from services.intake.entrypoints import kit as kits
from services.intake.usecases import reseating, silence, telling

SWEEP_EVERY_S = 1.0


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """Relay, consumer, the follower of the business clock, silence, and the papers."""
    kit = kits.open(settings, clock, role="worker")
    return {
        "relay": working.relay(kit),
        "consumer": working.consumer(kit, topics=events.TOPICS, handlers=events.handlers(kit)),
        "clock": working.clock_poll(kit),
        "timers": _together(
            working.timer(kit, "silence", SWEEP_EVERY_S, partial(sweep, kit)),
            working.timer(kit, "seats", SWEEP_EVERY_S, SeatFollower(kit)),
        ),
        "documents": papers.worker(kit, tables.paper, partial(telling.document_ready, kit)),
    }


def _together(*roles: Role) -> Role:
    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for role in roles:
                group.create_task(_run(role))

    return run


async def _run(role: Role) -> None:
    await role()


async def sweep(kit: Kit, connection: AsyncConnection) -> int:
    """One round of 视为受理, by the business clock; none before the catalogue is here."""
    catalogue = await _catalogue(kit)
    if catalogue is None:
        return 0
    return await silence.sweep(connection, kit, catalogue, now=kit.clock.now(), new_id=new_id)


class SeatFollower:
    """Reseats open filings once for each state of the catalogue and each day."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._seen: tuple[int, date] | None = None

    async def __call__(self, connection: AsyncConnection) -> int:
        catalogue = await _catalogue(self._kit)
        if catalogue is None:
            return 0
        state = (catalogue.position, self._kit.clock.today())
        if state == self._seen:
            return 0
        moved = await reseating.follow(connection, catalogue, now=self._kit.clock.now())
        self._seen = state
        return moved


async def _catalogue(kit: Kit) -> Catalogue | None:
    try:
        return await kits.catalogue(kit)
    except Problem:
        return None
