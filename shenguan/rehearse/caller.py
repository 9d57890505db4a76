"""Callers of the rehearsal: 一网通办 and officers, each with a token of their own, over HTTP."""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.issuer.signin import sign_in

WAIT_S = 20.0
TOKEN_LIFE_S = 20 * 60
RETRIED = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """An answer the rehearsal did not expect; names the call, the status and the problem."""


class Callers:
    """Signs in whom a step needs; keys are derived, so an interrupted run goes on."""

    def __init__(
        self, base_url: str, credentials: Mapping[str, Any], *, patience_s: float = WAIT_S
    ) -> None:
        self.credentials = credentials
        self.patience_s = patience_s
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=30, trust_env=False, verify=_trusted()
        )
        self._base_url = base_url
        self._tokens: dict[str, tuple[float, str]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_file(cls, base_url: str, path: Path, *, patience_s: float = WAIT_S) -> Self:
        """With the credentials the development issuer wrote; waits at most so long for a step."""
        return cls(base_url, json.loads(path.read_text(encoding="utf-8")), patience_s=patience_s)

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, who: str, path: str, **params: Any) -> Any:
        """The JSON of a GET as `who`."""
        return (await self._send("GET", who, path, params=params)).json()

    async def post(self, who: str, path: str, body: Mapping[str, Any], *, key: str) -> Any:
        """The JSON of a POST as `who`; `key` names the step within the rehearsal."""
        headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"shenguan-rehearsal:{key}"))}
        return (await self._send("POST", who, path, json=body, headers=headers)).json()

    async def upload(self, who: str, path: str, name: str, content: bytes, *, key: str) -> Any:
        """The JSON of a multipart upload."""
        headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"shenguan-rehearsal:{key}"))}
        files = {"file": (name, content, "application/pdf")}
        return (await self._send("POST", who, path, files=files, headers=headers)).json()

    async def _send(
        self,
        method: str,
        who: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        deadline = time.monotonic() + self.patience_s
        while True:
            token = await self._token(who)
            answer = await self._client.request(
                method,
                path,
                headers={**(headers or {}), "Authorization": f"Bearer {token}"},
                **options,
            )
            if answer.is_success:
                return answer
            if not _worth_waiting(answer) or time.monotonic() > deadline:
                raise Refused(_sentence(method, who, path, answer))
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", 0.3)), 2))

    async def _token(self, who: str) -> str:
        lock = self._locks.setdefault(who, asyncio.Lock())
        async with lock:
            known = self._tokens.get(who)
            if known is not None and known[0] > time.monotonic():
                return known[1]
            token = await self._sign_in(who)
            self._tokens[who] = (time.monotonic() + TOKEN_LIFE_S, token)
            return token

    async def _sign_in(self, who: str) -> str:
        client = self.credentials["clients"].get(who)
        if client is not None:
            answer = await self._client.post(
                "/oauth/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": who,
                    "client_secret": client["secret"],
                    "scope": client["scope"],
                },
            )
            if answer.is_error:
                raise Refused(_sentence("POST", who, "/oauth/token", answer))
            return str(answer.json()["access_token"])
        async with httpx.AsyncClient(
            base_url=self._base_url, timeout=30, trust_env=False, verify=_trusted()
        ) as browserless:
            return await sign_in(browserless, who, **self.credentials["officers_sign_in_by"])


@cache
def _trusted() -> ssl.SSLContext:
    """One for all: reading the authorities takes longer than a whole sign-in."""
    return httpx.create_ssl_context(trust_env=False)


def _worth_waiting(answer: httpx.Response) -> bool:
    if answer.status_code in RETRIED:
        return True
    return answer.status_code in {404, 409} and _code(answer) in {
        "case-not-yet-here",
        "request-in-progress",
    }


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""


def _sentence(method: str, who: str, path: str, answer: httpx.Response) -> str:
    try:
        body = answer.json()
        words = f"{body.get('code')}：{body.get('detail')} {body.get('errors') or ''}"
    except ValueError:
        words = answer.text[:200]
    return f"{method} {path}（{who}）得到 {answer.status_code} {words}"
