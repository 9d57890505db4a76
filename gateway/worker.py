"""The gateway's worker process."""

from collections.abc import Mapping

from gateway.kit import open_gateway
from servicekit import working
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.working import Role


def roles(settings: Settings, *, clock: Clock | None = None) -> Mapping[str, Role]:
    """Role names → loops that run until cancelled."""
    opened = open_gateway(settings, clock=clock, role="worker")
    return {"clock": working.clock_poll(opened.kit)}
