"""A stub of the gateway: fixed answers by path, and everything it was asked."""

import base64
import hashlib
import json
import secrets
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.console import samples

EMPTY_PAGE: dict[str, Any] = {"items": [], "next_cursor": None}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Stub:
    """`answers`: (method, path) → (status, body). Lists nobody filled are empty."""

    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        methods = ["GET", "POST"]
        self.app = Starlette(
            routes=[
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/{path:path}", self._answer, methods=methods),
            ]
        )
        self.begin()

    def begin(self) -> None:
        """As if nobody had asked anything yet, with an answer for every single read."""
        self.asked.clear()
        self.answers = deepcopy(samples.ANSWERS)

    def says(self, method: str, path: str, body: Any, *, status: int = 200) -> None:
        """From now on; `path` without /api/v1."""
        self.answers[method, f"/api/v1{path}"] = (status, body)

    def refuses(self, method: str, path: str, status: int, code: str, /, **members: Any) -> None:
        """With a problem."""
        body = {
            "type": f"/problems/{code}",
            "title": "不能这样办",
            "detail": "这是接口给出的说明",
            "status": status,
            "code": code,
            "next_step": "这是接口给出的下一步",
            "errors": [],
            "request_id": "stub-1",
            **members,
        }
        self.says(method, path, body, status=status)

    def writes(self, path: str) -> list[Asked]:
        """What was posted there."""
        return [one for one in self.asked if (one.method, one.path) == ("POST", f"/api/v1{path}")]

    def grant(self, token: str, *, challenge: str) -> str:
        """A code for this token, good with the verifier of this challenge."""
        code = secrets.token_urlsafe(8)
        self._codes[code] = (token, challenge)
        return code

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        known = self._codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        proved = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if known is None or known[1] != proved:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": known[0], "token_type": "Bearer"})

    async def _answer(self, request: Request) -> Response:
        raw = await request.body()
        told = request.headers.get("content-type", "").startswith("application/json")
        self.asked.append(
            Asked(
                request.method,
                request.url.path,
                dict(request.query_params),
                dict(request.headers),
                json.loads(raw) if told else raw,
            )
        )
        status, body = self.answers.get((request.method, request.url.path), (200, EMPTY_PAGE))
        if isinstance(body, bytes):
            headers = {"X-Content-SHA256": "a" * 64}
            return Response(body, status, media_type="application/pdf", headers=headers)
        return JSONResponse(body, status)
