"""Approval's HTTP process: wiring only."""

from fastapi import FastAPI

from servicekit import app, feed
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.approval.adapters import tables
from services.approval.entrypoints import deciding, desk, documents, internal, reading, timing
from services.approval.entrypoints import kit as kits


def create_app(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None
) -> FastAPI:
    """The app; `keys` replaces the issuer's over HTTP."""
    kit = kits.open(settings, clock, keys)
    return app.create(
        kit,
        title="审管互动 · 审批",
        routers=[
            reading.router,
            documents.router,
            deciding.router,
            timing.router,
            desk.router,
            internal.router,
            feed.router(kit, visible=tables.case),
            feed.clock_router(kit),
        ],
    )
