"""Asking the services on the gateway's own account: feed, timeline, verification, clock, health."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

from servicekit import trace
from servicekit.settings import SERVICES, Settings

PATIENCE_S = 2.0
"""How long one part may take before the others' answer goes out without it."""


class NoAnswer(Exception):
    """The part is down, too slow or failing; nothing is known from it."""


class Services:
    """One client per part: to the app itself where it lives in this process."""

    def __init__(self, settings: Settings, apps: Mapping[str, ASGIApp]) -> None:
        self._clients = {
            name: _client(apps.get(name), getattr(settings, f"{name}_url"))
            for name in (*SERVICES, "console")
        }

    async def ask(
        self,
        name: str,
        path: str,
        *,
        token: str | None,
        method: str = "GET",
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        patience: float = PATIENCE_S,
    ) -> httpx.Response:
        """The part's answer, whatever it refuses; NoAnswer for silence, 429 and 5xx."""
        headers = {"traceparent": trace.current()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(patience):
                answer = await self._clients[name].request(
                    method, path, params=params, json=json, headers=headers
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise NoAnswer(f"{name}: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise NoAnswer(f"{name}: {answer.status_code}")
        return answer

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


def _client(app: ASGIApp | None, url: str) -> httpx.AsyncClient:
    transport: httpx.AsyncBaseTransport
    if app is not None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    else:
        transport = httpx.AsyncHTTPTransport(trust_env=False)
    return httpx.AsyncClient(transport=transport, base_url=url, trust_env=False, timeout=10)
