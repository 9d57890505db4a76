"""A decision and its seal in raw asyncpg: the rows a real one left, statement by statement.

Nothing is computed here. What was stored by one real case is stored again for others: same columns,
same sizes, fresh ids; every statement prepared, one after the other, in one transaction a call.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

Values = Mapping[str, Any]

_GIVEN_BY_DATABASE = frozenset({"id:step", "id:audit", "at:audit", "xid:audit", "id:outbox"})
_CLAIM = (
    "INSERT INTO request_key (caller, key, request_sha256) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_ANSWER = (
    "UPDATE request_key SET status = $3, body = $4, media_type = $5 WHERE caller = $1 AND key = $2"
)
_LOCK = 'SELECT * FROM "case" WHERE no = $1 FOR NO KEY UPDATE'
_NUMBER = "SELECT next_number($1)"
_READ_DECISION = "SELECT * FROM decision WHERE no = $1 AND version = $2"
_SEAL_DECISION = (
    "UPDATE decision SET content = $2, content_sha256 = $3, sealed_by = $4 WHERE no = $1"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tables held of one case at a moment."""

    case: Values
    decision: Values | None
    rows: Mapping[str, Sequence[Values]]
    """By table: step, paper, audit, outbox, request_key; those of the case, oldest first."""

    @classmethod
    async def of(cls, connection: Any, no: str) -> "Seen":
        async def listed(sql: str) -> list[Values]:
            return [dict(row) for row in await connection.fetch(sql, no)]

        return cls(
            case=(await listed('SELECT * FROM "case" WHERE no = $1'))[0],
            decision=next(iter(await listed("SELECT * FROM decision WHERE no = $1")), None),
            rows={
                "step": await listed("SELECT * FROM step WHERE no = $1 ORDER BY id"),
                "paper": await listed("SELECT * FROM paper WHERE no = $1"),
                "audit": await listed("SELECT * FROM audit WHERE object = $1 ORDER BY id"),
                "outbox": await listed("SELECT * FROM outbox WHERE key = $1 ORDER BY id"),
                "request_key": await listed(
                    "SELECT * FROM request_key WHERE position($1 in body) > 0 ORDER BY created_at"
                ),
            },
        )

    def since(self, before: "Seen", table: str) -> Sequence[Values]:
        return self.rows[table][len(before.rows[table]) :]


@dataclass(frozen=True, slots=True)
class Insert:
    sql: str
    names: tuple[str, ...]
    row: Values

    def fresh(self, no: str) -> list[Any]:
        return [_fresh(name, self.row[name], self.row, no) for name in self.names]


@dataclass(frozen=True, slots=True)
class Call:
    """One transaction as the service makes it."""

    before: Seen
    after: Seen
    update: str
    changed: tuple[Any, ...]
    inserts: tuple[Insert, ...]
    series: str | None
    seals: bool
    """Brings a decision up to date that stands already."""

    @classmethod
    def between(cls, before: Seen, after: Seen) -> "Call":
        names = [name for name in after.case if after.case[name] != before.case[name]]
        sets = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(names, 3))
        inserts = [
            _insert(table, row)
            for table in ("step", "paper", "audit", "outbox")
            for row in after.since(before, table)
        ]
        decides = before.decision is None
        if decides and after.decision is not None:
            inserts.insert(0, _insert("decision", after.decision))
        return cls(
            before=before,
            after=after,
            update=f'UPDATE "case" SET {sets} WHERE no = $1 AND version = $2',
            changed=tuple(after.case[name] for name in names),
            inserts=tuple(inserts),
            series="decision:floor:2026" if decides else None,
            seals=not decides,
        )

    async def run(self, connection: Any, no: str) -> None:
        """The statements, one by one."""
        (kept,) = self.after.since(self.before, "request_key")
        key = uuid4().hex
        async with connection.transaction():
            await connection.fetchrow(_CLAIM, kept["caller"], key, kept["request_sha256"])
            await connection.fetchrow(_LOCK, no)
            if self.series:
                await connection.fetchval(_NUMBER, self.series)
            if self.seals:
                await connection.fetchrow(_READ_DECISION, no, 1)
            done = await connection.execute(
                self.update, no, self.before.case["version"], *self.changed
            )
            assert done == "UPDATE 1", f"{no}: {done}"
            for insert in self.inserts:
                await connection.execute(insert.sql, *insert.fresh(no))
            if self.seals and self.after.decision is not None:
                put = self.after.decision
                await connection.execute(
                    _SEAL_DECISION, no, put["content"], put["content_sha256"], put["sealed_by"]
                )
            answer = (kept["status"], kept["body"], kept["media_type"])
            await connection.execute(_ANSWER, kept["caller"], key, *answer)


def _insert(table: str, row: Values) -> Insert:
    names = tuple(name for name in row if f"{name}:{table}" not in _GIVEN_BY_DATABASE)
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    return Insert(f"INSERT INTO {table} ({columns}) VALUES ({places})", names, row)


def _fresh(name: str, value: Any, row: Values, no: str) -> Any:
    if name in {"no", "key", "object"} and value == row.get(name):
        return no
    if isinstance(value, UUID):
        return uuid4()
    return os.urandom(10).hex() if name == "code" else value
