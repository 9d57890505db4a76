"""One id from the REST call to the feedback: W3C traceparent in a context variable and the logs."""

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORM = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def new() -> str:
    """A fresh traceparent, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def current() -> str:
    """The traceparent of this request, event or page; made when there is none."""
    value = _current.get()
    if value is None:
        value = new()
        _current.set(value)
    return value


def request_id() -> str:
    """The trace id: what callers quote and logs carry."""
    return current().split("-")[1]


@contextmanager
def bound(traceparent: str | None) -> "Iterator[None]":
    """Within, everything written belongs to the given trace."""
    valid = traceparent if traceparent and _FORM.match(traceparent) else new()
    token = _current.set(valid)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=valid.split("-")[1]):
            yield
    finally:
        _current.reset(token)


class TraceMiddleware:
    """Takes the caller's traceparent or makes one; answers `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        inbound = next(
            (v.decode("latin-1") for k, v in scope["headers"] if k == b"traceparent"), ""
        )
        with bound(inbound):

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["X-Request-Id"] = request_id()
                await send(message)

            await self.app(scope, receive, answer)
