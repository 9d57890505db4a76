"""The console's web process: wiring only."""

import httpx
from fastapi import FastAPI

from console import answers, signin
from console import kit as kits
from console.api import Api
from console.board import pages as board
from console.businesstime import BusinessTime
from console.pages import (
    cases,
    catalogue,
    desk,
    feedback,
    filing,
    filings,
    newfiling,
    oversight,
    papers,
    public,
    pushes,
    static,
)
from console.security import SecureHeaders
from servicekit import app
from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.tokens import Keys

LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3)


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    keys: Keys | None = None,
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """The app. `keys` replaces the issuer's over HTTP, `http` the way to the gateway."""
    kit = kits.open(settings, clock, keys)
    gateway = http or httpx.AsyncClient(
        base_url=settings.gateway_url, limits=LIMITS, trust_env=False
    )
    kit.closing.append(gateway.aclose)
    made = app.create(
        kit,
        title="审管互动 · 控制台",
        routers=[
            public.router,
            static.router(),
            signin.router(kit, gateway),
            desk.router,
            newfiling.router(settings),
            filings.router,
            filing.router(settings),
            cases.router(settings),
            pushes.router,
            feedback.router,
            oversight.router,
            catalogue.router,
            papers.router,
            board.router,
        ],
    )
    made.state.http = gateway
    made.state.business_time = BusinessTime(kit, Api(gateway, None))
    answers.install(made)
    made.add_middleware(
        SecureHeaders, issuer=settings.issuer, https=settings.public_url.startswith("https:")
    )
    return made
