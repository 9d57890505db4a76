"""Who did what to which object, with what outcome. A plain append; a sealer chains it later."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import trace
from servicekit.tokens import Caller


async def append(
    connection: AsyncConnection,
    table: Table,
    *,
    caller: Caller | None,
    action: str,
    object_: str,
    outcome: str = "done",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One line, in the transaction of what it records. `caller` None is the system's own timer.

    `detail` holds digests and codes, never a natural person's data in clear.
    """
    values = line(caller=caller, action=action, object_=object_, outcome=outcome, detail=detail)
    await connection.execute(insert(table).values(values))


def line(
    *,
    caller: Caller | None,
    action: str,
    object_: str,
    outcome: str = "done",
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of one line, for a statement that writes more than this one."""
    return {
        "actor": caller.sub if caller else "system",
        "actor_name": caller.name if caller else "系统",
        "org": caller.org if caller else None,
        "action": action,
        "object": object_,
        "outcome": outcome,
        "detail": dict(detail or {}),
        "trace_id": trace.request_id(),
    }
