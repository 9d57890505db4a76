"""Last days that were provisional, counted anew when the calendar's notice has come."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from law import clock
from servicekit.kit import Kit
from servicekit.problems import Problem
from services.approval.adapters import rows, tables
from services.approval.domain.state import CLOSED
from services.approval.usecases.scene import replica_of

AT_ONCE = 200


async def recount(kit: Kit, connection: AsyncConnection) -> int:
    """How many moved. No officer's version grows stale by it."""
    try:
        calendar = (await replica_of(kit).current()).calendar()
    except Problem:
        return 0
    table = tables.case
    found = await connection.execute(
        select(table.c.no, table.c.version, table.c.deadlines, table.c.due_provisional)
        .where(table.c.due_provisional, table.c.status.not_in([one.value for one in CLOSED]))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    moved = 0
    for row in found.all():
        deadlines = rows.deadlines(row.deadlines)
        promised = clock.due(deadlines.promised(), calendar)
        statutory = clock.due(deadlines.statutory(), calendar)
        changed = await connection.execute(
            update(table)
            .where(
                table.c.no == row.no,
                (table.c.promised_due != promised.day)
                | (table.c.statutory_due != statutory.day)
                | (table.c.due_provisional != (promised.provisional or statutory.provisional)),
            )
            .values(
                promised_due=promised.day,
                statutory_due=statutory.day,
                due_provisional=promised.provisional or statutory.provisional,
            )
        )
        moved += changed.rowcount
    return moved
