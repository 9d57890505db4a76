"""List, claim and decide where many cases are, against the same where few are."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from contracts.approval import Issued
from services.supervision.domain.push import Status
from shenguan.serving import listen, serving
from tests.approval.builders import APPROVER, PARK, WINDOW
from tests.bench import cases
from tests.bench.cases import Officers, Template
from tests.bench.connection import Connection, Desk
from tests.bench.figures.deciding import say
from tests.bench.machine import percentile
from tests.bench.rows import Mark, Row
from tests.bench.stand import Stand
from tests.support.service import Service
from tests.support.system import HOST

TURNS = 300
_OPEN_EVERY = 100
"""One case in so many is still open; the others are history."""
_CASE = {
    "no": "'H' || n",
    "status": f"CASE WHEN n % {_OPEN_EVERY} = 0 THEN t.status ELSE 'issued' END",
    "waits_for": f"CASE WHEN n % {_OPEN_EVERY} = 0 THEN t.waits_for ELSE '{{}}'::text[] END",
    "opened_at": "t.opened_at - n * interval '20 seconds'",
    "item": "'zg-' || n % 29",
    "uscc": "'91360702MA' || n % 20000",
    "source_case_no": "'S' || n",
}
_PUSH = {
    "id": "gen_random_uuid()",
    "no": "'H' || n",
    "status": f"CASE WHEN n % {_OPEN_EVERY} = 0 THEN 'pushed' ELSE '{Status.ANSWERED.value}' END",
    "pushed_at": "t.pushed_at - n * interval '20 seconds'",
    "issued_at": "t.issued_at - n * interval '20 seconds'",
    "uscc": "'91360702MA' || n % 20000",
}


@dataclass(slots=True)
class Side:
    """Approval and supervision with their many or few, and connections to them."""

    approval: Connection
    supervision: Connection
    cases: list[str]
    pushes: list[UUID]


async def measure(stand: Stand) -> list[Row]:
    """Turn by turn: one request where few are, the same where many are."""
    few, many = stand.effort.cases
    turns = 20 if stand.effort.quick else TURNS
    officers = Officers.of(stand)
    approver = Desk(stand.token(APPROVER, org=PARK, roles=["approver"]))
    async with AsyncExitStack() as stack:
        sides = [await _side(stand, stack, size, turns) for size in (few, many)]
        regulator = await _regulator(stand)
        acts: dict[str, Callable[[Side], Awaitable[bytes]]] = {
            "list cases": lambda side: side.approval.ask(approver.get("/api/v1/cases?limit=50")),
            "list what waits for us": lambda side: side.approval.ask(
                approver.get("/api/v1/cases?mine=true&limit=50")
            ),
            "list pushes": lambda side: side.supervision.ask(
                regulator.get("/api/v1/pushes?limit=50")
            ),
            "claim": lambda side: side.supervision.ask(
                regulator.post(f"/api/v1/pushes/{side.pushes.pop()}/claim", {})
            ),
            "decide": lambda side: side.approval.ask(officers.decide_and_seal(side.cases.pop())),
        }
        made = []
        for name, act in acts.items():
            took: tuple[list[float], list[float]] = ([], [])
            for _ in range(turns):
                for side, kept in zip(sides, took, strict=True):
                    began = time.perf_counter()
                    await act(side)
                    kept.append(time.perf_counter() - began)
            at_few, at_many = (percentile(kept, 0.5) for kept in took)
            mark = Mark("at most", 1.3, "ratio")
            made.append(
                Row(f"{name}, {many:,} cases against {few:,}: p50 ms", at_many, at_few, mark)
            )
        return made


async def _side(stand: Stand, stack: AsyncExitStack, size: int, turns: int) -> Side:
    approval = await stand.part("approval", f"-{size}")
    supervision = await stand.part("supervision", f"-{size}")
    template = await cases.instant(approval)
    push = await _push_of(approval, supervision, template)
    at_approval, at_supervision = [await stand.connect(one) for one in (approval, supervision)]
    await _fill(at_approval, '"case"', _CASE, size, f"t.no = '{template.no}'")
    await _fill(at_supervision, "push", _PUSH, size, f"t.id = '{push}'")
    nos = await cases.copies(at_approval, template, turns)
    pushes = await _claimable(at_supervision, push, turns)
    for one in (at_approval, at_supervision):
        await one.execute("VACUUM ANALYZE")
        await one.close()
    async with stand.server.superuser() as superuser:
        await superuser.execute("CHECKPOINT")
    opened: list[Connection] = []
    for service in (approval, supervision):
        listener = listen(HOST, 0)
        await stack.enter_async_context(serving(service.app, listener, lifespan="off"))
        opened.append(await Connection.open(listener.getsockname()[1]))
        stack.callback(opened[-1].close)
    return Side(opened[0], opened[1], nos, pushes)


async def _push_of(approval: Service, supervision: Service, template: Template) -> UUID:
    """A case like it, decided, and its push at supervision."""
    connection = approval.kit.engine
    async with connection.connect() as one:
        raw = (await one.get_raw_connection()).driver_connection
        (no,) = await cases.copies(raw, template, 1)
    body = {**cases.GROUNDS, "seal": cases.INSTANT_SEAL}
    await say(approval, WINDOW, no, "approval", body)
    (told,) = [one for one in await approval.told(Issued.TYPE) if one.subject == no]
    await supervision.receive(Issued.model_validate(told.data), key=no, aggregate="case")
    rows = await supervision.execute(text(f"SELECT id FROM push WHERE no = '{no}'"))
    found: UUID = rows[0]["id"]
    return found


async def _regulator(stand: Stand) -> Desk:
    service = await stand.part("supervision", f"-{stand.effort.cases[0]}")
    rows = await service.execute(text("SELECT regulator FROM push LIMIT 1"))
    org = str(rows[0]["regulator"])
    return Desk(stand.token(f"{org}-jian", org=org, roles=["regulator"]))


async def _fill(connection: Any, table: str, values: dict[str, str], many: int, which: str) -> None:
    """Many rows like the one, indexes made anew afterwards."""
    name = table.strip('"')
    columns = [
        row["attname"]
        for row in await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''",
            table,
        )
    ]
    indexes = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1"
        " AND indexdef NOT LIKE '%UNIQUE%'",
        name,
    )
    for index in indexes:
        await connection.execute(f'DROP INDEX "{index["indexname"]}"')
    taken = ", ".join(values.get(one, f't."{one}"') for one in columns)
    listed = ", ".join(f'"{one}"' for one in columns)
    await connection.execute(
        f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} AS t"
        f" CROSS JOIN generate_series(1, {many}) AS n WHERE {which}",
        timeout=900,
    )
    for index in indexes:
        await connection.execute(index["indexdef"], timeout=900)


async def _claimable(connection: Any, push: UUID, many: int) -> list[UUID]:
    """Fresh pushes of cases of their own."""
    nos = cases.numbers(many)
    for table, fresh in (
        ("decision", {"no": "n.no"}),
        ("push", {"no": "n.no", "id": "gen_random_uuid()"}),
    ):
        columns = [
            row["attname"]
            for row in await connection.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass"
                " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                table,
            )
        ]
        taken = ", ".join(fresh.get(one, f't."{one}"') for one in columns)
        listed = ", ".join(f'"{one}"' for one in columns)
        await connection.execute(
            f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} AS t"
            " CROSS JOIN unnest($1::text[]) AS n (no)"
            " WHERE t.no = (SELECT no FROM push WHERE id = $2)",
            nos,
            push,
        )
    rows = await connection.fetch("SELECT id FROM push WHERE no = ANY($1::text[])", nos)
    return [row["id"] for row in rows]
