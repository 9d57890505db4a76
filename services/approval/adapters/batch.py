"""One round trip for one change: the version-checked row first, everything else under its lock."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import CTE, Insert, Table, TableClause, bindparam, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.prepared import Prepared

Make = Callable[[CTE], Any]
"""From `first` to a change that is tied to it; values are bindparams."""

_known: dict[Hashable, Prepared] = {}
"""By shape: verbs have few, so a statement is built and compiled once in a process."""


class Batch:
    """Inserts that happen only if `first` (an UPDATE or INSERT … RETURNING) found its row.

    Each is selected FROM `first`, so that it runs after the row's lock was taken: identities
    drawn here are in the order of the locks. `name` says which `first` it is.
    """

    def __init__(self, name: str, first: Callable[[], CTE], given: Mapping[str, Any]) -> None:
        self._first = first
        self._shape: list[Hashable] = [name]
        self._given = dict(given)
        self._more: list[Make] = []

    def insert(self, table: Table | TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows of one table, all with the same columns, in this order."""
        if not rows:
            return
        names, mark = tuple(rows[0]), f"{len(self._more)}_"
        given = {
            f"{mark}{number}_{name}": row[name] for number, row in enumerate(rows) for name in names
        }
        self.also(
            (table.name, names, len(rows)), partial(_inserted, table, names, len(rows), mark), given
        )

    def also(self, shape: Hashable, make: Make, given: Mapping[str, Any]) -> None:
        """Any other change; `shape` is all that `make` depends on."""
        self._shape.append(shape)
        self._more.append(make)
        self._given |= given

    async def run(self, connection: AsyncConnection) -> bool:
        """False when `first` found no row; then nothing was written."""
        shape = tuple(self._shape)
        prepared = _known.get(shape)
        if prepared is None:
            prepared = _known[shape] = self._prepared()
        return bool(await prepared.rows(connection, self._given))

    def _prepared(self) -> Prepared:
        first = self._first()
        more = [make(first).cte(f"more_{number}") for number, make in enumerate(self._more)]
        return Prepared(select(first).add_cte(*more))


def _inserted(
    table: Table | TableClause, names: Sequence[str], many: int, mark: str, first: CTE
) -> Insert:
    chosen = [
        select(
            *(bindparam(f"{mark}{number}_{name}", type_=table.c[name].type) for name in names)
        ).select_from(first)
        for number in range(many)
    ]
    return insert(table).from_select(names, union_all(*chosen) if chosen[1:] else chosen[0])
