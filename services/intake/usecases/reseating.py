"""Seats that move before acceptance: whoever accepts now must find the filing on its desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from law.competence import Granted
from law.workingday import civil_day
from servicekit import judging
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.intake.adapters.records import Record, of_row
from services.intake.adapters.tables import filing as table
from services.intake.adapters.tables import paper
from services.intake.usecases import power

OPEN: Final = ("received", "correction-asked")
BATCH: Final = 200


async def follow(connection: AsyncConnection, catalogue: Catalogue, *, now: datetime) -> int:
    """Gives open filings the seats and viewers of today's catalogue; how many moved.

    A power that has gone altogether moves nothing: the seat of the receipt still must refuse it.
    """
    moved, after = 0, ""
    while True:
        records = await _open(connection, after)
        for record in records:
            moved += await _reseat(connection, catalogue, record, now=now)
        if len(records) < BATCH:
            return moved
        after = records[-1].no


async def _open(connection: AsyncConnection, after: str) -> Sequence[Record]:
    rows = await connection.execute(
        select(table)
        .where(table.c.status.in_(OPEN), table.c.no > after)
        .order_by(table.c.no)
        .limit(BATCH)
        .with_for_update()
    )
    return [of_row(row) for row in rows.mappings()]


async def _reseat(
    connection: AsyncConnection, catalogue: Catalogue, record: Record, *, now: datetime
) -> bool:
    try:
        answer = catalogue.competence(
            item=record.item, park=record.park, project=record.project, day=civil_day(now)
        )
    except Problem:
        return False
    if not isinstance(answer, Granted):
        return False
    viewers = power.viewers(catalogue, answer, record.park)
    same = judging.public_seats(answer.seats) == record.competence.seats
    if same and viewers == record.viewers:
        return False
    kept = power.kept(answer, catalogue.position)
    await connection.execute(
        update(table)
        .where(table.c.no == record.no)
        .values(
            competence=kept.model_dump(mode="json"),
            viewers=list(viewers),
            version=table.c.version + 1,
        )
    )
    await connection.execute(
        update(paper).where(paper.c.no == record.no).values(viewers=list(viewers))
    )
    return True
