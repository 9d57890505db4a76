"""The worker's loops together, over the PostgreSQL log: from approval's topic to our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import select

from contracts import approval
from eventlog import postgres
from eventlog.envelope import Envelope
from eventlog.transport import Message
from servicekit import events
from services.supervision.entrypoints import worker
from shenguan import migrating
from tests.supervision.builders import a_number, an_issued
from tests.supervision.conftest import issue_day_clock
from tests.supervision.office import REGULATOR
from tests.support.eventually import eventually
from tests.support.postgres import PostgresServer
from tests.support.service import Service, open_service


@pytest.fixture
async def service(postgres_server: PostgresServer) -> AsyncIterator[Service]:
    log = await postgres_server.fresh_database("log")
    options = {
        "transport": "postgres",
        "log_postgres_url": log.app,
        "log_owner_postgres_url": log.owner,
    }
    async with open_service(
        "supervision", postgres_server, clock=issue_day_clock(), **options
    ) as one:
        await migrating.migrate(one.settings, ["log"])
        await migrating.ensure_topics(one.settings)
        await one.learn_catalogue()
        yield one
    await postgres_server.drop(log)


async def test_an_issued_decision_leaves_as_a_push_by_itself(service: Service):
    roles = worker.roles(service.settings, clock=service.clock)
    assert set(roles) == {"relay", "consumer", "clock", "timers"}
    running = [asyncio.ensure_future(role()) for role in roles.values()]
    try:
        no = a_number(1)
        await publish(service, an_issued(no, REGULATOR))
        (sent,) = await eventually(lambda: sent_of(service, no), bool)
        assert sent == "supervision.pushed.v1"
    finally:
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError):
                await task


async def publish(service: Service, event: approval.Issued) -> None:
    envelope = events.envelope(
        service.kit, event, subject=event.no, aggregate="case", sequence=3, at=service.clock.now()
    )
    producer = postgres.PostgresProducer(service.settings.database_url("log"))
    await producer.start()
    published = await producer.publish([Message(event.TOPIC, event.no, envelope.to_bytes())])
    assert published.error is None
    await producer.stop()


async def sent_of(service: Service, no: str) -> list[str]:
    """Types of what the relay has sent of a case."""
    event = service.kit.log.event
    rows = await service.execute(select(event.c.body).where(event.c.key == no))
    return [Envelope.from_bytes(row["body"]).type for row in rows]
