"""One case's timeline over the services that know it, in order of time, then of each aggregate."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from gateway.names import Names, told
from gateway.sentences import sentence
from gateway.services import NoAnswer, Services
from servicekit import clock
from servicekit.problems import Problem

ASKED = ("intake", "approval", "supervision")


async def timeline(services: Services, names: Names, no: str, *, token: str) -> dict[str, Any]:
    """Entries with a Chinese sentence each; `incomplete` names the parts that did not answer.

    Problem `not-found` where every part answered and none may tell the caller anything;
    `unavailable` where nothing is known and a part is missing.
    """
    known, *parts = await asyncio.gather(
        names.of(token), *(_part(services, name, no, token) for name in ASKED)
    )
    incomplete = [name for name, part in zip(ASKED, parts, strict=True) if part is None]
    events = [event for part in parts for event in part or ()]
    if not events and incomplete:
        raise Problem("unavailable", "部分服务暂时没有应答，无法判断该办件是否存在")
    if not events:
        raise Problem("not-found", "没有此办件，或无权查看")
    entries = [_entry(event, known) for event in sorted(events, key=_order)]
    return {"no": no, "entries": entries, "incomplete": incomplete}


async def _part(services: Services, name: str, no: str, token: str) -> list[dict[str, Any]] | None:
    try:
        answer = await services.ask(name, f"/internal/timeline/{no}", token=token)
    except NoAnswer:
        return None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return []
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise Problem("unauthenticated", "令牌已失效")
    if answer.status_code != httpx.codes.OK:
        return None
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def _order(event: dict[str, Any]) -> tuple[datetime, str, int]:
    return _moment(event), str(event.get("aggregate", "")), int(event.get("sequence", 0))


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"]).astimezone(UTC)


def _entry(event: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    data = event.get("data", {})
    return {
        "id": event["id"],
        "type": event["type"],
        "at": clock.local(_moment(event)),
        "part": event["type"].partition(".")[0],
        "sequence": event.get("sequence"),
        "sentence": sentence(event["type"], told(data, names)),
        "by": data.get("by"),
        "rehearsal": event.get("rehearsal", False),
        "data": data,
    }
