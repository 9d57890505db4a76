"""Health, published contracts, the database and the worker."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from gateway.worker import roles
from servicekit import access, migrations
from servicekit.access import rule_of
from servicekit.kit import collecting
from servicekit.settings import Settings
from tests.gateway.conftest import Opened
from tests.support.postgres import PostgresServer


async def test_it_is_ready_when_every_part_was_reached(opened: Opened) -> None:
    answer = await opened.client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.json()["parts"]
    assert parts["transport"] == "postgres"
    assert {name for name, said in parts.items() if said == {"ok": True}} == {
        *("database", "catalog", "intake", "approval", "supervision", "console")
    }


async def test_before_every_part_was_reached_it_is_not_ready(opened: Opened) -> None:
    opened.upstreams["console"].failing = 503
    answer = await opened.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["console"]["ok"] is False


async def test_a_part_that_fails_later_does_not_take_the_others_along(opened: Opened) -> None:
    await opened.client.get("/readyz")
    opened.upstreams["approval"].failing = 503
    answer = await opened.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["approval"]["ok"] is False


async def test_livez_says_that_the_loop_turns(opened: Opened) -> None:
    assert (await opened.client.get("/livez")).text == "ok"


async def test_contracts_are_public_and_cached(opened: Opened) -> None:
    listed = (await opened.client.get("/contracts/")).json()["files"]
    assert "/contracts/asyncapi.json" in listed
    answer = await opened.client.get("/contracts/events/intake.accepted.v1.json")
    assert answer.status_code == 200
    assert answer.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    again = await opened.client.get(
        "/contracts/events/intake.accepted.v1.json",
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["events/nothing.json", "generate.py", "%2e%2e/pyproject.toml"])
async def test_nothing_but_contracts_is_served(opened: Opened, name: str) -> None:
    answer = await opened.client.get(f"/contracts/{name}")
    assert answer.status_code in {400, 404}


async def test_every_route_of_the_gateway_declares_who_may_call_it(opened: Opened) -> None:
    contexts = iter_route_contexts(opened.edge.own.routes)
    routes = [one for one in contexts if isinstance(one.original_route, APIRoute)]
    assert len(routes) > 15
    assert [route.path for route in routes if rule_of(route.dependant.dependencies) is None] == []


def test_the_issuers_rule_is_public_to_the_walk() -> None:
    from gateway.issuer.tokens import OfTheClient

    assert isinstance(OfTheClient(frozenset({"public"})), access.Rule)


async def test_migrations_go_up_and_down_without_drift(postgres_server: PostgresServer) -> None:
    urls = await postgres_server.fresh_database("gateway")
    await migrations.upgrade("gateway", urls.owner, app_url=urls.app)
    await migrations.check("gateway", urls.owner)
    await migrations.downgrade("gateway", urls.owner)
    await migrations.upgrade("gateway", urls.owner, app_url=urls.app)
    await postgres_server.drop(urls)


async def test_the_worker_follows_the_clock(
    settings_of: Callable[..., Awaitable[Settings]],
) -> None:
    with collecting() as kits:
        found = roles(await settings_of())
    assert set(found) == {"clock"}
    running = asyncio.ensure_future(found["clock"]())
    await asyncio.wait({running}, timeout=0.2)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for kit in kits:
        await kit.close()
