"""Lists of filings: straight rows by keyset, newest first, cut to what the caller may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.access import readable
from servicekit.tokens import Caller
from services.intake.adapters.records import Record, grams, of_row
from services.intake.adapters.tables import filing as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Each given field narrows; `company` is contained in the name."""

    status: str | None = None
    item: str | None = None
    park: str | None = None
    company: str | None = None
    uscc: str | None = None
    no: str | None = None
    source_case_no: str | None = None
    rehearsal: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The WHERE of it; `company` asks the index for its pairs of characters first."""
        equal = ("status", "item", "park", "uscc", "no", "source_case_no", "rehearsal")
        made: list[ColumnElement[bool]] = [
            table.c[name] == getattr(self, name)
            for name in equal
            if getattr(self, name) is not None
        ]
        if self.company:
            made.append(table.c.name_grams.contains(grams(self.company)))
            made.append(table.c.applicant_name.icontains(self.company, autoescape=True))
        return made


async def page(
    connection: AsyncConnection,
    caller: Caller,
    side: str,
    wanted: Filter,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Record]:
    """Up to `limit + 1` filings after the keyset position."""
    rows = await connection.execute(asked(caller, side, wanted, after=after, limit=limit))
    return [of_row(row) for row in rows.mappings()]


def asked(
    caller: Caller,
    side: str,
    wanted: Filter,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Select[Any]:
    """The query of a page, for the plan's test as well."""
    mine = readable(table, caller) | (table.c.source_system == side)
    query = select(table).where(mine, *wanted.conditions())
    if after is not None:
        query = query.where(tuple_(table.c.received_at, table.c.no) < after)
    return query.order_by(table.c.received_at.desc(), table.c.no.desc()).limit(limit + 1)
