"""A catalogue with Zhanggong loaded, once for all tests that only read it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from servicekit.replica import Replica
from services.catalog.usecases.profiles import load_profile
from tests.support.catalogue import FOLDER
from tests.support.postgres import PostgresServer
from tests.support.service import Service, open_service

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


async def loaded(service: Service) -> Service:
    async with service.kit.engine.begin() as connection:
        await load_profile(service.kit, connection, FOLDER, at=NOON)
    directory = service.kit.directory
    assert isinstance(directory, Replica)
    await directory.refresh()
    return service


@pytest.fixture(scope="session")
async def catalog(postgres_server: PostgresServer) -> AsyncIterator[Service]:
    """For reading only."""
    async with open_service("catalog", postgres_server) as service:
        yield await loaded(service)


@pytest.fixture
async def own_catalog(postgres_server: PostgresServer) -> AsyncIterator[Service]:
    """For one test alone."""
    async with open_service("catalog", postgres_server) as service:
        yield await loaded(service)
