"""Supervision's HTTP process: wiring only."""

from fastapi import FastAPI

from servicekit import app, feed
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.supervision.adapters import tables
from services.supervision.entrypoints import desk, verbs
from services.supervision.entrypoints import kit as kits


def create_app(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None
) -> FastAPI:
    """The app; `keys` replaces the issuer's over HTTP."""
    kit = kits.open(settings, clock, keys)
    return app.create(
        kit,
        title="审管互动 · 监管",
        routers=[
            desk.router,
            verbs.router,
            feed.router(kit, visible=tables.push),
            feed.clock_router(kit),
        ],
    )
