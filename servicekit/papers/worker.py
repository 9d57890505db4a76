"""Renders papers after the commit, from their sealed content alone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import Table, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import new_id
from servicekit import files, trace
from servicekit.clock import real_now
from servicekit.kit import Kit
from servicekit.papers import render
from servicekit.papers.content import PaperContent
from servicekit.papers.store import COLUMNS, PaperRow

log = structlog.get_logger(__name__)

IDLE_S = 0.3
BACK_OFF_LIMIT_S = 3600

Ready = Callable[[AsyncConnection, PaperRow, str], Awaitable[None]]
"""Tells `document-ready` in the transaction that stored the file; gets the file's SHA-256."""


def worker(kit: Kit, table: Table, ready: Ready) -> Callable[[], Awaitable[None]]:
    """A role that renders one paper after another, oldest first; several may run at once."""

    async def run() -> None:
        while True:
            try:
                with trace.bound(None):
                    busy = await render_next(kit, table, ready)
            except Exception:
                log.exception("papers could not be rendered", part=kit.name)
                busy = False
            if not busy:
                await asyncio.sleep(IDLE_S)

    return run


async def render_next(kit: Kit, table: Table, ready: Ready) -> bool:
    """One paper, if any waits. A failure is retried with back-off and stops no other paper."""
    async with kit.engine.begin() as connection:
        row = (
            (
                await connection.execute(
                    select(*(table.c[name] for name in COLUMNS))
                    .where(
                        table.c.file_id.is_(None),
                        or_(table.c.next_try.is_(None), table.c.next_try <= func.now()),
                    )
                    .order_by(table.c.created_at)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            return False
        paper = PaperRow(**row)
        try:
            content = await render.in_thread(PaperContent.read(paper.content))
        except Exception:
            log.exception("a paper could not be rendered", paper=str(paper.id), no=paper.no)
            await _postpone(connection, table, paper.id)
            return True
        stored = await files.put(
            connection,
            kit.own,
            kit.vault,
            file=new_id(),
            name=f"{paper.title}.pdf",
            media_type="application/pdf",
            content=content,
            owner=kit.name,
        )
        await connection.execute(
            update(table).where(table.c.id == paper.id).values(file_id=stored.id)
        )
        await ready(connection, paper, stored.sha256)
    kit.wake()
    return True


async def _postpone(connection: AsyncConnection, table: Table, paper: UUID) -> None:
    tries = await connection.scalar(select(table.c.tries).where(table.c.id == paper)) or 0
    wait = min(2**tries, BACK_OFF_LIMIT_S)
    await connection.execute(
        update(table)
        .where(table.c.id == paper)
        .values(tries=tries + 1, next_try=real_now() + timedelta(seconds=wait))
    )
