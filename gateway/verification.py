"""Whether a paper with this code exists, for anybody who holds it."""

import asyncio
import re
from typing import Any

import httpx

from gateway.internal import InternalToken
from gateway.services import NoAnswer, Services
from servicekit.problems import Problem

ASKED = ("approval", "intake")
SAME_SPEED_S = 0.05
"""No answer goes out sooner, so that a wrong form or a quick refusal tells nothing."""
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16,26}")
"""Crockford base32, 80 bits or more."""


def normal(text: str) -> str:
    """As a person may type it: any case, hyphens and spaces, I L for 1, O for 0."""
    plain = re.sub(r"[\s-]", "", text).upper()
    return plain.translate(str.maketrans("ILO", "110"))


async def verify(services: Services, text: str, *, token: InternalToken) -> dict[str, Any]:
    """What the service that issued the paper says of it. Problem `not-found` or `unavailable`."""
    answers, _ = await asyncio.gather(
        _ask_all(services, normal(text), token), asyncio.sleep(SAME_SPEED_S)
    )
    for answer in answers:
        if answer is not None and answer.status_code == httpx.codes.OK:
            found: dict[str, Any] = answer.json()
            return found
    if None in answers:
        raise Problem("unavailable", "核验服务暂时没有应答，请稍后重试")
    raise Problem("not-found", "没有此核验码对应的文书")


async def _ask_all(
    services: Services, code: str, token: InternalToken
) -> list[httpx.Response | None]:
    if not CODE.fullmatch(code):
        return []
    own = await token()
    return await asyncio.gather(*(_ask(services, name, code, own) for name in ASKED))


async def _ask(services: Services, name: str, code: str, token: str) -> httpx.Response | None:
    try:
        answer = await services.ask(name, f"/internal/verifications/{code}", token=token)
    except NoAnswer:
        return None
    known = {httpx.codes.OK, httpx.codes.NOT_FOUND}
    return answer if answer.status_code in known else None
