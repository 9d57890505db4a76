"""The console over a stub of the API, on a database of its own, called over HTTP alone."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from console.board import handlers as board
from console.web import create_app
from contracts import catalog as contract
from contracts.shape import EventData
from eventlog.envelope import Envelope
from servicekit import events, replica
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from tests.console.stub import Stub
from tests.support.catalogue import zhanggong
from tests.support.postgres import PostgresServer
from tests.support.tokens import TestIssuer

BASE_URL = "http://127.0.0.1:8000"


@dataclass
class Opened:
    """A console under test."""

    app: FastAPI
    kit: Kit
    clock: Clock
    api: Stub
    issuer: TestIssuer
    _clients: list[httpx.AsyncClient] = field(default_factory=list)
    _position: int = 0

    def browser(self) -> httpx.AsyncClient:
        """Somebody with a cookie jar, who follows no redirect by themselves."""
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=self.kit.settings.public_url,
        )
        self._clients.append(made)
        return made

    async def officer(
        self, sub: str, *, to: str | None = None, expires_in: int = 1800
    ) -> httpx.AsyncClient:
        """A browser whose officer has signed in by the code flow."""
        browser = self.browser()
        await self.sign_in(browser, sub, to=to, expires_in=expires_in)
        return browser

    async def sign_in(
        self,
        browser: httpx.AsyncClient,
        sub: str,
        *,
        to: str | None = None,
        expires_in: int = 1800,
    ) -> httpx.Response:
        """The answer of the redirect's address."""
        org, person = officer_of(sub)
        exp = int(time.time()) + expires_in
        token = self.issuer.officer(
            sub, org=org, roles=list(person.roles), name=person.name, exp=exp
        )
        begun = await browser.get("/sign-in", params={"to": to} if to else None)
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        code = self.api.grant(token, challenge=asked["code_challenge"][0])
        return await browser.get("/signed-in", params={"code": code, "state": asked["state"][0]})

    async def hear(
        self, event: EventData, *, key: str, sequence: int = 1, rehearsal: bool = False
    ) -> None:
        """One event, as the consumer would apply it."""
        made = events.envelope(
            self.kit,
            event,
            subject=key,
            aggregate="case",
            sequence=sequence,
            at=self.clock.now(),
            rehearsal=rehearsal,
        )
        if isinstance(event, contract.CatalogEvent):
            self._position += 1
            made = made.at(self._position)
        told = {**replica.handlers(self.kit.own), **board.handlers()}
        async with self.kit.engine.begin() as connection:
            await told[made.type](connection, Envelope.from_bytes(made.to_bytes()))

    async def learn_catalogue(self) -> None:
        for event in zhanggong():
            await self.hear(event, key=contract.key_of(event), sequence=event.version)
        async with self.kit.engine.begin() as connection:
            await replica.complete(connection, self.kit.own)
        directory = self.kit.directory
        assert isinstance(directory, replica.Replica)
        await directory.refresh()

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def open_console(
    server: PostgresServer, folder: Path, **settings: Any
) -> AsyncIterator[Opened]:
    """A console with the catalogue of Zhanggong, dropped afterwards."""
    urls = await server.migrated("console")
    keys = folder / "keys.json"
    make_keys_file(keys)
    made = Settings.model_validate(
        {
            "public_url": BASE_URL,
            "keys_file": str(keys),
            "console_postgres_url": urls.app,
            **settings,
        }
    )
    issuer, api, clock = TestIssuer(made.issuer), Stub(), Clock()
    http = httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://gateway")
    app = create_app(made, clock=clock, keys=issuer.keys, http=http)
    async with app.router.lifespan_context(app):
        opened = Opened(app, app.state.kit, clock, api, issuer)
        await opened.learn_catalogue()
        yield opened
        await opened.close()
    await server.drop(urls)


@pytest.fixture(scope="session")
async def shared(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Opened]:
    async with open_console(postgres_server, tmp_path_factory.mktemp("console")) as opened:
        yield opened


@pytest.fixture
def console(shared: Opened) -> Opened:
    """One console for all; the stub begins anew for each test."""
    shared.api.begin()
    return shared


def officer_of(sub: str) -> tuple[str, contract.Person]:
    for one in zhanggong():
        if isinstance(one, contract.Organisation):
            for person in one.people:
                if person.id == sub:
                    return one.id, person
    raise LookupError(sub)


def hidden(html: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found is not None, f"no hidden field {name}"
    return found[1]
