"""No organisation reads or acts outside its seats: every route × role × organisation."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import text

from servicekit import access
from shenguan.documents import apps
from shenguan.documents.routes import Routed, walk
from tests.access import people
from tests.access.driven import SECRET, SERVICES, Driven
from tests.access.expectations import NO_SEAT, PAGES, SEATS, About, inside
from tests.access.people import Someone
from tests.support.postgres import PostgresServer

REFUSED = frozenset({401, 403, 404})
EVERYBODY = people.everybody()


def routes_with_a_parameter() -> list[Routed]:
    with apps.opened() as every:
        return [
            one
            for part, app in every.items()
            for one in walk(part, app)
            if "{" in one.path and part != PAGES
        ]


def named(route: Routed) -> str:
    return f"{route.part} {route.method} {route.path}"


ROUTES = routes_with_a_parameter()
ABOUT_A_CASE = [one for one in ROUTES if (one.part, one.method, one.path) in SEATS]


@pytest.fixture(scope="module")
async def driven(postgres_server: PostgresServer) -> AsyncIterator[dict[str, Driven]]:
    """All four services, opened when a test first asks for one."""
    opened: dict[str, Driven] = {}
    stack = []
    for name, make in SERVICES.items():
        manager = make(postgres_server)
        opened[name] = await manager.__aenter__()
        stack.append(manager)
    try:
        yield opened
    finally:
        for manager in reversed(stack):
            await manager.__aexit__(None, None, None)


def test_every_route_with_a_parameter_is_expected():
    assert unexpected(ROUTES) == []


def test_no_expectation_is_left_of_a_route_that_went():
    there = {(one.part, one.method, one.path) for one in ROUTES}
    assert sorted({*SEATS, *NO_SEAT} - there) == []


def test_a_new_route_fails_until_somebody_says_whose_it_is():
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    made = APIRouter()

    @made.post("/api/v1/cases/{no}/new-verb", dependencies=[Depends(access.officers())])
    async def new_verb(no: str) -> None: ...

    app.include_router(made)
    assert unexpected(walk("approval", app)) == ["approval POST /api/v1/cases/{no}/new-verb"]


def test_somebody_of_each_role_stands_outside_every_seat():
    """So that a refusal is the seat's, not merely the role's."""
    elsewhere = {role for one in EVERYBODY if one.org == people.ELSEWHERE for role in one.roles}
    assert elsewhere == access.OFFICER_ROLES
    assert len({one.org for one in EVERYBODY}) > 12


@pytest.mark.parametrize("route", ABOUT_A_CASE, ids=named)
async def test_outside_the_seat_nothing_is_answered_and_nothing_changes(
    driven: dict[str, Driven], route: Routed
):
    about, there = SEATS[route.part, route.method, route.path], driven[route.part]
    before, noted = await rows(there), await done(there)
    assert await answered_outside(there, route, about) == []
    assert await rows(there) == before
    assert await done(there) == noted


@pytest.mark.parametrize(
    "route",
    [one for one in ABOUT_A_CASE if one.method == "GET"],
    ids=named,
)
async def test_inside_the_seats_reading_is_answered(driven: dict[str, Driven], route: Routed):
    about = SEATS[route.part, route.method, route.path]
    inside = [one for one in EVERYBODY if invited(one, route, about)]
    assert inside
    wrong = []
    for who in inside:
        answer = await call(driven[route.part], who, route, about)
        not_yet = answer.status_code == 503 and answer.json()["code"] == "paper-not-ready"
        if answer.status_code != 200 and not not_yet:
            wrong.append(f"{who.name}: {answer.status_code} {answer.text[:200]}")
        elif about.blank and not answer.json()[about.blank]:
            wrong.append(f"{who.name}: nothing in it")
    assert wrong == []


@pytest.mark.parametrize("part", [name for name in SERVICES if name != "catalog"])
async def test_no_list_tells_an_outsider_of_a_case(driven: dict[str, Driven], part: str):
    there = driven[part]
    numbers = {one["no"] for one in there.states.values() if "no" in one}
    wrong = []
    for route in walk(part, there.service.app):
        if route.method != "GET" or "{" in route.path:
            continue
        for who in (one for one in EVERYBODY if not inside(one)):
            answer = await call(there, who, route, None)
            told = [no for no in numbers if no in answer.text] + [SECRET] * (SECRET in answer.text)
            if told:
                wrong.append(f"{route.path} tells {who.name} of {told}")
    assert wrong == []


@pytest.mark.parametrize("part", ["intake", "approval"])
async def test_internal_verification_is_for_the_gateway_alone(driven: dict[str, Driven], part: str):
    """Anybody else is refused before the code is looked at."""
    url = f"/internal/verifications/{'0' * 20}"
    for who in EVERYBODY:
        async with people.client(driven[part].service, who) as client:
            assert (await client.get(url)).status_code in {401, 403}, who.name
    gateway = Someone("gateway", None, frozenset(), "internal")
    async with people.client(driven[part].service, gateway) as client:
        assert (await client.get(url)).status_code == 404


async def test_a_route_that_asks_only_who_you_are_is_found(driven: dict[str, Driven]):
    intake = driven["intake"]
    made = APIRouter()

    @made.get("/api/v1/filings/{no}/leak", dependencies=[Depends(access.signed_in())])
    async def leak(no: str) -> str:
        return SECRET

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.kit = intake.service.kit
    app.include_router(made)
    leaky = Driven(replace(intake.service, app=app), intake.states)
    (route,) = walk("intake", app)
    found = await answered_outside(leaky, route, About("received"))
    assert any(one.startswith(f"{people.ELSEWHERE}-window") for one in found)


async def answered_outside(there: Driven, route: Routed, about: About) -> list[str]:
    """Whoever is answered though it is not theirs, or told what is not."""
    outside = [one for one in EVERYBODY if not invited(one, route, about)]
    assert len(outside) > 3
    found = []
    for who in outside:
        answer = await call(there, who, route, about)
        if not refused(answer, who, about) or SECRET in answer.text:
            found.append(f"{who.name}: {answer.status_code} {answer.text[:200]}")
    return found


def invited(who: Someone, route: Routed, about: About) -> bool:
    """Passed by the rule of the route, and in the seat."""
    return who.passes(route.rule) and about.may(who)


def refused(answer: httpx.Response, who: Someone, about: About) -> bool:
    if about.blank and answer.status_code == 200:
        return who is not people.NOBODY and answer.json()[about.blank] == []
    return answer.status_code in REFUSED


def unexpected(routes: Any) -> list[str]:
    known = {*SEATS, *NO_SEAT}
    return [
        f"{one.part} {one.method} {one.path}"
        for one in routes
        if (one.part, one.method, one.path) not in known
    ]


async def call(there: Driven, who: Someone, route: Routed, about: About | None) -> httpx.Response:
    params: Mapping[str, str] = there.states[about.state] if about else {}
    async with people.client(there.service, who) as client:
        if route.method == "GET":
            return await client.get(route.path.format(**params))
        return await client.request(
            route.method,
            route.path.format(**params),
            json=about.body if about else None,
            headers={"Idempotency-Key": str(uuid4())},
        )


async def done(there: Driven) -> int:
    """Audit lines of what was done. Refusals are noted there too, and may be."""
    async with there.service.kit.engine.connect() as connection:
        lines = await connection.scalar(text("SELECT count(*) FROM audit WHERE outcome = 'done'"))
    return int(lines or 0)


async def rows(there: Driven) -> dict[str, tuple[int, str]]:
    """Every table but the audit: how many rows, and a digest of all they hold."""
    digest = "md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
    found = {}
    async with there.service.kit.engine.connect() as connection:
        names = await connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        )
        for name in (one for one in names.all() if not one.startswith("audit")):
            row = await connection.execute(text(f'SELECT count(*), {digest} FROM "{name}" t'))
            count, all_of_it = row.one()
            found[name] = (count, all_of_it)
    return found
