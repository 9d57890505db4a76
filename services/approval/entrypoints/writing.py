"""The common way of every verb on a case: one transaction, its refusals, its answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from law.breach import Breach
from servicekit import writes
from servicekit.access import kit_of
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.approval.adapters import cases
from services.approval.domain.case import Case
from services.approval.entrypoints import refusals, shown
from services.approval.usecases.refusal import Refusal
from services.approval.usecases.scene import Entrance, Scene, etag

PRINTABLE = r"^[^\x00-\x1f]*$"
"""No NUL, which PostgreSQL does not take, and no other control character."""
CaseNo = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z-]+$", description="办件编号")]
WAIT_S = 2.0
EVERY_S = 0.1

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
IfMatch = Annotated[str | None, Header(description='读取时得到的 ETag，例如 "3"')]


class Body(BaseModel):
    """A request's body: fields nobody knows are refused."""

    model_config = ConfigDict(extra="forbid")


async def write(
    request: Request, caller: Caller, no: str, verb: Callable[[Scene], Awaitable[Case]]
) -> Response:
    """Runs the verb once; a number not here yet is waited for and tried again once."""
    kit = kit_of(request)
    entrance = await Entrance.of(kit, caller)

    async def act(connection: AsyncConnection) -> Answer:
        scene = entrance.on(connection)
        try:
            case = await verb(scene)
        except (Refusal, Breach) as refused:
            raise refusals.problem(refused) from refused
        return Answer(200, shown.after(scene, case), headers={"ETag": etag(case)})

    try:
        return await writes.once(request, caller, act)
    except Problem as problem:
        if problem.code != "case-not-yet-here" or not await arrived(kit, no):
            raise
    return await writes.once(request, caller, act)


async def arrived(kit: Kit, no: str) -> bool:
    """Whether the case comes within two seconds of real time."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        async with kit.reading() as connection:
            if await cases.exists(connection, no):
                return True
        await asyncio.sleep(EVERY_S)
    return False
