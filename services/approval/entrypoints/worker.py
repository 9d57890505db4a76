"""Approval's worker: what it does besides answering."""

from functools import partial

from servicekit import papers, working
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.working import Role
from services.approval.adapters import documents, tables
from services.approval.entrypoints import events
from services.approval.entrypoints import kit as kits
from services.approval.usecases import recount

RECOUNT_EVERY_S = 30


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """Relay, consumer, rendering of papers, the business clock, the recount of provisional days."""
    kit = kits.open(settings, clock, role="worker")
    return {
        "relay": working.relay(kit),
        "consumer": working.consumer(kit, topics=events.TOPICS, handlers=events.handlers(kit)),
        "documents": papers.worker(kit, tables.paper, partial(documents.tell, kit)),
        "clock": working.clock_poll(kit),
        "timers": working.timer(kit, "due days", RECOUNT_EVERY_S, partial(recount.recount, kit)),
    }
