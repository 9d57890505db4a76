"""One round trip for one change: the version-checked row first, everything else under its lock."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Insert,
    Table,
    TableClause,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection


class Batch:
    """Inserts that happen only if `first` (an UPDATE or INSERT … RETURNING) found its row.

    Each is selected FROM `first`, so that it runs after the row's lock was taken: identities
    drawn here are in the order of the locks.
    """

    def __init__(self, first: CTE) -> None:
        self._first = first
        self._more: list[CTE] = []

    def insert(self, table: Table | TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows of one table, all with the same columns, in this order."""
        if not rows:
            return
        names = list(rows[0])
        chosen = [
            select(*(literal(row[name], table.c[name].type) for name in names)).select_from(
                self._first
            )
            for row in rows
        ]
        made = insert(table).from_select(names, union_all(*chosen) if chosen[1:] else chosen[0])
        self.also(made)

    def also(self, statement: Insert | Any) -> None:
        """Any other change, already tied to `first`."""
        self._more.append(statement.cte(f"more_{len(self._more)}"))

    async def run(self, connection: AsyncConnection) -> bool:
        """False when `first` found no row; then nothing was written."""
        statement = select(self._first).add_cte(*self._more)
        return (await connection.execute(statement)).first() is not None
