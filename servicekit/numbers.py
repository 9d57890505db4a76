"""Numbers that rise: one sequence per authority and civil year. Gaps are reported, not filled."""

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.prepared import Prepared

_NEXT = Prepared(select(func.next_number(bindparam("series", type_=Text)).label("serial")))


async def draw(connection: AsyncConnection, series: str) -> int:
    """The next number of a series such as `decision:zg-park:2026`; never the same twice."""
    (row,) = await _NEXT.rows(connection, {"series": series})
    return int(row["serial"])
