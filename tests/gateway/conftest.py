"""An edge over stub upstreams, on a database of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from gateway.edge import Edge
from gateway.issuer.keys import SigningKeys
from gateway.issuer.people import officers
from gateway.issuer.signin import sign_in
from gateway.issuer.signing import Signer
from gateway.web import create_app
from servicekit.sealed import make_keys_file
from servicekit.settings import SERVICES, Settings
from shenguan.databases import DatabaseUrls
from tests.gateway.upstream import Upstream
from tests.support.postgres import PostgresServer

BASE = "http://127.0.0.1:8000"


@dataclass
class Opened:
    """An edge that is started, the stubs behind it, and a client of it."""

    edge: Edge
    settings: Settings
    client: httpx.AsyncClient
    upstreams: dict[str, Upstream] = field(default_factory=dict)

    async def officer(self, sub: str) -> dict[str, str]:
        """Authorization headers of an officer who signed in by the code flow."""
        token = await sign_in(
            self.client,
            sub,
            client_id="rehearsal",
            redirect_uri=f"{self.settings.public_url}/oauth/rehearsal",
        )
        return bearer(token)

    async def system(self, sub: str = "ywtb", scope: str = "filings:write filings:read") -> Any:
        """Authorization headers of a system client, signed without a request."""
        return bearer(await self.signer.system(sub=sub, name=sub, scope=scope.split()))

    @property
    def signer(self) -> Signer:
        return Signer(self.settings, self.keys)

    @property
    def keys(self) -> SigningKeys:
        return SigningKeys(self.edge.kit.engine, self.edge.kit.vault)

    @property
    def people(self) -> Any:
        return officers(self.settings)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


Opens = Callable[..., Any]


@pytest.fixture(scope="session")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    make_keys_file(path)
    return path


@pytest.fixture(scope="session")
async def shared_database(postgres_server: PostgresServer) -> DatabaseUrls:
    """One for all tests: keys, clients and codes of one do not disturb another."""
    return await postgres_server.migrated("gateway")


@pytest.fixture
async def settings_of(
    migrated: Callable[[str], Awaitable[DatabaseUrls]],
    shared_database: DatabaseUrls,
    keys_file: Path,
    tmp_path: Path,
) -> Callable[..., Awaitable[Settings]]:
    async def make(*, own_database: bool = False, **changed: Any) -> Settings:
        urls = await migrated("gateway") if own_database else shared_database
        given: dict[str, Any] = {
            "gateway_postgres_url": urls.app,
            "keys_file": str(keys_file),
            "run_dir": str(tmp_path / "run"),
            "public_url": BASE,
            "pool_size": 2,
        }
        return Settings(**(given | changed))

    return make


@pytest.fixture
async def opens(settings_of: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Opens]:
    """`await opens(**settings)`: a started edge with stubs for all five parts in the process."""
    async with AsyncExitStack() as stack:

        async def make(*, settings: Settings | None = None, **changed: Any) -> Opened:
            chosen = settings or await settings_of(**changed)
            upstreams = {name: Upstream(name) for name in (*SERVICES, "console")}
            return await stack.enter_async_context(started(chosen, upstreams, upstreams))

        yield make


@asynccontextmanager
async def started(
    settings: Settings, apps: Mapping[str, ASGIApp], upstreams: dict[str, Upstream]
) -> AsyncIterator[Opened]:
    edge = create_app(settings, services=apps)
    transport = httpx.ASGITransport(edge, client=("203.0.113.9", 40000))
    async with (
        edge.own.router.lifespan_context(edge.own),
        httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client,
    ):
        yield Opened(edge, settings, client, upstreams)


@pytest.fixture
async def opened(opens: Opens) -> Opened:
    made: Opened = await opens()
    return made
