"""What a service tells the gateway of its own events: a feed by position, one case's timeline.

Both are cut to the caller by the case's present organisations, and carry no sealed field.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    exists,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.shape import Moment
from eventlog.tables import EventTables
from servicekit import access
from servicekit.access import readable
from servicekit.clock import BackwardsClock
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller

WINDOW = 2_000
"""Positions looked at for one page: a caller who may see little still moves on."""
PERSONAL = ("personal", "personal_index")

MaySee = Callable[[Any], ColumnElement[bool]]
"""From a key column to the condition that the caller may see the key's case."""
SignedIn = Annotated[Caller, Depends(access.signed_in())]


class FeedPage(BaseModel):
    """Events after a position; `after` is where the next page begins, `head` the newest."""

    events: list[dict[str, Any]]
    after: int
    head: int


def router(kit: Kit, *, visible: Table | None) -> APIRouter:
    """`visible` has `no`, `viewers`, `source_system`; None: everything is public (catalogue)."""
    made = APIRouter(route_class=StrictRoute)
    tables = kit.log

    @made.get("/internal/events", response_model=FeedPage)
    async def feed(
        caller: SignedIn,
        after: Annotated[int, Query(ge=-1)] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> FeedPage:
        async with kit.reading() as connection:
            head = await connection.scalar(select(tables.event_head.c.head)) or 0
            start = head if after < 0 else after
            may_see = partial(_may_see, visible, caller)
            return await _page(
                connection, tables.event, may_see, after=start, limit=limit, head=head
            )

    @made.get("/internal/timeline/{no}")
    async def timeline(no: str, caller: SignedIn) -> dict[str, Any]:
        async with kit.reading() as connection:
            told = await _of_case(connection, tables, visible, caller, no)
        return {"part": kit.name, "events": told}

    return made


async def _page(
    connection: AsyncConnection, event: Table, may_see: MaySee, *, after: int, limit: int, head: int
) -> FeedPage:
    window = (
        select(event.c.position, event.c.key, event.c.body)
        .where(event.c.position > after)
        .order_by(event.c.position)
        .limit(WINDOW)
        .subquery()
    )
    rows = (
        await connection.execute(
            select(window.c.position, window.c.body)
            .where(may_see(window.c.key))
            .order_by(window.c.position)
            .limit(limit)
        )
    ).all()
    if len(rows) == limit:
        reached = rows[-1].position
    else:
        reached = min(head, after + WINDOW) if head > after else after
    return FeedPage(events=[shown(row.body) for row in rows], after=reached, head=head)


async def _of_case(
    connection: AsyncConnection,
    tables: EventTables,
    visible: Table | None,
    caller: Caller,
    no: str,
) -> list[dict[str, Any]]:
    if visible is not None:
        seen = await connection.scalar(
            select(exists().where(and_(visible.c.no == no, readable(visible, caller))))
        )
        if not seen:
            return []
    event, outbox = tables.event, tables.outbox
    sent = select(literal_column("0").label("waiting"), event.c.position.label("at"), event.c.body)
    waiting = select(literal_column("1").label("waiting"), outbox.c.id.label("at"), outbox.c.body)
    both = union_all(sent.where(event.c.key == no), waiting.where(outbox.c.key == no)).subquery()
    rows = await connection.execute(select(both.c.body).order_by(both.c.waiting, both.c.at))
    return [shown(row.body) for row in rows]


def _may_see(visible: Table | None, caller: Caller, key: Any) -> ColumnElement[bool]:
    if visible is None:
        return true()
    return exists().where(and_(visible.c.no == key, readable(visible, caller)))


def shown(body: bytes) -> dict[str, Any]:
    """An event as callers see it: sealed personal fields left out."""
    envelope: dict[str, Any] = json.loads(body)
    filing = envelope.get("data", {}).get("filing")
    if isinstance(filing, dict):
        for name in PERSONAL:
            filing.pop(name, None)
    return envelope


class Forward(BaseModel):
    """Where business time is moved to."""

    moment: Moment


def clock_router(kit: Kit) -> APIRouter:
    """`/internal/clock`: the gateway moves business time; refused beside an outside issuer."""
    made = APIRouter(route_class=StrictRoute)
    tables = kit.own

    @made.post("/internal/clock", dependencies=[Depends(access.internal())])
    async def forward(body: Forward) -> dict[str, Any]:
        if not kit.settings.development:
            raise Problem("not-found", "受控时钟只存在于开发和演练环境")
        try:
            kit.clock.forward_to(body.moment)
        except BackwardsClock as error:
            raise Problem("not-allowed-now", "业务时钟只能向前拨") from error
        seconds = int(kit.clock.offset.total_seconds())
        async with kit.engine.begin() as connection:
            await connection.execute(update(tables.business_clock).values(offset_seconds=seconds))
        return {"offset_seconds": seconds}

    return made
