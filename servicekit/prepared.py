"""Statements of the hot verbs: built and compiled once, then given straight to the driver.

Building a statement anew for each call, and taking it through SQLAlchemy's execution, costs several
times what PostgreSQL does for it. What runs here runs in the transaction that SQLAlchemy has begun,
with SQLAlchemy's own types on the way in and out.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import asyncpg
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg as dialects
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import dumps

Row = dict[str, Any]
Convert = Callable[[Any], Any]

_DIALECT: Final = dialects.dialect(json_serializer=dumps)  # type: ignore[no-untyped-call]


class Prepared:
    """One statement whose values are `bindparam`s: a Select, or a change that answers nothing."""

    def __init__(self, statement: Any) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._statement = statement
        self._sql = str(compiled)
        self._given: list[tuple[str, Any, Convert | None]] = [
            (name, compiled.binds[name].value, _inward(compiled.binds[name].type))
            for name in compiled.positiontup or ()
        ]
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        self._columns: list[tuple[str, Convert | None]] = [
            (column.name, _outward(column.type)) for column in columns
        ]

    async def rows(self, connection: AsyncConnection, given: Mapping[str, Any]) -> list[Row]:
        """What it returns. Raises DBAPIError as an ordinary execution would.

        The first statement of a transaction goes through SQLAlchemy, which begins it there.
        """
        driver = _driver(connection)
        if not driver.is_in_transaction():
            found = await connection.execute(self._statement, given)
            return [{**row} for row in found.mappings()] if self._columns else []
        values = [
            value if convert is None else convert(value)
            for value, convert in (
                (given.get(name, standing), convert) for name, standing, convert in self._given
            )
        ]
        try:
            records = await driver.fetch(self._sql, *values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            gone = driver.is_closed()
            if gone:
                await connection.invalidate()
            raise DBAPIError(
                self._sql, None, error, hide_parameters=True, connection_invalidated=gone
            ) from error
        return [self._row(record) for record in records] if self._columns else []

    def _row(self, record: Any) -> Row:
        return {
            name: value if convert is None else convert(value)
            for (name, convert), value in zip(self._columns, record.values(), strict=True)
        }


def _driver(connection: AsyncConnection) -> Any:
    inner = connection.sync_connection
    assert inner is not None  # noqa: S101 - it was checked out by whoever began the transaction
    return inner.connection.driver_connection


def _inward(kind: Any) -> Convert | None:
    processor: Convert | None = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return processor


def _outward(kind: Any) -> Convert | None:
    processor: Convert | None = kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
    return processor
