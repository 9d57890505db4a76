"""Tables, the SQL that makes them, and what the runtime role may do."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, text
from sqlalchemy.exc import ProgrammingError

from eventlog import ddl
from eventlog.tables import define
from tests.wire.part import Part


async def test_the_sql_makes_the_tables_the_code_uses(part: Part):
    metadata = MetaData()
    define(metadata)

    def differences(sync):
        def ours(_, name, kind, reflected, __):
            return not (kind == "table" and reflected and ddl.is_partition(name))

        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(sync, opts=options)
        return compare_metadata(context, metadata)

    await part.do("DROP TABLE effect")
    async with part.owner.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_way_back_leaves_nothing(part: Part):
    for statement in ddl.downgrade_statements():
        await part.do(statement)
    left = await part.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert [row.tablename for row in left] == ["effect"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = ''",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE outbox SET topic = 'x'",
        "DELETE FROM position",
        "DROP TABLE event",
    ],
)
async def test_the_runtime_role_cannot_change_what_was_said(part: Part, statement: str):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with part.engine.begin() as connection:
            await connection.execute(text(statement))


async def test_months_are_made_ahead_once(part: Part):
    now = datetime.now(UTC)
    async with part.engine.begin() as connection:
        made = await connection.scalar(text("SELECT make_event_partitions(5)"))
        again = await connection.scalar(text("SELECT make_event_partitions(5)"))
    assert (made, again) == (2, 0)
    names = await part.rows(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits"
        " WHERE inhparent = 'event'::regclass ORDER BY 1"
    )
    assert len(names) == 6
    assert names[0].name == f"event_{now:%Y_%m}"
