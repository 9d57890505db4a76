"""Intake's HTTP process: wiring only."""

from fastapi import FastAPI

from servicekit import app, feed
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.tokens import Keys
from services.intake.adapters import tables
from services.intake.entrypoints import (
    filing_routes,
    material_routes,
    verb_routes,
    verification_routes,
)
from services.intake.entrypoints import kit as kits


def create_app(
    settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None
) -> FastAPI:
    """The app; `keys` replaces the issuer's over HTTP."""
    kit = kits.open(settings, clock, keys)
    return app.create(
        kit,
        title="审管互动 · 收件",
        routers=[
            material_routes.router(kit),
            filing_routes.router,
            verb_routes.router,
            verification_routes.router,
            feed.router(kit, visible=tables.filing),
            feed.clock_router(kit),
        ],
    )
