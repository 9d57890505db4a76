"""Systems that journeys share. Each is started once a session and transport."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shenguan.localkafka import LocalKafka
from tests.journeys.people import People
from tests.support import kafka, system, used
from tests.support.leash import Leash
from tests.support.postgres import PostgresServer
from tests.support.system import ROOT, System, Transport

TRANSPORTS = ["postgres", "kafka"]


@pytest.fixture(scope="session")
def leash() -> Iterator[Leash]:
    with system.leash() as made:
        yield made


@pytest.fixture(scope="session", params=TRANSPORTS)
async def zhanggong(
    request: pytest.FixtureRequest,
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
    leash: Leash,
) -> AsyncIterator[System]:
    """`shenguan run` with Zhanggong, on each transport."""
    run_dir = tmp_path_factory.mktemp(f"one-process-{request.param}")
    with _broker(request.config, request.param) as broker:
        async with system.one_process(
            postgres_server, run_dir, leash, transport=request.param, broker=broker
        ) as made:
            yield made


@pytest.fixture(scope="session")
async def modes(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, leash: Leash
) -> AsyncIterator[System]:
    """`shenguan run` with the place that has every mode once."""
    profile = str(ROOT / "tests" / "places" / "modes")
    run_dir = tmp_path_factory.mktemp("modes")
    async with system.one_process(postgres_server, run_dir, leash, profile=profile) as made:
        yield made


@pytest.fixture(scope="module", params=TRANSPORTS)
async def parts(
    request: pytest.FixtureRequest,
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
    leash: Leash,
) -> AsyncIterator[System]:
    """Every part's web and worker as processes of their own, on each transport."""
    run_dir = tmp_path_factory.mktemp(f"processes-{request.param}")
    with _broker(request.config, request.param) as broker:
        async with system.processes(
            postgres_server, run_dir, leash, transport=request.param, broker=broker
        ) as made:
            yield made


@pytest.fixture
async def people(request: pytest.FixtureRequest) -> AsyncIterator[People]:
    """The callers of the system the test asks for."""
    (name,) = {"zhanggong", "modes", "parts"} & set(request.fixturenames)
    made = People.of(request.getfixturevalue(name))
    yield made
    await made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed journey shows the end of every process's log."""
    report = yield
    if report.failed:
        funcargs: dict[str, Any] = getattr(item, "funcargs", {})
        for made in funcargs.values():
            if isinstance(made, System):
                report.sections.extend(made.tails())
    return report


@contextmanager
def _broker(config: pytest.Config, transport: Transport) -> Iterator[LocalKafka | None]:
    """One of the system's own: our topics have fixed names, and it may be killed."""
    if transport == "postgres":
        yield None
        return
    with kafka.own_broker() as broker:
        used.note(config, "Kafka of journeys", broker.origin)
        assert broker.local is not None
        yield broker.local
