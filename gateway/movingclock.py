"""The controlled clock of rehearsals: moved forwards in every service, then answered."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select, update

from contracts.shape import Moment
from gateway.internal import InternalToken
from gateway.services import NoAnswer, Services
from servicekit import access, audit, clock
from servicekit.access import Rule
from servicekit.clock import BackwardsClock
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.settings import SERVICES
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller

PATIENCE_S = 10.0
Mover = Annotated[Caller, Depends(Rule(frozenset({"officer", "internal"}), frozenset({"admin"})))]


class ClockForward(BaseModel):
    """Exactly one of: the moment business time is moved to, or how far it is moved on."""

    model_config = ConfigDict(extra="forbid")

    moment: Moment | None = None
    seconds: int | None = Field(default=None, ge=1, le=20 * 366 * 86_400)

    @model_validator(mode="after")
    def _one(self) -> "ClockForward":
        if (self.moment is None) == (self.seconds is None):
            raise ValueError("moment 和 seconds 应给且只给一项")
        return self


class BusinessClock(BaseModel):
    """Business time as every part keeps it."""

    now: str
    today: str
    offset_seconds: int
    movable: bool


def router(kit: Kit, services: Services, token: InternalToken) -> APIRouter:
    """GET shows business time to anybody, POST moves it on."""
    made = APIRouter(route_class=StrictRoute, tags=["development"])

    @made.get("/development/clock", dependencies=[Depends(access.public())])
    async def show() -> BusinessClock:
        return _shown(kit)

    @made.post("/development/clock")
    async def forward(body: ClockForward, caller: Mover) -> BusinessClock:
        if not kit.settings.development:
            raise Problem("not-allowed-now", "已接入外部身份发行者，业务时钟不可调整")
        wanted = body.moment or kit.clock.now() + timedelta(seconds=body.seconds or 0)
        if wanted < kit.clock.now() - timedelta(seconds=1):
            raise Problem("not-allowed-now", "业务时钟只能向前拨")
        await _tell_all(services, await token(), wanted)
        await _move_own(kit, caller, wanted)
        return _shown(kit)

    return made


async def restore(kit: Kit) -> None:
    """At the start: business time goes on where it was moved to."""
    async with kit.engine.connect() as connection:
        seconds = await connection.scalar(select(kit.own.business_clock.c.offset_seconds)) or 0
    kit.clock.offset = max(kit.clock.offset, timedelta(seconds=seconds))


async def _tell_all(services: Services, token: str, moment: datetime) -> None:
    told = await asyncio.gather(*(_tell(services, name, token, moment) for name in SERVICES))
    silent = [name for name, heard in zip(SERVICES, told, strict=True) if not heard]
    if silent:
        raise Problem(
            "unavailable",
            f"以下服务尚未拨到该时刻：{'、'.join(silent)}；请重试",
            extra={"incomplete": silent},
        )


async def _tell(services: Services, name: str, token: str, moment: datetime) -> bool:
    """True also where business time is past the moment already (an earlier try reached it)."""
    try:
        answer = await services.ask(
            name,
            "/internal/clock",
            token=token,
            method="POST",
            json={"moment": moment.isoformat()},
            patience=PATIENCE_S,
        )
    except NoAnswer:
        return False
    return answer.status_code in {httpx.codes.OK, httpx.codes.CONFLICT}


async def _move_own(kit: Kit, caller: Caller, moment: datetime) -> None:
    with suppress(BackwardsClock):  # shared with services of this process, which just moved it
        kit.clock.forward_to(moment)
    seconds = int(kit.clock.offset.total_seconds())
    table = kit.own.business_clock
    async with kit.engine.begin() as connection:
        await connection.execute(update(table).values(offset_seconds=seconds))
        await audit.append(
            connection,
            kit.own.audit,
            caller=caller,
            action="clock",
            object_="business-clock",
            detail={"offset_seconds": seconds},
        )


def _shown(kit: Kit) -> BusinessClock:
    return BusinessClock(
        now=clock.local(kit.clock.now()),
        today=kit.clock.today().isoformat(),
        offset_seconds=int(kit.clock.offset.total_seconds()),
        movable=kit.settings.development,
    )
