"""The catalogue's web process: wiring only."""

from fastapi import FastAPI

from servicekit import app, feed
from servicekit.clock import Clock
from servicekit.kit import open_kit
from servicekit.replica import Replica
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.catalog.adapters import tables
from services.catalog.entrypoints import asking, importing, reading


def create_app(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None
) -> FastAPI:
    """The app. `keys` replaces the issuer's JWKS over HTTP (tests, one process)."""
    kit = open_kit(
        "catalog", settings, clock=clock, tables=tables.kit, events=tables.events, keys=keys
    )
    replica = Replica(kit.engine, tables.kit)
    kit.directory = replica
    made = app.create(
        kit,
        title="审管目录服务",
        routers=[
            reading.router,
            importing.router,
            asking.router,
            feed.router(kit, visible=None),
            feed.clock_router(kit),
        ],
    )
    made.state.replica = replica
    return made
