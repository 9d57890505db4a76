"""Provisional due days, counted anew once the year's notice is in the catalogue (许可法 82)."""

from sqlalchemy import Date, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from law.supervision import push_due
from servicekit.kit import Kit
from servicekit.problems import Problem
from services.supervision.adapters import known, tables

_T = tables.push.c
_ISSUED_ON = cast(func.timezone("Asia/Shanghai", _T.issued_at), Date)


async def recount(kit: Kit, connection: AsyncConnection) -> int:
    """How many pushes got another due day or lost the mark; none while the catalogue catches up."""
    open_ones = (
        await connection.execute(
            select(_ISSUED_ON.label("issued_on"), _T.push_limit_days)
            .where(_T.due_provisional, _T.push_limit_days.is_not(None))
            .distinct()
        )
    ).all()
    if not open_ones:
        return 0
    try:
        calendar = (await known.catalogue(kit)).calendar()
    except Problem:
        return 0
    changed = 0
    for row in open_ones:
        due = push_due(row.issued_on, calendar, row.push_limit_days)
        done = await connection.execute(
            update(tables.push)
            .where(
                _T.due_provisional,
                row.issued_on == _ISSUED_ON,
                _T.push_limit_days == row.push_limit_days,
                or_(_T.due != due.day, _T.due_provisional != due.provisional),
            )
            .values(due=due.day, due_provisional=due.provisional)
        )
        changed += done.rowcount
    return changed
