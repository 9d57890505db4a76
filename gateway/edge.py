"""The outermost app: plain ASGI. Admits, then hands the request to the part that has the path."""

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.admission import Admission
from gateway.forwarding import Upstream
from gateway.proxies import Proxies
from gateway.rates import TooOften
from gateway.routing import BadPath, Target, target
from servicekit.app import Metrics, Unexpected
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.trace import TraceMiddleware


class Edge:
    """What uvicorn serves. `own` is the gateway's FastAPI app and keeps the lifespan."""

    def __init__(
        self, own: FastAPI, kit: Kit, admission: Admission, upstreams: Mapping[str, Upstream]
    ) -> None:
        self._proxies = Proxies(kit.settings)
        self.own = own
        self.kit = kit
        self._admission = admission
        self._upstreams = upstreams
        self._metrics: Metrics = own.state.metrics
        self._http: ASGIApp = TraceMiddleware(Unexpected(self._serve))

    def stop_streams(self) -> None:
        """Ends every event stream; a server that is about to stop would wait for them."""
        self.own.state.stopping.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(self._proxies.resolve(scope), receive, send)
        elif scope["type"] == "lifespan":
            await self.own(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            wanted = target(scope["path"], scope["method"])
        except BadPath:
            raise Problem("malformed", "地址中不能有 . 或 .. 段") from None
        if wanted is None:
            raise Problem("not-found", "没有此地址")
        try:
            await self._admission.check(scope, wanted)
        except TooOften as refusal:
            await refusal.response(scope["path"])(scope, receive, send)
            return
        if wanted.part == "gateway":
            await self.own(scope, receive, send)
        else:
            await self._forward(wanted, scope, receive, send)

    async def _forward(self, wanted: Target, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        route = f"→ {wanted.part}"
        try:
            with self._metrics.duration.labels("gateway", route).time():
                await self._upstreams[wanted.part](scope, receive, answer)
        finally:
            labels = ("gateway", scope["method"], route, str(status))
            self._metrics.requests.labels(*labels).inc()
