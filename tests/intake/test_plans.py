"""A list costs what it shows, not what the table holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit.tokens import Caller
from services.intake.adapters import queries
from services.intake.adapters.queries import Filter
from tests.support.postgres import PostgresServer

HELD = 20_000
LOOKED_AT = 1_000
MANY = f"""
    INSERT INTO filing (no, status, version, item, item_name, park, applicant, applicant_name,
        name_grams, uscc, project, personal, personal_index, competence, channel, source_system,
        source_case_no, content_sha256, received_at, complete_on, viewers)
    SELECT 'n' || n, CASE WHEN n % 500 = 0 THEN 'received' ELSE 'accepted' END, 1,
        'zg-' || n % 29, 'x', 'zg-park', '{{}}', name,
        regexp_split_to_array(name, '')
            || ARRAY(SELECT substr(name, i, 2) FROM generate_series(1, 7) i),
        'u' || n % 10000, '{{}}', '', '{{}}', '{{}}', 'platform', source, 'c' || n, '',
        now() - make_interval(secs => n), DATE '2026-01-01', ARRAY['zg-park', 'zg-' || n % 1000]
    FROM generate_series(1, {HELD}) n,
        LATERAL (SELECT '公司' || lpad(n::text, 6, '0') AS name,
            CASE WHEN n % 400 = 0 THEN 'small' ELSE 'ywtb' END AS source) o
"""
PARK = Caller(sub="zg-park-chen", name="陈", kind="officer", org="zg-park")
SELDOM = Caller(sub="x", name="某", kind="officer", org="zg-7")
PLATFORM = Caller(sub="ywtb", name="一网通办", kind="system")
SMALL = Caller(sub="small", name="小平台", kind="system")
NOBODY = Caller(sub="y", name="某", kind="officer", org="zg-none")


@pytest.fixture(scope="module")
async def held(postgres_server: PostgresServer):
    urls = await postgres_server.migrated("intake")
    engine = create_async_engine(urls.owner)
    async with engine.begin() as connection:
        await connection.execute(text(MANY))
        await connection.execute(text("ANALYZE filing"))
    yield engine
    await engine.dispose()
    await postgres_server.drop(urls)


@pytest.mark.parametrize("caller", [PARK, SELDOM, PLATFORM, SMALL, NOBODY], ids=lambda one: one.sub)
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(item="zg-4"),
        Filter(uscc="u42"),
        Filter(no="n42"),
        Filter(company="公司014742"),
        Filter(company="没有这家"),
        Filter(company="公司"),
        Filter(source_case_no="c42"),
        Filter(status="received"),
    ],
    ids=str,
)
async def test_no_list_reads_the_whole_table(held, caller: Caller, wanted: Filter):
    after = (datetime.now(UTC), "z")
    query = queries.asked(caller, caller.org or caller.sub, wanted, after=after, limit=20)
    async with held.connect() as connection:
        plan = await connection.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {literal(query)}"))
    looked_at = sum(rows(node) for node in nodes(plan[0]["Plan"]))
    assert looked_at < LOOKED_AT, json.dumps(plan, indent=1)


def literal(query: Select[Any]) -> str:
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
