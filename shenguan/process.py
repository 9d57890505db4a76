"""`shenguan serve` and `shenguan work`: one part's web or worker as a process of its own."""

import gc
from collections.abc import Collection

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.app import Metrics, add_health
from servicekit.kit import collecting
from servicekit.settings import Settings
from shenguan.parts import Part
from shenguan.serving import listen, serving, stop_on_signals
from shenguan.supervising import Supervised

log = structlog.get_logger(__name__)

WORKERS_LEAVE_S = 6.0
HEALTH_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


class NoSuchRole(Exception):
    """The part's worker has no role of that name."""


async def serve(
    settings: Settings, part: Part, *, host: str, port: int, metrics_port: int | None
) -> int:
    """Answers until told to stop; health and metrics on a port of their own besides."""
    stopping = stop_on_signals()
    app = part.web(settings)
    with listen(host, port) as listener:
        async with serving(app, listener):
            log.info("serving", part=part.name, host=host, port=listener.getsockname()[1])
            if metrics_port is None:
                await stopping.wait()
            else:
                with listen(host, metrics_port) as beside:
                    async with serving(_HealthOnly(app), beside, lifespan="off"):
                        await stopping.wait()
    return 0


async def work(
    settings: Settings, part: Part, *, only: Collection[str], host: str, port: int
) -> int:
    """Runs the part's loops, or only these, until told to stop. Raises NoSuchRole."""
    stopping = stop_on_signals()
    with collecting() as kits:
        roles = part.roles(settings)
    unknown = sorted(set(only) - roles.keys())
    if unknown:
        raise NoSuchRole(f"{part.name} 没有 {'、'.join(unknown)}；有的是 {'、'.join(roles)}")
    workers = Supervised({name: roles[name] for name in only or roles})
    health = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for kit in kits:
        add_health(health, kit, Metrics(part.name))
    with listen(host, port) as listener:
        async with serving(health, listener):
            workers.start()
            gc.collect()
            gc.freeze()
            log.info("working", part=part.name, roles=list(only or roles))
            await stopping.wait()
            await workers.stop(patience_s=WORKERS_LEAVE_S)
    for kit in kits:
        await kit.close()
    return 0


class _HealthOnly:
    """The part's health and metrics, and nothing else of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in HEALTH_PATHS:
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})
