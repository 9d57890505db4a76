"""Five working days without a word: accepted by law from the day the material came in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from law.acceptance import WINDOW_DAYS
from law.breach import Breach
from law.workingday import civil_day
from servicekit import audit
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.intake.adapters import filings
from services.intake.adapters.records import Record
from services.intake.usecases import notices
from services.intake.usecases.notices import Kind, Press

log = structlog.get_logger(__name__)

BATCH: Final = 50


async def sweep(
    connection: AsyncConnection,
    kit: Kit,
    catalogue: Catalogue,
    *,
    now: datetime,
    new_id: Callable[[], UUID],
) -> int:
    """How many it accepted. Filings an officer is just writing are passed and met next time.

    Competence is not asked anew: acceptance counts from a day on which it held.
    """
    press = Press(kit, catalogue, civil_day(now))
    done, after = 0, ""
    while True:
        batch = await filings.silent(
            connection,
            complete_before=press.day - timedelta(days=WINDOW_DAYS),
            after=after,
            limit=BATCH,
        )
        for record in batch:
            done += await _one(connection, press, record, now=now, paper=new_id())
        if len(batch) < BATCH:
            return done
        after = batch[-1].no


async def _one(
    connection: AsyncConnection, press: Press, record: Record, *, now: datetime, paper: UUID
) -> bool:
    """A filing that cannot be finished, for want of a seal say, stops no other."""
    try:
        async with connection.begin_nested():
            if not record.filing.lapse(at=now, calendar=press.catalogue.calendar()):
                return False
            await _finish(connection, press, record, now=now, paper=paper)
    except (Breach, Problem) as refused:
        log.error("silence could not be recorded", no=record.no, reason=str(refused))
        return False
    return True


async def _finish(
    connection: AsyncConnection, press: Press, record: Record, *, now: datetime, paper: UUID
) -> None:
    await filings.save(press.kit, connection, record, at=now)
    number = await notices.number(
        press, connection, Kind.ACCEPTANCE, org=record.accepts, rehearsal=record.rehearsal
    )
    await notices.draw_up(
        press, connection, record, Kind.ACCEPTANCE, id=paper, number=number, org=record.accepts
    )
    await audit.append(
        connection,
        press.kit.own.audit,
        caller=None,
        action="filing.silence",
        object_=record.no,
        outcome=record.filing.status.value,
        detail={"number": number},
    )
