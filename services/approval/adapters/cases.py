"""Cases in PostgreSQL. Saving a case is the only way its news gets out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import CTE, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.approval import TOPIC
from eventlog import outbox
from eventlog.envelope import Envelope
from law import casenumber
from servicekit.access import readable
from servicekit.prepared import Prepared
from servicekit.problems import Problem
from servicekit.tokens import Caller
from services.approval.adapters import rows, tables
from services.approval.adapters.batch import Batch
from services.approval.domain.case import Case
from services.approval.domain.facts import Decision

RECENT_DAYS = 60
"""How old a number may be to be waited for: corrections take a filing that long to get here."""


@dataclass(slots=True, kw_only=True)
class Change:
    """What is written beside a case: turn, due days, news, papers, one line of audit."""

    waits_for: Sequence[str]
    promised_due: date
    statutory_due: date
    due_provisional: bool
    news: list[Envelope] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    audit: dict[str, Any] | None = None
    viewers_changed: bool = False
    """Then the papers of the case follow."""


async def load(
    connection: AsyncConnection, no: str, caller: Caller, *, today: date, lock: bool = False
) -> Case:
    """The case with its present decision; `lock` for a verb on it.

    The decision is read after the lock, never joined to it: a statement that had to wait would see
    the case anew and the decision as it was. Problems: `not-found`, also for what the caller may
    not see; `case-not-yet-here` for a well-formed recent number nobody here has heard of.
    """
    found = await _reading(caller, lock=lock).rows(connection, {"wanted": no})
    if not found:
        raise unknown(no, today)
    (row,) = found
    if not row["may_see"]:
        raise Problem("not-found", f"没有办件 {no}，或者您无权查看")
    return rows.case(row, await _present(connection, no, row["decision_version"]))


@lru_cache(maxsize=2_000)
def _reading(caller: Caller, *, lock: bool) -> Prepared:
    """Built once a caller; its text is the same for all, so PostgreSQL prepares it once."""
    table = tables.case
    statement = select(table, readable(table, caller).label("may_see")).where(
        table.c.no == bindparam("wanted")
    )
    return Prepared(statement.with_for_update(key_share=True) if lock else statement)


_PRESENT = Prepared(
    select(tables.decision).where(
        tables.decision.c.no == bindparam("wanted"),
        tables.decision.c.version == bindparam("at"),
    )
)


async def _present(connection: AsyncConnection, no: str, version: int) -> Decision | None:
    if not version:
        return None
    (row,) = await _PRESENT.rows(connection, {"wanted": no, "at": version})
    return rows.decision(row)


def unknown(no: str, today: date) -> Problem:
    """What to answer for a number that is not here."""
    try:
        allotted = casenumber.parse(no)
    except casenumber.NotACaseNumber:
        return Problem("not-found", f"没有办件 {no}")
    if str(allotted) == no and 0 <= (today - allotted.day).days <= RECENT_DAYS:
        return Problem("case-not-yet-here", f"办件 {no} 尚未受理或者正在送达")
    return Problem("not-found", f"没有办件 {no}")


async def add(
    connection: AsyncConnection,
    case: Case,
    change: Change,
    *,
    personal: str | None,
    personal_index: dict[str, str],
) -> bool:
    """A new case; False, and nothing written, when it is here already."""
    case.version = 1
    values = {
        **rows.values(case),
        **_cached(change),
        "personal": personal,
        "personal_index": personal_index,
    }
    batch = Batch("add", partial(_added, tuple(values)), _marked("first", values))
    _beside(batch, case, change)
    return await batch.run(connection)


async def save(connection: AsyncConnection, case: Case, change: Change) -> None:
    """All of one verb in one statement. Problem `not-allowed-now` when another was faster."""
    values = {**rows.values(case), **_cached(change)}
    given = {**_marked("first", values), "wanted": case.no, "seen": case.version - 1}
    batch = Batch("save", partial(_saved, tuple(values)), given)
    _beside(batch, case, change)
    if case.decision is not None:
        decided = rows.decision_values(case.no, case.decision)
        batch.also("decision", partial(_decided, tuple(decided)), _marked("decision", decided))
    if change.viewers_changed:
        batch.also("viewers", _seen_by, {"viewers": list(case.viewers)})
    if not await batch.run(connection):
        raise Problem(
            "not-allowed-now",
            "办件刚被他人办理，请重新读取后再操作",
            extra={"state": None, "allowed": []},
        )


def _cached(change: Change) -> dict[str, Any]:
    return {
        "waits_for": list(change.waits_for),
        "promised_due": change.promised_due,
        "statutory_due": change.statutory_due,
        "due_provisional": change.due_provisional,
    }


def _beside(batch: Batch, case: Case, change: Change) -> None:
    batch.insert(
        tables.step, [rows.step_values(case.no, case.version, one) for one in case.new_steps]
    )
    for one in change.papers:
        batch.insert(tables.paper, [one])
    if change.audit is not None:
        batch.insert(tables.kit_tables.audit, [change.audit])
    batch.insert(
        tables.event_tables.outbox,
        [outbox.row(topic=TOPIC, key=case.no, envelope=envelope) for envelope in change.news],
    )


def _marked(mark: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{mark}_{name}": value for name, value in values.items()}


def _bound(mark: str, table: Table, names: Sequence[str]) -> dict[str, Any]:
    return {name: bindparam(f"{mark}_{name}", type_=table.c[name].type) for name in names}


def _added(names: Sequence[str]) -> CTE:
    made = postgresql.insert(tables.case).values(_bound("first", tables.case, names))
    return made.on_conflict_do_nothing().returning(tables.case.c.no).cte("first")


def _saved(names: Sequence[str]) -> CTE:
    table = tables.case
    return (
        update(table)
        .where(table.c.no == bindparam("wanted"), table.c.version == bindparam("seen"))
        .values(_bound("first", table, names))
        .returning(table.c.no)
        .cte("first")
    )


def _decided(names: Sequence[str], first: CTE) -> Any:
    """The decision's row, made or brought up to date."""
    table = tables.decision
    chosen = select(*_bound("decision", table, names).values()).select_from(first)
    made = postgresql.insert(table).from_select(list(names), chosen)
    changing = ("content", "content_sha256", "sealed_by", "co_seals", "void")
    return made.on_conflict_do_update(
        index_elements=["no", "version"],
        set_={name: made.excluded[name] for name in changing},
    )


def _seen_by(first: CTE) -> Any:
    """The papers of the case follow its viewers."""
    paper = tables.paper
    viewers = bindparam("viewers", type_=paper.c.viewers.type)
    return update(paper).where(paper.c.no.in_(select(first.c.no))).values(viewers=viewers)


async def exists(connection: AsyncConnection, no: str) -> bool:
    """Whether the case is here, whoever asks."""
    found = await connection.scalar(select(tables.case.c.no).where(tables.case.c.no == no))
    return found is not None
