"""A stub of a part behind the edge: says what it got, and what it was told to say."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send


@dataclass
class Upstream:
    """Answers `/internal/…` as a service does, everything else with an echo."""

    name: str
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[Scope] = field(default_factory=list)
    organisations: dict[str, str] = field(default_factory=dict)
    moments: list[str] = field(default_factory=list)
    silent: bool = False
    failing: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope)
        if self.silent:
            await asyncio.Event().wait()
        if self.failing:
            await _json(send, {}, self.failing)
            return
        body = await _read(receive)
        path: str = scope["path"]
        if path == "/livez":
            await _json(send, {})
        elif path == "/internal/events":
            await _json(send, self._page(parse_qs(scope["query_string"].decode())))
        elif path.startswith("/internal/timeline/"):
            no = path.rpartition("/")[2]
            told = [event for _, event in self.events if event["subject"] == no]
            await _json(send, {"part": self.name, "events": told})
        elif path.startswith("/internal/verifications/"):
            paper = self.papers.get(path.rpartition("/")[2])
            await _json(send, paper or {"code": "not-found"}, 200 if paper else 404)
        elif path == "/api/v1/organisations":
            named = [{"id": one, "short_name": name} for one, name in self.organisations.items()]
            await _json(send, {"items": named, "next_cursor": None})
        elif path == "/internal/clock":
            self.moments.append(json.loads(body)["moment"])
            await _json(send, {"offset_seconds": 1})
        else:
            await _json(send, self._echo(scope, body))

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        after, limit = int(query["after"][0]), int(query["limit"][0])
        head = self.events[-1][0] if self.events else 0
        start = head if after < 0 else after
        found = [(position, event) for position, event in self.events if position > start]
        shown = found[:limit]
        reached = shown[-1][0] if len(found) > limit else max(start, head)
        return {"events": [event for _, event in shown], "after": reached, "head": head}

    def _echo(self, scope: Scope, body: bytes) -> dict[str, Any]:
        return {
            "part": self.name,
            "method": scope["method"],
            "path": scope["path"],
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[k.decode("latin-1"), v.decode("latin-1")] for k, v in scope["headers"]],
            "body": body.decode(),
        }


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _json(send: Send, value: Any, status: int = 200) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})
