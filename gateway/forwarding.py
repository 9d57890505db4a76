"""Passing a request on: to an app of this process by its ASGI, or to another process over HTTP.

Bodies stream both ways and nothing is tried twice: only the caller knows whether its key makes a
second try safe.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

import httpx
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.admission import address_of
from servicekit import problems, trace
from servicekit.problems import Problem

log = structlog.get_logger(__name__)

Headers = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" trailers transfer-encoding upgrade expect".split()
)
REPLACED = frozenset(
    [b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"traceparent"]
)
SAID_BY_THE_SERVER = frozenset([b"date", b"server"])
SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
TIMEOUT = {"connect": 2.0, "read": 60.0, "write": 60.0, "pool": 5.0}
"""Seconds; `read` is the longest silence within an answer."""
LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=3)
"""Idle connections are dropped before uvicorn's 5 s, so that none is used as it closes."""
_PASSED_ON = frozenset(
    {"type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string"}
    | {"root_path", "client", "server", "extensions"}
)


class Upstream(Protocol):
    """One part behind the edge."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def close(self) -> None: ...


class InProcess:
    """An app of this process, with scope, receive and send of its own request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inner = {key: value for key, value in scope.items() if key in _PASSED_ON}
        inner["headers"] = forwarded(scope)
        await self._app(inner, receive, send)

    async def close(self) -> None:
        """Its own lifespan closes it."""


class OverHttp:
    """Another process, on a pool of connections of this upstream's own."""

    def __init__(self, base_url: str) -> None:
        self._base = httpx.URL(base_url)
        self._transport = httpx.AsyncHTTPTransport(limits=LIMITS, retries=0, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, expected=_has_body(scope["headers"]))
        exchange = asyncio.create_task(self._exchange(scope, body, send))
        left = asyncio.create_task(body.left())
        try:
            await asyncio.wait({exchange, left}, return_when=asyncio.FIRST_COMPLETED)
            if exchange.done():
                exchange.result()
        finally:
            await _end(exchange, left)

    async def close(self) -> None:
        await self._transport.aclose()

    async def _exchange(self, scope: Scope, body: "_Body", send: Send) -> None:
        try:
            response = await self._transport.handle_async_request(self._request(scope, body))
        except _ClientLeft:
            return
        except httpx.HTTPError as error:
            await problems.response(_down(scope, error), scope["path"])(scope, body.receive, send)
            return
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an async transport's
        try:
            headers = _without(response.headers.raw, HOP_BY_HOP | SAID_BY_THE_SERVER)
            await send(
                {"type": "http.response.start", "status": response.status_code, "headers": headers}
            )
            async for chunk in stream:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            await stream.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _request(self, scope: Scope, body: "_Body") -> httpx.Request:
        raw_path = scope.get("raw_path") or scope["path"].encode()
        if scope["query_string"]:
            raw_path += b"?" + scope["query_string"]
        return httpx.Request(
            scope["method"],
            self._base.copy_with(raw_path=raw_path),
            headers=forwarded(scope),
            content=body.chunks() if body.expected else None,
            extensions={"timeout": TIMEOUT},
        )


class _ClientLeft(Exception):
    """The client hung up before its request was complete."""


class _Body:
    """The request's body, and afterwards the news that the client has left."""

    def __init__(self, receive: Receive, *, expected: bool) -> None:
        self.receive = receive
        self.expected = expected
        self._read = asyncio.Event()
        if not expected:
            self._read.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise _ClientLeft
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]
        self._read.set()

    async def left(self) -> None:
        """Returns when the client has hung up on us."""
        await self._read.wait()
        while (await self.receive())["type"] != "http.disconnect":
            pass


def forwarded(scope: Scope) -> Headers:
    """The request's headers as the next one gets them: whose they are, and one trace."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return [
        *_without(scope["headers"], HOP_BY_HOP | REPLACED),
        (b"x-forwarded-for", address_of(scope).encode("latin-1")),
        (b"x-forwarded-proto", scope["scheme"].encode()),
        (b"x-forwarded-host", host),
        (b"traceparent", trace.current().encode()),
    ]


def _without(headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes]) -> Headers:
    listed = list(headers)
    named = {
        word.strip().lower()
        for name, value in listed
        if name.lower() == b"connection"
        for word in value.split(b",")
    }
    return [(name, value) for name, value in listed if name.lower() not in dropped | named]


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    known = dict(headers)
    return b"transfer-encoding" in known or known.get(b"content-length", b"0") != b"0"


def _down(scope: Scope, error: httpx.HTTPError) -> Problem:
    log.warning("part does not answer", path=scope["path"], error=repr(error))
    never_arrived = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    if never_arrived or scope["method"] in SAFE:
        return Problem("unavailable", "所需部分暂时没有应答，请稍后重试")
    return Problem("unknown-outcome", "请求已转出而未得到应答，结果未知")


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
