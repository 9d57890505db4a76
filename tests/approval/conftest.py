"""One running approval for all tests of the folder; each test has cases of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event

from contracts import catalog
from tests.approval.builders import APPROVER, MONDAY, PARK
from tests.approval.office import Office, open_office
from tests.support.catalogue import organisation, published
from tests.support.postgres import PostgresServer

BOTH = "zg-park-both"


@pytest.fixture(scope="session")
async def office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    async with open_office(postgres_server, MONDAY) as made:
        yield made


@pytest.fixture
async def own_office(postgres_server: PostgresServer) -> AsyncIterator[Office]:
    """For a test that moves the clock or counts everything."""
    async with open_office(postgres_server, MONDAY) as made:
        yield made


@pytest.fixture(scope="session")
async def both_hats(office: Office) -> Callable[..., Awaitable[httpx.Response]]:
    """Verbs of one officer of the park who is reviewer and approver at once."""
    found = organisation(PARK)
    assert isinstance(found, catalog.Organisation)
    person = catalog.Person(id=BOTH, name="双岗", post="科长", roles=("reviewer", "approver"))
    grown = found.model_copy(update={"people": (*found.people, person)})
    await office.service.learn_catalogue(published([grown], publication=str(uuid4())))
    token = office.service.issuer.officer(BOTH, org=PARK, roles=list(person.roles))

    async def act(no: str, verb: str, body: dict[str, Any]) -> httpx.Response:
        return await office.client(APPROVER).post(
            f"/api/v1/cases/{no}/{verb}",
            json=body,
            headers={"Idempotency-Key": str(uuid4()), "Authorization": f"Bearer {token}"},
        )

    return act


@pytest.fixture
def count_statements() -> Callable[[Office], AbstractContextManager[list[str]]]:
    """The SQL a service sends inside the block, by SQLAlchemy and straight to the driver."""

    @contextmanager
    def counting(office: Office) -> Iterator[list[str]]:
        seen: list[str] = []
        engine = office.service.kit.engine.sync_engine

        def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        def sent(record: Any) -> None:
            if record.query not in {"BEGIN;", "COMMIT;"}:
                seen.append(record.query)

        def taken(connection: Any, *_: Any) -> None:
            connection.driver_connection.add_query_logger(sent)

        def given_back(connection: Any, *_: Any) -> None:
            connection.driver_connection.remove_query_logger(sent)

        watched: list[tuple[Any, str, Callable[..., Any]]] = [
            (engine, "before_cursor_execute", executed),
            (engine.pool, "checkout", taken),
            (engine.pool, "checkin", given_back),
        ]
        for one in watched:
            event.listen(*one)
        yield seen
        for one in watched:
            event.remove(*one)

    return counting
