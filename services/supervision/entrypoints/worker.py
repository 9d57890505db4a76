"""Supervision's worker: what it does besides answering."""

from functools import partial

from servicekit import working
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.working import Role
from services.supervision.entrypoints import events
from services.supervision.entrypoints import kit as kits
from services.supervision.usecases import deadlines

RECOUNT_EVERY_S = 30


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """Relay, consumer, the follower of the business clock, the recount of provisional days."""
    kit = kits.open(settings, clock, role="worker")
    return {
        "relay": working.relay(kit),
        "consumer": working.consumer(kit, topics=events.TOPICS, handlers=events.handlers(kit)),
        "clock": working.clock_poll(kit),
        "timers": working.timer(kit, "due days", RECOUNT_EVERY_S, partial(deadlines.recount, kit)),
    }
