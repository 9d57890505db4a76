"""The kit of supervision: its tables, and its copy of the catalogue as directory of officers."""

from servicekit.clock import Clock
from servicekit.kit import Kit, open_kit
from servicekit.replica import Replica
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.supervision.adapters import tables

NAME = "supervision"


def open(
    settings: Settings, clock: Clock | None = None, keys: Keys | None = None, role: str = "web"
) -> Kit:
    """A process' kit; `keys` replaces the issuer's over HTTP."""
    kit = open_kit(
        NAME, settings, clock=clock, tables=tables.kit, events=tables.events, keys=keys, role=role
    )
    kit.directory = Replica(kit.engine, tables.kit)
    return kit
