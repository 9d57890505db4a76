"""Parts and transports of the wire tests."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from eventlog import ddl, kafka, postgres
from eventlog.consumer import Consumer
from eventlog.envelope import Envelope
from eventlog.relay import Relay
from eventlog.transport import Message
from shenguan.databases import DatabaseUrls
from tests.support.kafka import KafkaBroker
from tests.support.postgres import PostgresServer
from tests.wire.part import EFFECT, Part
from tests.wire.wires import KafkaWire, PostgresWire, Wire


@pytest.fixture
async def database(postgres_server: PostgresServer) -> AsyncIterator[DatabaseUrls]:
    """An empty database with an owner and a runtime role."""
    urls = await postgres_server.fresh_database("wire")
    yield urls
    await postgres_server.drop(urls)


@pytest.fixture
async def part(database: DatabaseUrls) -> AsyncIterator[Part]:
    """A service's database with the event log's tables, at rest."""
    owner = create_async_engine(database.owner)
    engine = create_async_engine(
        database.app, connect_args={"server_settings": {"lock_timeout": "2000"}}
    )
    role = make_url(database.app).username or ""
    async with owner.begin() as connection:
        for statement in (
            *ddl.upgrade_statements(),
            *ddl.grant_statements(role),
            EFFECT,
            f"GRANT SELECT, INSERT ON effect TO {role}",
        ):
            await connection.execute(text(statement))
    yield Part(engine, owner, database.app)
    await engine.dispose()
    await owner.dispose()


@pytest.fixture(scope="session")
def kafka_wire(kafka_broker: KafkaBroker) -> KafkaWire:
    return KafkaWire(
        kafka.KafkaConfig(
            bootstrap_servers=kafka_broker.bootstrap_servers, request_timeout_ms=5_000
        )
    )


@pytest.fixture(scope="session")
async def postgres_wire(postgres_server: PostgresServer) -> AsyncIterator[PostgresWire]:
    urls = await postgres_server.fresh_database("wirelog")
    owner = create_async_engine(urls.owner)
    async with owner.begin() as connection:
        role = make_url(urls.app).username or ""
        for statement in (*postgres.upgrade_statements(), *postgres.grant_statements(role)):
            await connection.execute(text(statement))
    await owner.dispose()
    yield PostgresWire(urls.app, urls.owner.replace("+asyncpg", ""))
    await postgres_server.drop(urls)


@pytest.fixture(params=["kafka", "postgres"])
def wire(request: pytest.FixtureRequest) -> Wire:
    """Each of the two transports in turn."""
    return request.getfixturevalue(f"{request.param}_wire")


MakeRelay = Callable[..., Relay]
MakeConsumer = Callable[..., Consumer]


@pytest.fixture
async def relay(part: Part, wire: Wire) -> AsyncIterator[MakeRelay]:
    """`relay()`: a relay of the part, closed after the test."""
    made: list[Relay] = []

    def make(producer=None, **options) -> Relay:
        options = {"name": "wire"} | options
        made.append(Relay(part.url, part.tables, producer or wire.producer(), **options))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
async def consumer(part: Part, request: pytest.FixtureRequest) -> AsyncIterator[MakeConsumer]:
    """`consumer(topic, …)`: a consumer of the part, closed after the test."""
    made: list[Consumer] = []
    wire: Wire | None = request.getfixturevalue("wire") if "wire" in request.fixturenames else None

    def make(*topics: str, reader=None, group: str = "", **options) -> Consumer:
        options = {"pause": 0.01} | options
        handlers = options.pop("handlers", part.handlers)
        made.append(
            Consumer(
                part.engine,
                part.tables,
                reader or wire.reader(),  # type: ignore[union-attr]
                topics,
                handlers,
                group or f"wire-{'-'.join(topics)}",
                **options,
            )
        )
        return made[-1]

    yield make
    for one in made:
        await one.close()


Publish = Callable[..., Awaitable[None]]


@pytest.fixture
def publish(wire: Wire) -> Publish:
    """`publish(topic, event, …)`: straight onto the log, past any outbox."""
    return _straight_onto(wire)


@pytest.fixture
def publish_to_log(postgres_wire: PostgresWire) -> Publish:
    """The same for tests of the PostgreSQL log alone."""
    return _straight_onto(postgres_wire)


def _straight_onto(wire: Wire) -> Publish:
    async def publish(topic: str, *events: Envelope) -> None:
        producer = wire.producer()
        done = await producer.publish(
            [Message(topic, one.subject, one.to_bytes()) for one in events]
        )
        assert done.confirmed == len(events), done.error
        await producer.stop()

    return publish
