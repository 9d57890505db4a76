"""The REST API as a person's session uses it: every page's data comes through here.

A refusal is raised as it was answered, so that pages can show the problem's own words.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from servicekit import problems, trace

PREFIX = "/api/v1"
TIMEOUT = httpx.Timeout(30, connect=3)


class Refused(Exception):
    """The API's problem (RFC 9457), or one made here where nothing answered."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title"))
        self.status = status
        self.problem = dict(problem)

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


class SignedOut(Exception):
    """The token is no longer accepted: the person signs in again."""


def part(value: object) -> str:
    """One segment of a path."""
    return quote(str(value), safe="")


class Api:
    """Calls with one token, or with none for what is public. Raises Refused and SignedOut.

    `visitor` is the address that asks, as the gateway told it: it counts there, not ours.
    """

    def __init__(
        self, http: httpx.AsyncClient, token: str | None, *, visitor: str | None = None
    ) -> None:
        self._http = http
        self._token = token
        self._visitor = visitor

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON of a GET; parameters that are None or empty are left out."""
        asked = {name: _text(value) for name, value in params.items() if value not in (None, "")}
        return _read(await self._send("GET", path, params=asked))

    async def post(
        self, path: str, body: Mapping[str, Any], *, key: str, version: str | None = None
    ) -> Any:
        """The JSON of a write under the form's own idempotency key."""
        headers = {"Idempotency-Key": key}
        if version:
            headers["If-Match"] = f'"{version}"'
        return _read(await self._send("POST", path, json=dict(body), headers=headers))

    async def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a POST that stores nothing."""
        return _read(await self._send("POST", path, json=dict(body)))

    async def upload(
        self, path: str, *, name: str, content: bytes, media_type: str, key: str
    ) -> Any:
        """The JSON of a file's upload; the same file again is the same request, byte for byte."""
        files = {"file": (name, content, media_type)}
        boundary = hashlib.sha256(content).hexdigest()
        headers = {
            "Idempotency-Key": key,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        return _read(await self._send("POST", path, files=files, headers=headers))

    async def fetch(self, path: str) -> httpx.Response:
        """A file, read whole: materials and papers have a size limit."""
        answer = await self._send("GET", path)
        if answer.is_error:
            _read(answer)
        return answer

    async def _send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        sent = {**(headers or {}), "traceparent": trace.current()}
        if self._visitor is not None:
            sent["X-Forwarded-For"] = self._visitor
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        target = path if path.startswith("/development/") else f"{PREFIX}{path}"
        try:
            answer = await self._http.request(
                method, target, headers=sent, timeout=TIMEOUT, **options
            )
        except httpx.TransportError as error:
            raise _silent(method) from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise SignedOut
        return answer


def _read(answer: httpx.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success:
        return body
    if isinstance(body, dict) and "code" in body:
        retry_after = answer.headers.get("Retry-After")
        raise Refused(answer.status_code, {**body, "retry_after": retry_after})
    raise Refused(answer.status_code, _own("internal", "服务的答复无法读懂"))


def _silent(method: str) -> Refused:
    """A read can be tried again; of a write nobody knows what became of it."""
    if method == "GET":
        return Refused(503, _own("unavailable", "服务暂时没有应答"))
    return Refused(503, _own("unknown-outcome", "与服务的连接中断，尚不知是否办成"))


def _own(code: str, detail: str) -> dict[str, Any]:
    return problems.Problem(code, detail).body()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
