"""Intake over a database of its own, with Zhanggong's catalogue and a clock that can be moved."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from servicekit.clock import Clock, real_now
from tests.support.postgres import PostgresServer
from tests.support.service import Service, open_service

MONDAY = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
"""10:00 in China on a Monday no earlier than the machine's own date."""


def monday() -> Clock:
    """A business clock that stands on a Monday morning."""
    ahead = MONDAY
    while ahead < real_now():
        ahead += timedelta(weeks=52)
    return Clock(ahead - real_now())


@pytest.fixture(scope="module")
async def shared(postgres_server: PostgresServer) -> AsyncIterator[Service]:
    """One service for a module whose tests do not move the clock."""
    async with open_service("intake", postgres_server, clock=monday()) as service:
        await service.learn_catalogue()
        yield service


@pytest.fixture
async def intake(postgres_server: PostgresServer) -> AsyncIterator[Service]:
    """A service for one test alone."""
    async with open_service("intake", postgres_server, clock=monday()) as service:
        await service.learn_catalogue()
        yield service
