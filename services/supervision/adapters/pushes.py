"""Pushes in PostgreSQL. Saving one is the only way its news gets out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, true, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.shape import EventData
from servicekit import events
from servicekit.kit import Kit
from servicekit.problems import Problem
from services.supervision.adapters import published, tables
from services.supervision.domain.push import (
    ALLOWED,
    Action,
    Claimed,
    Holder,
    News,
    Person,
    Push,
    Status,
)

_T = tables.push.c


@dataclass(slots=True)
class Stored:
    """A push with the rest of its row: what it shows and what travels in its events."""

    push: Push
    row: RowMapping


async def load(
    connection: AsyncConnection,
    id_: UUID,
    *,
    visible: ColumnElement[bool] | None = None,
    expected: int | None = None,
    lock: bool = True,
) -> Stored:
    """The push, locked until the commit; Problem `not-found` for what the caller may not see,
    `changed-meanwhile` when the version is not `expected` (If-Match).
    """
    query = select(tables.push).where(_T.id == id_, true() if visible is None else visible)
    found = (await connection.execute(query.with_for_update() if lock else query)).mappings()
    row = found.one_or_none()
    if row is None:
        raise Problem("not-found", "没有此推送，或您无权查看")
    require_version(row, expected)
    return Stored(of_row(row), row)


def require_version(row: RowMapping, expected: int | None) -> None:
    """Problem `changed-meanwhile` when If-Match named another version."""
    if expected is not None and row["version"] != expected:
        raise Problem("changed-meanwhile", f"该推送已是第 {row['version']} 版")


async def of_decision(
    connection: AsyncConnection, no: str, decision_version: int
) -> dict[UUID, Stored]:
    """All pushes of one decision, locked in one order so that two assignments do not entangle."""
    rows = await connection.execute(
        select(tables.push)
        .where(_T.no == no, _T.decision_version == decision_version)
        .order_by(_T.id)
        .with_for_update()
    )
    return {row["id"]: Stored(of_row(row), row) for row in rows.mappings()}


async def add(connection: AsyncConnection, values: dict[str, Any]) -> Push | None:
    """A new push; None where the decision already has one for that regulator."""
    made = (
        await connection.execute(
            postgresql.insert(tables.push)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(tables.push)
        )
    ).mappings()
    row = made.one_or_none()
    if row is None:
        return None
    await note(
        connection,
        row["id"],
        at=row["pushed_at"],
        action="pushed",
        by=None,
        detail={"cause": row["cause"], "to": row["regulator"]},
    )
    return of_row(row)


async def claim(
    kit: Kit,
    connection: AsyncConnection,
    id_: UUID,
    *,
    by: Person,
    at: datetime,
    expected: int | None,
) -> Stored | None:
    """The claim as one compare-and-set; None when the push is not there for the taking."""
    won = (
        await connection.execute(
            update(tables.push)
            .where(
                _T.id == id_,
                _T.regulator == by.org,
                _T.status.in_(ALLOWED[Action.CLAIM]),
                true() if expected is None else _T.version == expected,
            )
            .values(
                status=Status.CLAIMED,
                claimed_by=by.id,
                claimed_name=by.name,
                claimed_at=at,
                claimants=func.array_append(func.array_remove(_T.claimants, by.org), by.org),
                version=_T.version + 1,
            )
            .returning(tables.push)
        )
    ).mappings()
    row = won.one_or_none()
    if row is None:
        return None
    stored = Stored(of_row(row), row)
    await _tell(kit, connection, stored, [Claimed(by, at)])
    return stored


async def save(kit: Kit, connection: AsyncConnection, stored: Stored) -> Stored:
    """Writes what changed and tells its news; Problem `changed-meanwhile` when another was first.

    A push without news is written just so when `feedbacks` or `viewers` changed.
    """
    push = stored.push
    seen = push.version
    push.version = seen + 1
    try:
        changed = await connection.execute(
            update(tables.push)
            .where(_T.id == push.id, _T.version == seen)
            .values(_state(push))
            .returning(tables.push)
        )
    except IntegrityError as error:
        raise Problem("changed-meanwhile", "该监管部门刚刚收到了同一决定的推送") from error
    row = changed.mappings().one_or_none()
    if row is None:
        raise Problem("changed-meanwhile", "该推送已被他人更改")
    saved = Stored(push, row)
    await _tell(kit, connection, saved, push.take_news())
    return saved


async def show_to(connection: AsyncConnection, push: Push) -> None:
    """Writes who may see a push, and nothing an officer could have seen changing."""
    await connection.execute(
        update(tables.push)
        .where(_T.id == push.id)
        .values(decider=push.decider, viewers=push.viewers)
    )


def of_row(row: Mapping[Any, Any]) -> Push:
    """The aggregate of a row."""
    holder = (
        Holder(row["claimed_by"], row["claimed_name"], row["claimed_at"])
        if row["claimed_by"]
        else None
    )
    return Push(
        id=row["id"],
        no=row["no"],
        regulator=row["regulator"],
        park=row["park"],
        decider=row["decider"],
        overseers=tuple(row["overseers"]),
        status=Status(row["status"]),
        version=row["version"],
        holder=holder,
        involved=tuple(row["involved"]),
        claimants=tuple(row["claimants"]),
        merged_into=row["merged_into"],
        suggests=row["suggests"],
        rectification_due=row["rectification_due"],
        feedbacks=row["feedbacks"],
        answered_at=row["answered_at"],
    )


async def tell(
    kit: Kit,
    connection: AsyncConnection,
    row: Mapping[Any, Any],
    event: EventData,
    *,
    aggregate: str,
    sequence: int,
    at: datetime,
) -> None:
    """An event of the push's case, with the rehearsal mark and tenant of its row."""
    await events.tell(
        kit,
        connection,
        event,
        key=row["no"],
        aggregate=aggregate,
        sequence=sequence,
        at=at,
        rehearsal=row["rehearsal"],
        tenant=row["tenant"],
    )


async def note(
    connection: AsyncConnection,
    id_: UUID,
    *,
    at: datetime,
    action: str,
    by: Person | None,
    detail: Mapping[str, Any],
) -> None:
    """A line of the push's history."""
    await connection.execute(
        insert(tables.push_step).values(
            push_id=id_,
            at=at,
            action=action,
            by=published.officer(by).model_dump(mode="json") if by else None,
            detail=detail,
        )
    )


def _state(push: Push) -> dict[str, Any]:
    holder = push.holder
    return {
        "regulator": push.regulator,
        "decider": push.decider,
        "status": push.status,
        "version": push.version,
        "claimed_by": holder.id if holder else None,
        "claimed_name": holder.name if holder else None,
        "claimed_at": holder.at if holder else None,
        "claimants": list(push.claimants),
        "involved": list(push.involved),
        "overseers": list(push.overseers),
        "viewers": push.viewers,
        "merged_into": push.merged_into,
        "suggests": push.suggests,
        "rectification_due": push.rectification_due,
        "feedbacks": push.feedbacks,
        "answered_at": push.answered_at,
    }


async def _tell(kit: Kit, connection: AsyncConnection, stored: Stored, news: list[News]) -> None:
    for one in news:
        action, detail = published.step(one)
        await note(connection, stored.push.id, at=one.at, action=action, by=one.by, detail=detail)
        await tell(
            kit,
            connection,
            stored.row,
            published.event(stored.push, one),
            aggregate=f"push:{stored.push.id}",
            sequence=stored.push.version,
            at=one.at,
        )
