"""The FastAPI application of one part: health that tells the truth, problems, ids, body limits."""

import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from eventlog.failures import is_trouble, told
from servicekit import access, problems
from servicekit.kit import Check, Kit
from servicekit.problems import Problem
from servicekit.trace import TraceMiddleware

log = structlog.get_logger(__name__)

STUCK_AFTER_S = 60


class Metrics:
    """A registry of its own for each part, also when several live in one process."""

    def __init__(self, part: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shenguan_http_requests_total",
            "Requests answered, by part, method, route and status",
            ("part", "method", "route", "status"),
            registry=self.registry,
        )
        self.duration = Histogram(
            "shenguan_http_request_duration_seconds",
            "Time to answer, by part and route",
            ("part", "route"),
            registry=self.registry,
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.part = part


class MeteredRoutes:
    """Counts answers by the route's template, never by the raw path."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        await self.app(scope, receive, answer)
        route = getattr(scope.get("route"), "path", "unknown")
        self.metrics.duration.labels(self.metrics.part, route).observe(time.perf_counter() - began)
        self.metrics.requests.labels(self.metrics.part, scope["method"], route, str(status)).inc()


class TooLarge:
    """Starlette's plain 413 as the problem every caller can read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def answer(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _plain_413(message):
                replaced = True
                body = problems.response(
                    Problem("too-large", "请求体超过允许的大小"), scope["path"]
                )
                await body(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, answer)


def _plain_413(message: Message) -> bool:
    kinds = [value for name, value in message.get("headers", ()) if name == b"content-type"]
    return message["status"] == 413 and kinds[:1] == [b"text/plain; charset=utf-8"]


class App(FastAPI):
    """FastAPI with our trace and problems around its outermost middleware too."""

    def build_middleware_stack(self) -> ASGIApp:
        return TraceMiddleware(TooLarge(super().build_middleware_stack()))


class Unexpected:
    """What nobody foresaw: logged with its id, answered as problem `internal`; a database that
    cannot be reached as `unavailable`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Problem as problem:
            if started:
                raise
            await problems.response(problem, scope.get("path"))(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            if is_trouble(error):
                # Writes answer for themselves (`writes.once`): here nothing was written.
                log.warning("database trouble", path=scope["path"], error=told(error))
                failed = Problem("unavailable", "数据库暂时不可用")
            else:
                log.exception("request failed", path=scope["path"])
                failed = Problem("internal", "处理请求时出现意外错误")
            await problems.response(failed, scope["path"])(scope, receive, send)


def create(
    kit: Kit,
    *,
    title: str,
    routers: Sequence[APIRouter],
    ready: Mapping[str, Check] | None = None,
    prepare: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """An app with its routes, `/livez /readyz /metrics` and everything every part does alike.

    Routers are made with `APIRouter(route_class=StrictRoute)`; an upload route sets its own
    `max_body_size`.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if prepare is not None:
            await prepare()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        yield
        await kit.close()

    app = App(
        title=title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        max_body_size=kit.settings.max_body_bytes,
    )
    metrics = Metrics(kit.name)
    app.state.kit = kit
    app.state.metrics = metrics
    problems.install(app)
    for router in routers:
        app.include_router(router)
    kit.checks.update(ready or {})
    add_health(app, kit, metrics)
    app.add_middleware(Unexpected)
    app.add_middleware(MeteredRoutes, metrics=metrics)
    return app


def add_health(app: FastAPI, kit: Kit, metrics: Metrics) -> None:
    """`/livez`: every loop of this process turns; `/readyz`: what it needs answers."""
    public = access.public()

    async def livez() -> Response:
        stuck = {
            name: round(time.monotonic() - turned())
            for name, turned in kit.turns.items()
            if time.monotonic() - turned() > STUCK_AFTER_S
        }
        if stuck:
            return JSONResponse({"stuck": stuck}, 503)
        return PlainTextResponse("ok")

    async def readyz() -> Response:
        parts: dict[str, Any] = {"transport": kit.settings.transport}
        status = 200
        for name, check in {"database": _database(kit), **kit.checks}.items():
            try:
                parts[name] = dict(await check())
            except Exception as error:  # noqa: BLE001 - every failure means: not ready
                status = 503
                parts[name] = {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
        return JSONResponse({"ready": status == 200, "parts": parts}, status)

    async def metrics_page() -> Response:
        return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4")

    for path, endpoint in (("/livez", livez), ("/readyz", readyz), ("/metrics", metrics_page)):
        app.add_api_route(
            path,
            endpoint,
            include_in_schema=False,
            dependencies=[Depends(public)],
        )


def _database(kit: Kit) -> Check:
    async def check() -> Mapping[str, Any]:
        async with kit.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return {"ok": True}

    return check
