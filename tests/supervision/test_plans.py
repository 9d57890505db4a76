"""A desk costs what it shows, not what the table holds."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit import access
from servicekit.tokens import Caller
from services.supervision.adapters import queries, tables
from services.supervision.adapters.queries import Wanted
from tests.supervision.office import OTHER, REGULATOR, Office

HELD = 20_000
LOOKED_AT = 300
MANY = f"""
    INSERT INTO push (id, no, decision_version, cause, pushed_to, regulator, status, version, item,
        item_name, park, decider, decision_no, company, uscc, project, issued_at, pushed_at,
        claimants, involved, overseers, viewers, source_system, rehearsal, tenant)
    SELECT gen_random_uuid(), 'n' || n, 1, 'issued', org, org, 'pushed', 1, 'zg-02', 'x', 'p', 'p',
        'd', 'c', 'u', 'p', now(), now() - make_interval(secs => n), '{{}}', '{{}}', '{{}}',
        ARRAY[org], 'ywtb', false, 't'
    FROM generate_series(1, {HELD}) n,
        LATERAL (SELECT CASE WHEN n % 1000 = 0 THEN '{OTHER}' ELSE '{REGULATOR}' END org) o
"""


async def test_no_desk_reads_the_whole_table(own_office: Office):
    settings = own_office.service.settings
    engine = create_async_engine(settings.database_url("supervision", owner=True))
    async with engine.begin() as connection:
        await connection.execute(text(MANY))
        await connection.execute(text("ANALYZE push"))
    async with engine.connect() as connection:
        for org in (REGULATOR, OTHER, "zg-none"):
            plan = await connection.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked(org)}"))
            looked_at = sum(rows(node) for node in nodes(plan[0]["Plan"]))
            assert looked_at < LOOKED_AT, json.dumps(plan, indent=1)
    await engine.dispose()


def asked(org: str) -> str:
    caller = Caller(sub="someone", name="某", kind="officer", org=org)
    query = queries.desk(
        access.readable(tables.push, caller),
        Wanted(),
        today=date(2026, 10, 1),
        limit=50,
    )
    compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled).replace(":", r"\:")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", []):
        yield from nodes(one)


def rows(node: dict[str, Any]) -> float:
    """Rows a node without children touched."""
    if "Plans" in node:
        return 0
    return (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
