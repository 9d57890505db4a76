"""The gateway's own token, for routes no caller may reach: verification and the business clock."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx

from gateway.issuer.signing import LIFE_S, Signer
from servicekit.problems import Problem
from servicekit.settings import Settings

SCOPE = "internal"
RENEWED_BEFORE_S = 300

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Gives a fresh token and how many seconds it lives."""


class InternalToken:
    """Kept until five minutes before it expires."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._until:
                self._token, life = await self._fetch()
                self._until = time.monotonic() + max(0.0, life - RENEWED_BEFORE_S)
            return self._token


def signed_here(signer: Signer) -> InternalToken:
    """From the development issuer, without a request to ourselves."""

    async def fetch() -> tuple[str, float]:
        return await signer.system(sub="gateway", name="网关", scope=[SCOPE]), LIFE_S

    return InternalToken(fetch)


def from_outside(settings: Settings) -> InternalToken:
    """By client credentials from the outside issuer, whose discovery names the token endpoint."""

    async def fetch() -> tuple[str, float]:
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                return await _from_issuer(client, settings)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise Problem("unavailable", "暂时取不到网关自己的令牌") from error

    return InternalToken(fetch)


async def _from_issuer(client: httpx.AsyncClient, settings: Settings) -> tuple[str, float]:
    base = settings.issuer.rstrip("/")
    found = await client.get(f"{base}/.well-known/openid-configuration")
    found.raise_for_status()
    answer = await client.post(
        found.json()["token_endpoint"],
        data={"grant_type": "client_credentials", "scope": SCOPE},
        auth=(settings.oidc_client_id or "", settings.oidc_client_secret or ""),
    )
    answer.raise_for_status()
    body = answer.json()
    return str(body["access_token"]), float(body.get("expires_in", 60))
