"""Reading and moving the business clock of a running system, over HTTP, as its administrator."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from shenguan.rehearse.caller import Callers, Refused

PATH = "/development/clock"
DAY_S = 86_400


class ClockFailed(Exception):
    """The system does not answer, has no administrator for rehearsals, or refused."""


async def move(base_url: str, credentials: Path, *, days: int | None, moment: str | None) -> str:
    """Business time after the move, or as it is when nothing is asked for. Raises ClockFailed."""
    body: dict[str, Any] = {}
    if days is not None:
        body["seconds"] = days * DAY_S
    elif moment is not None:
        body["moment"] = moment
    try:
        if body:
            return await _moved(base_url, credentials, body)
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
            answer = await client.get(PATH)
            return str(answer.raise_for_status().json()["now"])
    except httpx.HTTPError as error:
        raise ClockFailed(f"{base_url} 没有应答：{error}") from error
    except Refused as error:
        raise ClockFailed(str(error)) from error


async def _moved(base_url: str, credentials: Path, body: dict[str, Any]) -> str:
    known = await asyncio.to_thread(_read, credentials)
    admins = [name for name, one in known["officers"].items() if "admin" in one["roles"]]
    if not admins:
        raise ClockFailed("凭据里没有系统管理员")
    callers = Callers(base_url, known)
    try:
        answer = await callers.post(admins[0], PATH, body, key=f"clock:{uuid4()}")
    finally:
        await callers.close()
    return str(answer["now"])


def _read(credentials: Path) -> dict[str, Any]:
    if not credentials.exists():
        raise ClockFailed(f"没有 {credentials}：它由开发用发行者在启动时写下")
    known: dict[str, Any] = json.loads(credentials.read_text(encoding="utf-8"))
    return known
