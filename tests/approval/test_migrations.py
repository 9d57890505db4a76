"""The schema goes up and down, and is what the code believes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit import migrations
from services.approval.adapters import tables
from services.approval.entrypoints import worker
from services.approval.usecases import recount
from tests.approval.builders import MONDAY
from tests.approval.office import Office
from tests.support.postgres import PostgresServer


async def test_up_down_and_up_again_without_drift(postgres_server: PostgresServer):
    urls = await postgres_server.fresh_database("approval")
    await migrations.upgrade("approval", urls.owner, app_url=urls.app)
    await migrations.check("approval", urls.owner)
    await migrations.downgrade("approval", urls.owner)
    engine = create_async_engine(urls.owner)
    async with engine.connect() as connection:
        left = await connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        assert set(left) <= {"alembic_version"}
    await engine.dispose()
    await migrations.upgrade("approval", urls.owner, app_url=urls.app)
    assert await migrations.current("approval", urls.owner) == migrations.head("approval")
    await postgres_server.drop(urls)


async def test_the_runtime_role_changes_no_audit(office: Office):
    await office.reviewed()
    kept = await office.service.execute(text("SELECT action FROM audit WHERE org = 'zg-park'"))
    assert "case.review" in {row["action"] for row in kept}
    with pytest.raises(DBAPIError, match="permission denied"):
        await office.service.execute(text("DELETE FROM audit"))


async def test_the_worker_has_its_roles(office: Office):
    settings = office.service.settings.model_copy(
        update={"log_postgres_url": "postgresql://nobody@127.0.0.1/none"}
    )
    assert set(worker.roles(settings)) == {
        "relay",
        "consumer",
        "documents",
        "clock",
        "timers",
    }


async def test_a_provisional_day_is_counted_anew(own_office: Office):
    office = own_office
    no = await office.opened(accepted_at=MONDAY.replace(month=12, day=28))
    case = tables.case
    await office.service.execute(
        case.update().where(case.c.no == no).values(statutory_due=MONDAY.date())
    )
    async with office.service.kit.engine.begin() as connection:
        assert await recount.recount(office.service.kit, connection) == 1
        assert await recount.recount(office.service.kit, connection) == 0
    [row] = await office.service.execute(case.select().where(case.c.no == no))
    assert (row["statutory_due"].isoformat(), row["version"]) == ("2027-01-25", 1)
