"""Intake's worker: what it does besides answering."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import new_id
from servicekit import papers, working
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.settings import Settings
from servicekit.working import Role
from services.intake.adapters import tables
from services.intake.entrypoints import events
from services.intake.entrypoints import kit as kits
from services.intake.usecases import silence, telling

SWEEP_EVERY_S = 1.0


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """Relay, consumer, the follower of the business clock, silence, and the papers."""
    kit = kits.open(settings, clock, role="worker")
    return {
        "relay": working.relay(kit),
        "consumer": working.consumer(kit, topics=events.TOPICS, handlers=events.handlers(kit)),
        "clock": working.clock_poll(kit),
        "timers": working.timer(kit, "silence", SWEEP_EVERY_S, partial(sweep, kit)),
        "documents": papers.worker(kit, tables.paper, partial(telling.document_ready, kit)),
    }


async def sweep(kit: Kit, connection: AsyncConnection) -> int:
    """One round of 视为受理, by the business clock; none before the catalogue is here."""
    try:
        catalogue = await kits.catalogue(kit)
    except Problem:
        return 0
    return await silence.sweep(connection, kit, catalogue, now=kit.clock.now(), new_id=new_id)
