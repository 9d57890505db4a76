"""Reads for desks, the single push and the board: straight SQL, no domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    RowMapping,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.supervision.adapters import tables
from services.supervision.domain.push import Status

_T = tables.push.c
_PUSHED_ON = cast(func.timezone("Asia/Shanghai", _T.pushed_at), Date)
_UNCLAIMED = (Status.PUSHED, Status.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filters of a desk; None asks for all."""

    state: Status | None = None
    regulator: str | None = None
    park: str | None = None
    item: str | None = None
    claimed_by: str | None = None
    no: str | None = None
    company: str | None = None
    uscc: str | None = None
    overdue: bool | None = None
    rehearsal: bool | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A push with everything a page about it shows, merged ones' histories included."""

    push: RowMapping
    decision: RowMapping
    steps: Sequence[RowMapping]
    papers: Sequence[RowMapping]
    inspections: Sequence[RowMapping]
    feedback: Sequence[RowMapping]
    acknowledgements: Sequence[RowMapping]


def overdue(today: date) -> ColumnElement[bool]:
    """Nobody claimed it by the last day of the push clock, or a rectification's day is over
    without a further answer.
    """
    return and_(
        _T.merged_into.is_(None),
        or_(
            and_(_T.status.in_(_UNCLAIMED), func.coalesce(_T.due < today, False)),
            func.coalesce(_T.rectification_due < today, False),
        ),
    )


def desk(
    visible: ColumnElement[bool],
    wanted: Wanted,
    *,
    today: date,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> Select[Any]:
    """Newest first, up to `limit + 1` rows."""
    query = select(tables.push).where(visible, *_filters(wanted, today))
    if after is not None:
        query = query.where(tuple_(_T.pushed_at, _T.id) < tuple_(*after))
    return query.order_by(_T.pushed_at.desc(), _T.id.desc()).limit(limit + 1)


async def whole(
    connection: AsyncConnection, visible: ColumnElement[bool], id_: UUID
) -> Whole | None:
    """None for what is not there or may not be seen."""
    found = await connection.execute(select(tables.push).where(_T.id == id_, visible))
    push = found.mappings().one_or_none()
    if push is None:
        return None
    ids = await _with_merged(connection, id_)
    decision = await connection.execute(
        select(tables.decision).where(
            tables.decision.c.no == push["no"],
            tables.decision.c.version == push["decision_version"],
        )
    )
    papers = await connection.execute(
        select(tables.case_paper)
        .where(tables.case_paper.c.no == push["no"])
        .order_by(tables.case_paper.c.ready_at, tables.case_paper.c.id)
    )
    return Whole(
        push,
        decision.mappings().one(),
        await _of(connection, tables.push_step, ids, "id"),
        papers.mappings().all(),
        await _of(connection, tables.inspection, ids, "inspected_at", "id"),
        feedback := await _of(connection, tables.feedback, ids, "given_at", "ordinal"),
        await _acknowledgements(connection, [row["id"] for row in feedback]),
    )


async def acknowledgements_of(connection: AsyncConnection, feedback: UUID) -> Sequence[RowMapping]:
    """Which desks acknowledged one feedback."""
    return await _acknowledgements(connection, [feedback])


async def summary(
    connection: AsyncConnection,
    visible: ColumnElement[bool],
    *,
    today: date,
    since: date | None,
    until: date | None,
    rehearsal: bool,
) -> Sequence[RowMapping]:
    """Counts by regulator and park; a merged push counts where it ended, once."""
    conditions = [visible, _T.merged_into.is_(None)]
    if not rehearsal:
        conditions.append(_T.rehearsal.is_(False))
    if since is not None:
        conditions.append(since <= _PUSHED_ON)
    if until is not None:
        conditions.append(until >= _PUSHED_ON)
    answered = _T.status == Status.ANSWERED
    rows = await connection.execute(
        select(
            _T.regulator,
            _T.park,
            func.count().label("pushed"),
            _number(_T.due.is_not(None)).label("with_limit"),
            _number(and_(_T.due.is_not(None), _T.due >= _PUSHED_ON)).label("in_time"),
            _number(_T.status.in_([Status.CLAIMED, Status.ANSWERED])).label("claimed"),
            _number(answered).label("answered"),
            _number(and_(answered, _T.unacknowledged == 0)).label("acknowledged"),
            _number(_T.status == Status.RETURNED).label("returned"),
            _number(overdue(today)).label("late"),
        )
        .where(*conditions)
        .group_by(_T.regulator, _T.park)
        .order_by(_T.regulator, _T.park)
    )
    return rows.mappings().all()


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _filters(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    equal: dict[str, Any] = {
        "status": wanted.state,
        "regulator": wanted.regulator,
        "park": wanted.park,
        "item": wanted.item,
        "claimed_by": wanted.claimed_by,
        "no": wanted.no,
        "uscc": wanted.uscc.upper() if wanted.uscc else None,
        "rehearsal": wanted.rehearsal,
    }
    made = [_T[name] == value for name, value in equal.items() if value is not None]
    if wanted.company:
        made.append(_T.company.icontains(wanted.company, autoescape=True))
    if wanted.overdue is not None:
        made.append(overdue(today) if wanted.overdue else ~overdue(today))
    return made


async def _with_merged(connection: AsyncConnection, id_: UUID) -> list[UUID]:
    found = select(_T.id).where(_T.id == id_).cte("found", recursive=True)
    merged = tables.push.alias("merged")
    found = found.union(select(merged.c.id).where(merged.c.merged_into == found.c.id))
    return list((await connection.execute(select(found.c.id))).scalars())


async def _of(
    connection: AsyncConnection, table: Any, ids: list[UUID], *order: str
) -> Sequence[RowMapping]:
    rows = await connection.execute(
        select(table).where(table.c.push_id.in_(ids)).order_by(*(table.c[name] for name in order))
    )
    return rows.mappings().all()


async def _acknowledgements(
    connection: AsyncConnection, feedback: list[UUID]
) -> Sequence[RowMapping]:
    table = tables.acknowledgement
    if not feedback:
        return []
    rows = await connection.execute(
        select(table).where(table.c.feedback_id.in_(feedback)).order_by(table.c.acknowledged_at)
    )
    return rows.mappings().all()
