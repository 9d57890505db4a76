"""The catalogue's worker: it tells, and hears nobody."""

from servicekit import working
from servicekit.clock import Clock
from servicekit.kit import open_kit
from servicekit.settings import Settings
from servicekit.working import Role
from services.catalog.adapters import tables


def roles(settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
    """Each runs until cancelled."""
    kit = open_kit(
        "catalog", settings, clock=clock, tables=tables.kit, events=tables.events, role="worker"
    )
    return {"relay": working.relay(kit), "clock": working.clock_poll(kit)}
