"""Straight to the driver, and yet in SQLAlchemy's transaction, types and errors."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from servicekit.prepared import Prepared
from tests.servicekit.conftest import EVENT_TABLES, KIT_TABLES

KEY = KIT_TABLES.request_key
AUDIT = KIT_TABLES.audit
ADD = Prepared(
    insert(KEY).values(
        caller=bindparam("whose"), key=bindparam("which"), request_sha256=bindparam("digest")
    )
)
FIND = select(KEY).where(KEY.c.caller == bindparam("whose"))
NOTE = insert(AUDIT).values(
    actor="a",
    action="b",
    object=bindparam("what"),
    outcome="done",
    detail=bindparam("more", type_=AUDIT.c.detail.type),
)


def a_key(which: str = "k") -> dict[str, Any]:
    return {"whose": "ana", "which": which, "digest": b"\x00\xff"}


async def test_rows_come_back_as_sqlalchemy_would_give_them(part):
    detail = {"名": ["一", 2, None, {"深": True}], "引": '"\\'}
    wanted = select(AUDIT.c.object, AUDIT.c.detail, AUDIT.c.at, AUDIT.c.org)
    async with part.kit.engine.begin() as connection:
        await connection.execute(text("SELECT 1"))
        await Prepared(NOTE).rows(connection, {"what": "甲", "more": detail})
        ours = await Prepared(wanted).rows(connection, {})
        theirs = [{**row} for row in (await connection.execute(wanted)).mappings()]
    assert ours == theirs
    assert ours[0]["detail"] == detail
    assert ours[0]["at"].tzinfo is not None


async def test_the_first_statement_of_a_transaction_begins_it(part):
    async def half_done():
        async with part.kit.engine.begin() as connection:
            await ADD.rows(connection, a_key())
            await ADD.rows(connection, a_key("another"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()
    assert await part.rows("SELECT 1 FROM request_key") == []


async def test_what_it_writes_is_there_after_the_commit(part):
    async with part.kit.engine.begin() as connection:
        await ADD.rows(connection, a_key())
        await ADD.rows(connection, a_key("another"))
    async with part.kit.engine.connect() as connection:
        found = await Prepared(FIND).rows(connection, {"whose": "ana"})
    assert {one["key"] for one in found} == {"k", "another"}


async def test_its_errors_are_those_of_sqlalchemy_and_roll_back(part):
    async def twice():
        async with part.kit.engine.begin() as connection:
            await ADD.rows(connection, a_key())
            await ADD.rows(connection, a_key())

    with pytest.raises(DBAPIError) as told:
        await twice()
    assert told.value.orig is not None
    assert getattr(told.value.orig, "sqlstate", None) == "23505"
    assert not told.value.connection_invalidated
    assert await part.rows("SELECT 1 FROM request_key") == []


async def test_a_session_that_was_ended_is_not_used_again(part, postgres_server):
    async def cut_off():
        async with part.kit.engine.begin() as connection:
            pid = await connection.scalar(select(func.pg_backend_pid()))
            async with postgres_server.superuser() as superuser:
                await superuser.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            await ADD.rows(connection, a_key())

    with pytest.raises(DBAPIError) as told:
        await cut_off()
    assert told.value.connection_invalidated
    async with part.kit.engine.begin() as connection:
        await ADD.rows(connection, a_key())
    assert len(await part.rows("SELECT 1 FROM request_key")) == 1


async def test_uuids_and_times_go_in_and_out(part):
    table = EVENT_TABLES.inbox
    made, at = uuid4(), datetime(2026, 11, 22, tzinfo=UTC)
    add = Prepared(insert(table).values(event_id=bindparam("id"), received_at=bindparam("at")))
    async with part.kit.engine.begin() as connection:
        await connection.execute(text("SELECT 1"))
        await add.rows(connection, {"id": made, "at": at})
        found = await Prepared(select(table)).rows(connection, {})
    assert found == [{"event_id": made, "received_at": at}]
