"""Numbers that rise: one sequence per authority and civil year. Gaps are reported, not filled."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NEXT = text("SELECT next_number(:series)")


async def draw(connection: AsyncConnection, series: str) -> int:
    """The next number of a series such as `decision:zg-park:2026`; never the same twice."""
    return int((await connection.execute(_NEXT, {"series": series})).scalar_one())
