"""One running approval for all tests of the folder; each test has cases of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.approval.builders import MONDAY
from tests.approval.office import Office, open_office
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
async def office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    async with open_office(postgres_server, MONDAY) as made:
        yield made


@pytest.fixture
async def own_office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    """For a test that moves the clock or counts everything."""
    async with open_office(postgres_server, MONDAY) as made:
        yield made
