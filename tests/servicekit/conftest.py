"""A part with nothing of its own: servicekit's tables, a few routes, real PostgreSQL."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from starlette.responses import Response

from eventlog import ddl as eventlog_ddl
from eventlog import tables as eventlog_tables
from servicekit import access, app, ddl, migrations, papers, tables, writes
from servicekit.clock import Clock
from servicekit.kit import Kit, open_kit
from servicekit.papers import ddl as papers_ddl
from servicekit.problems import Problem
from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from tests.support.postgres import PostgresServer
from tests.support.tokens import TestIssuer

METADATA = MetaData()
KIT_TABLES = tables.define(METADATA)
EVENT_TABLES = eventlog_tables.define(METADATA)
PAPER = papers.define(METADATA)

SignedIn = Annotated[Caller, Depends(access.signed_in())]


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    words: str
    how: str = "well"


@dataclass
class Part:
    app: FastAPI
    kit: Kit
    issuer: TestIssuer
    settings: Settings

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://part",
            headers=headers,
        )

    async def lines(self) -> list[str]:
        async with self.kit.engine.connect() as connection:
            return list(await connection.scalars(text("SELECT words FROM line ORDER BY words")))

    async def rows(self, sql: str) -> Any:
        async with self.kit.engine.begin() as connection:
            return (await connection.execute(text(sql))).mappings().all()


def _routes() -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.post("/lines", status_code=201)
    async def add(request: Request, caller: SignedIn, body: Line) -> Response:
        async def act(connection: AsyncConnection) -> Answer:
            await connection.execute(
                text("INSERT INTO line (words, how) VALUES (:words, :how)"),
                {"words": body.words, "how": body.how},
            )
            if body.how == "badly":
                raise Problem("not-allowed-now", "说了不算", extra={"allowed": ["well"]})
            if body.how == "refused":
                return writes.refusal(Problem("outside-competence", "不归我管"), "/lines")
            if body.how == "slowly":
                await asyncio.sleep(0.3)
            return Answer(201, {"words": body.words})

        return await writes.once(request, caller, act)

    @router.get("/officers")
    async def officers(
        caller: Annotated[Caller, Depends(access.officers("approver"))],
    ) -> dict[str, str]:
        return {"sub": caller.sub}

    @router.get("/fails")
    async def fails(_: SignedIn) -> None:
        raise ZeroDivisionError

    return router


@pytest.fixture
async def part(postgres_server: PostgresServer) -> AsyncIterator[Part]:
    urls = await postgres_server.fresh_database("intake")
    await _make(urls.owner)
    await migrations.grant_runtime(urls.owner, "shenguan_intake")
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        make_keys_file(keys)
        settings = Settings.model_validate(
            {"keys_file": str(keys), "intake_postgres_url": urls.app, "max_body_bytes": 10_000}
        )
        issuer = TestIssuer(settings.issuer)
        kit = open_kit(
            "intake",
            settings,
            clock=Clock(),
            tables=KIT_TABLES,
            events=EVENT_TABLES,
            keys=issuer.keys,
        )
        made = app.create(kit, title="试件", routers=[_routes()])
        async with made.router.lifespan_context(made):
            yield Part(made, kit, issuer, settings)
    await postgres_server.drop(urls)


async def _make(owner_url: str) -> None:
    engine = create_async_engine(owner_url, poolclass=NullPool)
    statements = [
        *ddl.tables_0001(),
        *eventlog_ddl.upgrade_statements(),
        *papers_ddl.tables_0001(),
        "CREATE TABLE line (words text NOT NULL, how text NOT NULL)",
        """
        CREATE FUNCTION refuse_bombs() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.how = 'bomb' THEN RAISE EXCEPTION 'the commit fails'; END IF;
            RETURN NULL;
        END $$
        """,
        "CREATE CONSTRAINT TRIGGER bomb AFTER INSERT ON line DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse_bombs()",
    ]
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()
