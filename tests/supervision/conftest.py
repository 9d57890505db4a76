"""One running supervision for all tests of the folder; each test has cases of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from servicekit.clock import Clock, real_now
from tests.supervision.builders import ISSUED_AT
from tests.supervision.office import Office, more_officers
from tests.support.postgres import PostgresServer
from tests.support.service import open_service


def issue_day_clock() -> Clock:
    """Five minutes after the decisions of the builders were issued."""
    return Clock(ISSUED_AT + timedelta(minutes=5) - real_now())


@pytest.fixture(scope="session")
async def office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    async with open_service("supervision", postgres_server, clock=issue_day_clock()) as service:
        await service.learn_catalogue()
        await service.learn_catalogue(more_officers())
        yield Office(service)


@pytest.fixture
async def own_office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    """For a test that moves the clock or counts everything."""
    async with open_service("supervision", postgres_server, clock=issue_day_clock()) as service:
        await service.learn_catalogue()
        yield Office(service)
