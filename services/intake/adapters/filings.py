"""Filings in PostgreSQL. Saving one is the only way its news gets out."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import events
from servicekit.kit import Kit
from services.intake.adapters import materials, published
from services.intake.adapters.records import Record, changing, filing_of, of_row, row_of
from services.intake.adapters.tables import filing as table
from services.intake.domain.filing import Filing


class ChangedMeanwhile(Exception):
    """Someone else's change was first. `now` is how the filing stands after it."""

    def __init__(self, now: Filing) -> None:
        super().__init__(now.no)
        self.now = now


async def load(connection: AsyncConnection, no: str) -> Record | None:
    """Whoever asks: callers judge who may see it."""
    row = (await connection.execute(select(table).where(table.c.no == no))).mappings().first()
    return of_row(row) if row else None


async def by_source(
    connection: AsyncConnection, source_system: str, source_case_no: str
) -> Record | None:
    """The filing of the source's own number."""
    row = (
        (
            await connection.execute(
                select(table).where(
                    table.c.source_system == source_system,
                    table.c.source_case_no == source_case_no,
                )
            )
        )
        .mappings()
        .first()
    )
    return of_row(row) if row else None


async def silent(
    connection: AsyncConnection, *, complete_before: date, after: str, limit: int
) -> list[Record]:
    """Open filings complete before the day, by number from `after` on; locked, busy ones passed."""
    rows = await connection.execute(
        select(table)
        .where(
            table.c.status == "received", table.c.complete_on < complete_before, table.c.no > after
        )
        .order_by(table.c.no)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [of_row(row) for row in rows.mappings()]


async def add(connection: AsyncConnection, record: Record) -> bool:
    """False when the source's own number is taken; waits for a twin that is being written.

    The news goes out with `tell`, once the materials are handed in.
    """
    record.filing.version = 1
    added = await connection.execute(
        insert(table)
        .values(row_of(record))
        .on_conflict_do_nothing(constraint="uq_filing_source")
        .returning(table.c.no)
    )
    return added.first() is not None


async def save(kit: Kit, connection: AsyncConnection, record: Record, *, at: datetime) -> None:
    """Version-checked. Raises ChangedMeanwhile."""
    seen = record.filing.version
    record.filing.version = seen + 1
    saved = await connection.execute(
        update(table)
        .where(table.c.no == record.no, table.c.version == seen)
        .values(changing(record))
        .returning(table.c.no)
    )
    if saved.first() is None:
        row = (await connection.execute(select(table).where(table.c.no == record.no))).mappings()
        raise ChangedMeanwhile(filing_of(row.one()))
    await tell(kit, connection, record, at=at)


async def tell(kit: Kit, connection: AsyncConnection, record: Record, *, at: datetime) -> None:
    """The news into the outbox; after the row was written, whose lock orders it."""
    news = record.filing.take_news()
    uploaded: Sequence[materials.Uploaded] = ()
    if published.needs_snapshot(news):
        uploaded = await materials.of_filing(connection, record.no)
    for one in news:
        await events.tell(
            kit,
            connection,
            published.event(one, record, vault=kit.vault, uploaded=uploaded),
            key=record.no,
            aggregate="filing",
            sequence=record.filing.version,
            at=at,
            rehearsal=record.rehearsal,
        )
