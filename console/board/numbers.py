"""The board's numbers: each with its definition, and the rows behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, RowMapping, and_, case, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from console.names import Names
from console.tables import board_push
from console.visits import Visit

_T = board_push.c


@dataclass(frozen=True, slots=True)
class Number:
    """One column of the board."""

    key: str
    title: str
    definition: str


NUMBERS = (
    Number("owed", "应推送", "已用印（或者已撤销）的决定，每个主管部门一件。"),
    Number("pushed", "已推送", "已送到主管部门桌面的件。"),
    Number("in_time", "按时推送", "文件规定推送时限、且在时限内送达的件；没有规定时限的不计入。"),
    Number("claimed", "已认领", "主管部门已有人认领的件，含已反馈的。"),
    Number("answered", "已反馈", "主管部门已反馈监管结果的件。"),
    Number("acknowledged", "已签收", "反馈已由园区和决定机关全部签收的件。"),
    Number("returned", "退回待指派", "主管部门退回、等待行政审批局指派的件。"),
    Number("late", "逾期", "超过推送时限仍无人认领，或者整改期限已过仍无新反馈的件。"),
)
BY_KEY = {number.key: number for number in NUMBERS}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of the board."""

    id: str
    name: str
    counts: Mapping[str, int]
    with_limit: int


@dataclass(frozen=True, slots=True)
class Board:
    """Totals, by park and by regulator; `changed_at` is the newest change among them."""

    total: Line
    parks: list[Line]
    regulators: list[Line]
    changed_at: datetime | None = field(default=None)


def conditions(today: date) -> dict[str, ColumnElement[bool]]:
    """What each number counts. A merged push is counted where it went."""
    unclaimed = _T.status.in_(["issued", "pushed", "returned"])
    late = or_(and_(unclaimed, _T.due < today), _T.rectification_due < today)
    return {
        "owed": _T.no.is_not(None),
        "pushed": _T.pushed_at.is_not(None),
        "in_time": _T.in_time.is_(True),
        "claimed": _T.status.in_(["claimed", "answered"]),
        "answered": _T.status == "answered",
        "acknowledged": and_(_T.status == "answered", _T.unacknowledged == 0),
        "returned": _T.status == "returned",
        "late": func.coalesce(late, false()),
    }


def visible(visit: Visit, names: Names) -> ColumnElement[bool]:
    """What this officer's organisation may see; a leader, what those beneath may."""
    org = visit.person.org
    own = _T.viewers.contains([org])
    if "leader" in visit.roles and names.catalogue is not None:
        beneath = [one for one in names.catalogue.organisations if _is_beneath(names, one, org)]
        return or_(own, _T.viewers.overlap(beneath))
    return own


async def board(
    connection: AsyncConnection,
    seen: ColumnElement[bool],
    names: Names,
    *,
    today: date,
    rehearsal: bool,
) -> Board:
    """All numbers of what may be seen."""
    wanted = conditions(today)
    counts = [func.count(case((one, 1))).label(key) for key, one in wanted.items()]
    counts.append(func.count(case((_T.in_time.is_not(None), 1))).label("with_limit"))
    found = await connection.execute(
        select(_T.park, _T.regulator, func.max(_T.changed_at).label("changed_at"), *counts)
        .where(*_base(seen, rehearsal=rehearsal))
        .group_by(_T.park, _T.regulator)
    )
    rows = found.mappings().all()
    return Board(
        total=_line("", "合计", rows),
        parks=_by("park", rows, names),
        regulators=_by("regulator", rows, names),
        changed_at=max((row["changed_at"] for row in rows), default=None),
    )


async def behind(
    connection: AsyncConnection,
    seen: ColumnElement[bool],
    *,
    number: str,
    park: str | None,
    regulator: str | None,
    today: date,
    rehearsal: bool,
    limit: int,
    after: tuple[datetime, str, str] | None,
) -> Sequence[RowMapping]:
    """The rows a number counts, newest first, up to `limit + 1`."""
    asked = [*_base(seen, rehearsal=rehearsal), conditions(today)[number]]
    if park:
        asked.append(_T.park == park)
    if regulator:
        asked.append(_T.regulator == regulator)
    if after is not None:
        asked.append(tuple_(_T.issued_at, _T.no, _T.pushed_to) < tuple_(*after))
    late = conditions(today)["late"].label("is_late")
    found = await connection.execute(
        select(board_push, late)
        .where(*asked)
        .order_by(_T.issued_at.desc(), _T.no.desc(), _T.pushed_to.desc())
        .limit(limit + 1)
    )
    return found.mappings().all()


def _base(seen: ColumnElement[bool], *, rehearsal: bool) -> list[ColumnElement[bool]]:
    base = [seen, _T.status != "merged"]
    return base if rehearsal else [*base, _T.rehearsal.is_(False)]


def _by(column: str, rows: Sequence[RowMapping], names: Names) -> list[Line]:
    ids = sorted({row[column] for row in rows})
    lines = [_line(id_, names.org(id_), [r for r in rows if r[column] == id_]) for id_ in ids]
    return sorted(lines, key=lambda line: (-line.counts["owed"], line.name))


def _line(id_: str, name: str, rows: Sequence[RowMapping]) -> Line:
    counts = {number.key: sum(row[number.key] for row in rows) for number in NUMBERS}
    return Line(id_, name, counts, sum(row["with_limit"] for row in rows))


def _is_beneath(names: Names, org: str, top: str) -> bool:
    seen: set[str] = set()
    current: str | None = org
    while current and current not in seen and names.catalogue is not None:
        if current == top:
            return True
        seen.add(current)
        found = names.catalogue.organisations.get(current)
        current = found.parent if found else None
    return False
