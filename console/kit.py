"""The kit of the console: its tables, and its copy of the catalogue for names and roles."""

from console import tables
from servicekit.clock import Clock
from servicekit.kit import Kit, open_kit
from servicekit.replica import Replica
from servicekit.settings import Settings
from servicekit.tokens import Keys

NAME = "console"


def open(
    settings: Settings, clock: Clock | None = None, keys: Keys | None = None, role: str = "web"
) -> Kit:
    """A process' kit; `keys` replaces the issuer's over HTTP."""
    kit = open_kit(
        NAME, settings, clock=clock, tables=tables.kit, events=tables.events, keys=keys, role=role
    )
    kit.directory = Replica(kit.engine, tables.kit)
    return kit


def replica(kit: Kit) -> Replica:
    """The copy of the catalogue; the worker fills it."""
    if not isinstance(kit.directory, Replica):
        msg = "the console's directory is its replica"
        raise TypeError(msg)
    return kit.directory
