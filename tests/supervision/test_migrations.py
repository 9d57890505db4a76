"""The schema goes up and down, and is what the code believes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit import migrations
from tests.supervision.office import Office
from tests.support.postgres import PostgresServer


async def test_up_down_and_up_again_without_drift(postgres_server: PostgresServer):
    urls = await postgres_server.fresh_database("supervision")
    await migrations.upgrade("supervision", urls.owner, app_url=urls.app)
    await migrations.check("supervision", urls.owner)
    await migrations.downgrade("supervision", urls.owner)
    engine = create_async_engine(urls.owner)
    async with engine.connect() as connection:
        left = await connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        assert set(left) <= {"alembic_version"}
    await engine.dispose()
    await migrations.upgrade("supervision", urls.owner, app_url=urls.app)
    assert await migrations.current("supervision", urls.owner) == migrations.head("supervision")
    await postgres_server.drop(urls)


async def test_the_runtime_role_changes_no_audit(office: Office):
    await office.claimed(await (await office.pushed()).push())
    kept = await office.service.execute(text("SELECT action FROM audit WHERE org = 'zg-gongxin'"))
    assert "push.claim" in {row["action"] for row in kept}
    with pytest.raises(DBAPIError, match="permission denied"):
        await office.service.execute(text("DELETE FROM audit"))
