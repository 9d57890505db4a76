"""The console's worker: it keeps the board and the copy of the catalogue."""

from console import kit as kits
from console.board import handlers
from servicekit import working
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.working import Role


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """The consumer of all that is told, and the follower of the business clock."""
    kit = kits.open(settings, clock, role="worker")
    return {
        "consumer": working.consumer(kit, topics=handlers.TOPICS, handlers=handlers.handlers()),
        "clock": working.clock_poll(kit),
    }
