"""One service on a database of its own: called over HTTP, told events, asked what it told."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import literal_column, select, union_all
from sqlalchemy.dialects.postgresql import insert

from contracts import catalog as contract
from contracts.shape import EventData
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from servicekit import events, replica
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from tests.support.catalogue import zhanggong
from tests.support.postgres import PostgresServer
from tests.support.tokens import TestIssuer

BASE_URL = "http://127.0.0.1:8000"


@dataclass
class Service:
    """A service under test. `receive` runs its own handlers, each in one transaction."""

    name: str
    app: FastAPI
    kit: Kit
    issuer: TestIssuer
    clock: Clock
    settings: Settings
    handlers: dict[str, Handler]
    _clients: list[httpx.AsyncClient] = field(default_factory=list)
    _position: int = 0

    def client(
        self,
        *,
        officer: str | None = None,
        org: str | None = None,
        roles: Sequence[str] | None = None,
        system: str | None = None,
        scope: str = "filings:write filings:read",
    ) -> httpx.AsyncClient:
        """A caller with a token. An officer of the profile needs only the id; nobody at all
        (neither officer nor system) calls without a token."""
        headers = {}
        if officer is not None:
            home, person = _officer(officer)
            token = self.issuer.officer(
                officer,
                org=org or home,
                roles=list(roles if roles is not None else person.roles),
                name=person.name,
            )
            headers["Authorization"] = f"Bearer {token}"
        elif system is not None:
            headers["Authorization"] = f"Bearer {self.issuer.system(system, scope=scope)}"
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=BASE_URL,
            headers=headers,
        )
        self._clients.append(made)
        return made

    async def learn_catalogue(self, objects: Sequence[contract.CatalogEvent] = ()) -> None:
        """The whole of Zhanggong, or the given objects on top of what is known."""
        for event in objects or zhanggong():
            await self.receive(event, key=contract.key_of(event), sequence=event.version)
        async with self.kit.engine.begin() as connection:
            await replica.complete(connection, self.kit.own)
        if isinstance(self.kit.directory, replica.Replica):
            await self.kit.directory.refresh()

    async def receive(
        self,
        event: EventData,
        *,
        key: str,
        aggregate: str = "filing",
        sequence: int = 1,
        rehearsal: bool = False,
    ) -> Envelope:
        """One event as the consumer would apply it: inbox row and effects in one transaction."""
        made = events.envelope(
            self.kit,
            event,
            subject=key,
            aggregate=aggregate,
            sequence=sequence,
            at=self.clock.now(),
            rehearsal=rehearsal,
        )
        if isinstance(event, contract.CatalogEvent):
            self._position += 1
            made = made.at(self._position)
        await self.redeliver(made)
        return made

    async def redeliver(self, envelope: Envelope) -> bool:
        """Again the same event; False when the inbox already knew it."""
        inbox = self.kit.log.inbox
        async with self.kit.engine.begin() as connection:
            fresh = await connection.execute(
                insert(inbox)
                .values(event_id=envelope.id)
                .on_conflict_do_nothing()
                .returning(inbox.c.event_id)
            )
            if fresh.first() is None:
                return False
            handler = self.handlers.get(envelope.type)
            if handler is not None:
                await handler(connection, Envelope.from_bytes(envelope.to_bytes()))
        return True

    async def told(self, type_: str | None = None) -> list[Envelope]:
        """What the service told so far, sent or waiting, in order."""
        event, outbox = self.kit.log.event, self.kit.log.outbox
        both = union_all(
            select(
                literal_column("0").label("waiting"), event.c.position.label("at"), event.c.body
            ),
            select(literal_column("1").label("waiting"), outbox.c.id.label("at"), outbox.c.body),
        ).subquery()
        async with self.kit.engine.connect() as connection:
            rows = await connection.execute(select(both.c.body).order_by(both.c.waiting, both.c.at))
            read = [Envelope.from_bytes(row.body) for row in rows]
        return [one for one in read if type_ is None or one.type == type_]

    async def execute(self, statement: Any) -> Any:
        """A look or a push past the API, as the runtime role."""
        async with self.kit.engine.begin() as connection:
            result = await connection.execute(statement)
            return result.mappings().all() if result.returns_rows else result.rowcount

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


def _officer(sub: str) -> tuple[str, contract.Person]:
    for one in zhanggong():
        if isinstance(one, contract.Organisation):
            for person in one.people:
                if person.id == sub:
                    return one.id, person
    raise LookupError(sub)


@asynccontextmanager
async def open_service(
    name: str, server: PostgresServer, *, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Service]:
    """The service's app and kit over a freshly migrated database, dropped afterwards."""
    clock = clock or Clock()
    urls = await server.migrated(name)
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        make_keys_file(keys)
        made = Settings.model_validate(
            {
                "public_url": BASE_URL,
                "keys_file": str(keys),
                f"{name}_postgres_url": urls.app,
                f"{name}_owner_postgres_url": urls.owner,
                **settings,
            }
        )
        issuer = TestIssuer(made.issuer)
        web = import_module(f"services.{name}.entrypoints.web")
        app: FastAPI = web.create_app(made, clock=clock, keys=issuer.keys)
        kit: Kit = app.state.kit
        handlers = _handlers(name, kit)
        async with app.router.lifespan_context(app):
            service = Service(name, app, kit, issuer, clock, made, handlers)
            try:
                yield service
            finally:
                await service.close()
    await server.drop(urls)


def _handlers(name: str, kit: Kit) -> dict[str, Handler]:
    try:
        own = import_module(f"services.{name}.entrypoints.events").handlers(kit)
    except ModuleNotFoundError:
        own = {}
    return events.traced({**replica.handlers(kit.own), **own})
