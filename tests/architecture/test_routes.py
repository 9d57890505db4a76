"""Every route of every app says who may call it, once, and reads its JSON strictly."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, Depends, FastAPI

from servicekit import access
from servicekit.strictjson import StrictRoute
from shenguan.documents import apps
from shenguan.documents.routes import Routed, described, walk

FORMS = ("/oauth/", "/api/v1/materials")
"""Prefixes whose POST is a form or a file by its standard; the console's pages post forms too."""


@pytest.fixture(scope="module")
def every() -> Iterator[dict[str, FastAPI]]:
    with apps.opened() as made:
        yield made


@pytest.fixture(scope="module")
def walked(every: dict[str, FastAPI]) -> list[Routed]:
    return [one for part, app in every.items() for one in walk(part, app)]


def test_the_walk_reaches_included_routers_of_every_part(walked: list[Routed]):
    by_part = {one.part for one in walked if one.path not in {"/livez", "/readyz", "/metrics"}}
    assert by_part == {"catalog", "intake", "approval", "supervision", "gateway", "console"}
    assert ("intake", "POST", "/api/v1/filings/{no}/acceptance") in {
        (one.part, one.method, one.path) for one in walked
    }


def test_every_route_has_exactly_one_rule(walked: list[Routed]):
    assert unruled(walked) == []


def test_every_json_post_is_read_strictly(walked: list[Routed]):
    assert lax(walked) == []


def test_no_path_is_declared_twice(walked: list[Routed]):
    """The second would never answer."""
    seen = [(one.part, one.method, one.path) for one in walked]
    assert sorted({one for one in seen if seen.count(one) > 1}) == []


def test_internal_routes_need_a_token(walked: list[Routed]):
    internal = [one for one in walked if one.path.startswith("/internal/")]
    assert internal
    assert [one.path for one in internal if "public" in one.rule.kinds] == []


def test_a_route_without_a_rule_fails_the_walk():
    assert unruled(walk("planted", planted())) == ["planted GET /outer/bare: 0 rules"]


def test_a_route_with_two_rules_fails_the_walk():
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/twice", dependencies=[Depends(access.public()), Depends(access.signed_in())])
    async def twice() -> None: ...

    assert unruled(walk("planted", app)) == ["planted GET /twice: 2 rules"]


def test_a_mounted_app_fails_the_walk():
    """Nothing behind a mount would be walked."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/behind", FastAPI())
    assert unruled(walk("planted", app)) == ["planted * /behind: 0 rules"]


def test_a_json_post_that_is_not_strict_is_found():
    assert lax(walk("planted", planted())) == ["planted POST /outer/api/lax"]


def test_rules_are_put_in_words():
    assert described(access.public()) == "anyone"
    assert described(access.officers()) == "any officer"
    both = access.officers_or_systems("window", scope="filings:write")
    assert described(both) == "window or system(filings:write)"
    assert described(access.internal()) == "the gateway itself"


def planted() -> FastAPI:
    """A router in a router: the inner routes are not in `app.routes` themselves."""
    inner = APIRouter(route_class=StrictRoute)
    loose = APIRouter()

    @inner.get("/bare")
    async def bare() -> None: ...

    @loose.post("/api/lax", dependencies=[Depends(access.public())])
    async def accepts_anything() -> None: ...

    outer = APIRouter()
    outer.include_router(inner)
    outer.include_router(loose)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(outer, prefix="/outer")
    assert not any(isinstance(one, StrictRoute) for one in app.routes)
    return app


def unruled(walked: Iterator[Routed] | list[Routed]) -> list[str]:
    return [
        f"{one.part} {one.method} {one.path}: {len(one.rules)} rules"
        for one in walked
        if len(one.rules) != 1
    ]


def lax(walked: Iterator[Routed] | list[Routed]) -> list[str]:
    return [
        f"{one.part} {one.method} {one.path}"
        for one in walked
        if one.method not in {"GET", "HEAD", "OPTIONS"}
        and one.part != "console"
        and not one.strict
        and not one.path.startswith(FORMS)
    ]
