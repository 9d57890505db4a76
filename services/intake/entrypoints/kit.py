"""The kit of intake: its tables, and its copy of the catalogue as directory of officers."""

from servicekit.clock import Clock
from servicekit.kit import Kit, open_kit
from servicekit.replica import Catalogue, Replica
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.intake.adapters import tables

NAME = "intake"


def open(
    settings: Settings, clock: Clock | None = None, keys: Keys | None = None, role: str = "web"
) -> Kit:
    """A process' kit; `keys` replaces the issuer's over HTTP."""
    kit = open_kit(
        NAME, settings, clock=clock, tables=tables.own, events=tables.log, keys=keys, role=role
    )
    kit.directory = Replica(kit.engine, tables.own)
    return kit


async def catalogue(kit: Kit) -> Catalogue:
    """The copy as it stands; Problem `catching-up` before the first complete replay."""
    if not isinstance(kit.directory, Replica):
        msg = "intake judges on its own copy of the catalogue"
        raise TypeError(msg)
    return await kit.directory.current()
