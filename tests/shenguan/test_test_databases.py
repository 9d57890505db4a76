"""The databases tests are given: really PostgreSQL, really apart, with production's roles."""

import asyncpg

from tests.support.postgres import PostgresServer


async def test_two_fresh_databases_of_one_service_share_roles_and_nothing_else(
    postgres_server: PostgresServer,
):
    first = await postgres_server.fresh_database("intake")
    second = await postgres_server.fresh_database("intake")
    owner = await asyncpg.connect(first.owner.replace("+asyncpg", ""))
    await owner.execute("CREATE TABLE only_here (id int)")
    await owner.close()
    app = await asyncpg.connect(second.app.replace("+asyncpg", ""))
    assert await app.fetchval("SELECT current_user") == "shenguan_intake"
    assert await app.fetchval("SELECT to_regclass('only_here')") is None
    await app.close()
    await postgres_server.drop(first)
    await postgres_server.drop(second)
