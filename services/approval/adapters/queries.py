"""Lists and the parts of a single read, straight from the tables; always cut to the caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.access import readable
from servicekit.tokens import Caller
from services.approval.adapters import tables
from services.approval.domain.state import CLOSED

_ROW = (
    "no", "item", "item_name", "park", "applicant_name", "uscc", "status", "waits_for", "mode",
    "rehearsal", "accepted_at", "opened_at", "promised_due", "statutory_due", "due_provisional",
    "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is cut by. `mine`: the caller's organisation's turn, or the system's filings."""

    status: str | None = None
    item: str | None = None
    park: str | None = None
    company: str | None = None
    uscc: str | None = None
    no: str | None = None
    due_before: date | None = None
    mine: bool = False
    rehearsal: bool | None = None


async def cases(
    connection: AsyncConnection,
    caller: Caller,
    filters: Filters,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Up to `limit + 1` rows, newest first."""
    table = tables.case
    statement = (
        select(*(table.c[name] for name in _ROW))
        .where(readable(table, caller), *_conditions(filters, caller))
        .order_by(table.c.opened_at.desc(), table.c.no.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(table.c.opened_at, table.c.no) < tuple_(*after))
    return [{**row} for row in (await connection.execute(statement)).mappings()]


async def steps(connection: AsyncConnection, no: str) -> list[Mapping[str, Any]]:
    """A case's history, oldest first; the caller has been let in to the case."""
    table = tables.step
    found = await connection.execute(select(table).where(table.c.no == no).order_by(table.c.id))
    return [{**row} for row in found.mappings()]


async def turn(connection: AsyncConnection, no: str) -> list[str]:
    """Whose turn it is."""
    table = tables.case
    found = await connection.scalar(select(table.c.waits_for).where(table.c.no == no))
    return list(found or [])


async def feedback(connection: AsyncConnection, no: str) -> list[Mapping[str, Any]]:
    """What regulators answered on a case, oldest first, each with its desks."""
    table, desk = tables.feedback, tables.desk
    found = await connection.execute(
        select(table, desk.c.org, desk.c.state, desk.c.acknowledged_at)
        .join(desk, desk.c.feedback == table.c.id)
        .where(table.c.no == no)
        .order_by(table.c.given_at, table.c.id, desk.c.org)
    )
    told: dict[str, dict[str, Any]] = {}
    for row in found.mappings():
        one = told.setdefault(row["id"], {**row, "by": row["officer"], "desks": []})
        one["desks"].append({name: row[name] for name in ("org", "state", "acknowledged_at")})
    return list(told.values())


async def desk(
    connection: AsyncConnection,
    org: str,
    *,
    state: str | None,
    no: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """The feedback on an organisation's desk, newest first; up to `limit + 1` rows."""
    desk, feedback, case = tables.desk, tables.feedback, tables.case
    statement = (
        select(
            feedback,
            desk.c.state,
            desk.c.version,
            desk.c.acknowledged_by,
            desk.c.acknowledged_at,
            desk.c.note,
            case.c.item,
            case.c.item_name,
            case.c.park,
            case.c.applicant_name,
        )
        .join_from(desk, feedback, feedback.c.id == desk.c.feedback)
        .join(case, case.c.no == desk.c.no)
        .where(desk.c.org == org)
        .order_by(desk.c.received_at.desc(), desk.c.feedback.desc())
        .limit(limit + 1)
    )
    if state is not None:
        statement = statement.where(desk.c.state == state)
    if no is not None:
        statement = statement.where(desk.c.no == no)
    if after is not None:
        statement = statement.where(tuple_(desk.c.received_at, desk.c.feedback) < tuple_(*after))
    return [{**row} for row in (await connection.execute(statement)).mappings()]


async def paper_by_code(connection: AsyncConnection, code: str) -> Mapping[str, Any] | None:
    """A paper with the validity of the decision it documents, if any."""
    paper, decision = tables.paper, tables.decision
    found = await connection.execute(
        select(
            paper.c.no,
            paper.c.kind,
            paper.c.number,
            paper.c.title,
            paper.c.dated,
            paper.c.content,
            paper.c.content_sha256,
            paper.c.code,
            paper.c.rehearsal,
            decision.c.valid_from,
            decision.c.valid_to,
            decision.c.void,
        )
        .select_from(paper.outerjoin(decision, decision.c.id == paper.c.id))
        .where(paper.c.code == code)
    )
    row = found.mappings().one_or_none()
    return {**row} if row else None


def _conditions(filters: Filters, caller: Caller) -> list[ColumnElement[bool]]:
    table = tables.case
    equal = {
        "status": filters.status,
        "item": filters.item,
        "park": filters.park,
        "uscc": filters.uscc,
        "no": filters.no,
        "rehearsal": filters.rehearsal,
    }
    chosen = [table.c[name] == value for name, value in equal.items() if value is not None]
    if filters.company:
        chosen.append(table.c.applicant_name.contains(filters.company, autoescape=True))
    if filters.due_before is not None:
        closed = [status.value for status in CLOSED]
        chosen.append(
            and_(table.c.promised_due < filters.due_before, table.c.status.not_in(closed))
        )
    if filters.mine:
        turn = table.c.waits_for.contains([caller.org or ""])
        chosen.append(turn if caller.org else table.c.source_system == caller.sub)
    return chosen
