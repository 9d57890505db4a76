"""The migrations go up, down and up again, and say what the tables say."""

from servicekit import migrations
from tests.support.postgres import PostgresServer


async def test_up_down_up_without_drift(postgres_server: PostgresServer):
    urls = await postgres_server.fresh_database("intake")
    for _ in range(2):
        await migrations.upgrade("intake", urls.owner, app_url=urls.app)
        await migrations.check("intake", urls.owner)
        assert await migrations.current("intake", urls.owner) == migrations.head("intake")
        await migrations.downgrade("intake", urls.owner)
    async with postgres_server.superuser(urls.owner.rsplit("/", 1)[1]) as connection:
        left = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert [row["tablename"] for row in left] == ["alembic_version"]
    await postgres_server.drop(urls)
