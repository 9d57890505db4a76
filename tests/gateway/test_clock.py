"""The controlled clock: forwards only, everywhere before the answer, never beside a real issuer."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from gateway.web import create_app
from servicekit.settings import SERVICES
from tests.gateway.conftest import Opened, Opens, bearer

ADMIN = "zg-xingzheng-shenpi-xiao"


@pytest.fixture
async def opened(opens: Opens) -> Opened:
    """On a database whose clock no other test reads."""
    made: Opened = await opens(own_database=True)
    return made


async def move(opened: Opened, **body: object) -> httpx.Response:
    return await opened.client.post(
        "/development/clock", json=body, headers=await opened.officer(ADMIN)
    )


async def test_it_is_moved_in_every_part_before_the_answer(opened: Opened) -> None:
    moment = datetime.now(UTC) + timedelta(days=3)
    answer = await move(opened, moment=moment.isoformat())
    assert answer.status_code == 200
    shown = datetime.fromisoformat(answer.json()["now"])
    assert abs(shown - moment) < timedelta(seconds=10)
    for name in SERVICES:
        assert [datetime.fromisoformat(told) for told in opened.upstreams[name].moments] == [moment]
    public = (await opened.client.get("/development/clock")).json()
    assert public["offset_seconds"] == answer.json()["offset_seconds"] > 2 * 86_400


async def test_it_is_moved_on_by_seconds(opened: Opened) -> None:
    answer = await move(opened, seconds=86_400)
    assert abs(answer.json()["offset_seconds"] - 86_400) <= 1


@pytest.mark.parametrize("body", [{}, {"seconds": 0}, {"moment": "2026-11-23T09:00:00"}, {"x": 1}])
async def test_anything_else_is_refused(opened: Opened, body: dict[str, object]) -> None:
    assert (await move(opened, **body)).status_code == 422


async def test_it_never_goes_back(opened: Opened) -> None:
    answer = await move(opened, moment=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert not opened.upstreams["intake"].moments


async def test_a_part_that_did_not_hear_it_is_named_and_the_try_may_be_repeated(
    opened: Opened,
) -> None:
    moment = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    opened.upstreams["approval"].failing = 503
    answer = await move(opened, moment=moment)
    assert answer.status_code == 503
    assert answer.json()["incomplete"] == ["approval"]
    opened.upstreams["approval"].failing = 0
    opened.upstreams["intake"].failing = 409
    assert (await move(opened, moment=moment)).status_code == 200


@pytest.mark.parametrize("sub", ["zg-park-sun", "zg-gongxin-jian"])
async def test_other_officers_may_not_move_it(opened: Opened, sub: str) -> None:
    answer = await opened.client.post(
        "/development/clock", json={"seconds": 60}, headers=await opened.officer(sub)
    )
    assert answer.status_code == 403


async def test_the_internal_client_may_and_another_system_may_not(opened: Opened) -> None:
    allowed = await opened.client.post(
        "/development/clock", json={"seconds": 60}, headers=await opened.system(scope="internal")
    )
    refused = await opened.client.post(
        "/development/clock", json={"seconds": 60}, headers=await opened.system()
    )
    assert (allowed.status_code, refused.status_code) == (200, 403)


async def test_a_restart_keeps_business_time_and_tokens_keep_real_time(opens: Opens) -> None:
    first = await opens(own_database=True)
    await move(first, seconds=10 * 86_400)
    second = await opens(settings=first.settings)
    assert (await second.client.get("/development/clock")).json()["offset_seconds"] >= 864_000 - 1
    answer = await second.client.get("/api/v1/items", headers=await second.officer("zg-park-sun"))
    assert answer.status_code == 200


async def test_moving_it_is_audited(opened: Opened) -> None:
    await move(opened, seconds=60)
    kit = opened.edge.kit
    async with kit.engine.connect() as connection:
        rows = (await connection.execute(select(kit.own.audit))).all()
    assert [(row.actor, row.action) for row in rows] == [(ADMIN, "clock")]


async def test_beside_an_outside_issuer_it_stands_still(opens: Opens) -> None:
    own = await opens(own_database=True)
    token = await own.signer.system(sub="admin", name="t", scope=["internal"])
    settings = own.settings.model_copy(
        update={"oidc_issuer": own.settings.public_url, "oidc_jwks_url": "http://unused"}
    )
    edge = create_app(settings, services=own.upstreams, keys=own.keys.public)
    async with (
        edge.own.router.lifespan_context(edge.own),
        httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://edge") as client,
    ):
        answer = await client.post(
            "/development/clock", json={"seconds": 60}, headers=bearer(token)
        )
        shown = (await client.get("/development/clock")).json()
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert shown["movable"] is False
