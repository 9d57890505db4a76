"""The catch-up feed: one opaque cursor of four positions, each service asked from its own.

A part that does not answer is named and its position stays, so that nothing is lost; an event may
come twice (after a broken stream), and its `id` tells.
"""

import asyncio
import base64
import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from gateway.services import NoAnswer, Services
from servicekit.problems import Problem
from servicekit.settings import SERVICES

NOW = -1
"""The position that means: from what comes next."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader stands in each service's archive."""

    positions: Mapping[str, int]

    @classmethod
    def start(cls) -> Self:
        """Before the first event kept."""
        return cls(dict.fromkeys(SERVICES, 0))

    @classmethod
    def now(cls) -> Self:
        """After the newest event of each service, when it is asked."""
        return cls(dict.fromkeys(SERVICES, NOW))

    @classmethod
    def read(cls, text: str) -> Self:
        """Problem `malformed` for a text that no page gave."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            version, *positions = json.loads(raw)
            if version != 1 or len(positions) != len(SERVICES):
                raise ValueError
            if not all(type(one) is int and NOW <= one < 2**63 for one in positions):
                raise ValueError
        except (ValueError, TypeError) as error:
            raise Problem("malformed", "after 不是上一页给出的游标") from error
        return cls(dict(zip(SERVICES, positions, strict=True)))

    def __str__(self) -> str:
        raw = json.dumps([1, *(self.positions[name] for name in SERVICES)], separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order of time (each service's own order kept), and where to go on."""

    events: list[dict[str, Any]]
    cursor: Cursor
    more: bool
    incomplete: list[str]

    def body(self) -> dict[str, Any]:
        """As `/api/v1/events` answers."""
        return {
            "events": self.events,
            "next": str(self.cursor),
            "more": self.more,
            "incomplete": self.incomplete,
        }


async def page(services: Services, cursor: Cursor, *, limit: int, token: str) -> Page:
    """At most `limit` events, shared evenly among the services. Raises Problem of the token's."""
    share = max(1, limit // len(SERVICES))
    parts = await asyncio.gather(
        *(_part(services, name, cursor.positions[name], share, token) for name in SERVICES)
    )
    told = {name: part for name, part in zip(SERVICES, parts, strict=True) if part is not None}
    reached = {name: part["after"] for name, part in told.items()}
    return Page(
        events=list(heapq.merge(*(part["events"] for part in told.values()), key=_time)),
        cursor=Cursor({**cursor.positions, **reached}),
        more=any(part["after"] < part["head"] for part in told.values()),
        incomplete=[name for name in SERVICES if name not in told],
    )


async def _part(
    services: Services, name: str, after: int, limit: int, token: str
) -> dict[str, Any] | None:
    """None when the part did not answer in time."""
    asked = {"after": after, "limit": limit}
    try:
        answer = await services.ask(name, "/internal/events", token=token, params=asked)
    except NoAnswer:
        return None
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise Problem("unauthenticated", "令牌已失效")
    if answer.status_code != httpx.codes.OK:
        return None
    part: dict[str, Any] = answer.json()
    return part


def _time(event: Mapping[str, Any]) -> str:
    return str(event.get("time", ""))
