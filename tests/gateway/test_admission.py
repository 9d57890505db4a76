"""Who gets in, how often, and where the request then goes."""

import re

import httpx
import pytest

from gateway.routing import OPEN_READS, OWNERS, BadPath, target
from tests.gateway.conftest import Opened, Opens, bearer


@pytest.mark.parametrize(("segment", "part"), sorted(OWNERS.items()))
def test_each_first_segment_has_one_owner(segment: str, part: str) -> None:
    found = target(f"/api/v1/{segment}")
    assert found is not None
    assert found.part == part
    assert found.public is (segment in {*OPEN_READS, "verifications"})


@pytest.mark.parametrize("segment", sorted(set(OWNERS) - {"verifications"}))
def test_nobody_writes_without_a_token(segment: str) -> None:
    found = target(f"/api/v1/{segment}", "POST")
    assert found is not None
    assert not found.public


async def test_the_catalogue_is_read_by_anyone(opened: Opened) -> None:
    assert (await opened.client.get("/api/v1/items/zg-01")).json()["part"] == "catalog"
    assert (await opened.client.get("/api/v1/items", headers=bearer("x"))).status_code == 401
    assert (await opened.client.get("/api/v1/organisations")).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/internal/clock", "/api/v1/internal/clock", "/api/v2/filings", "/api", "/openapi.json"],
)
def test_what_is_internal_or_unknown_is_nowhere(path: str) -> None:
    assert target(path) is None


@pytest.mark.parametrize("path", ["/", "/verify/X", "/static/app.css", "/desk/park", "/signed-in"])
def test_pages_are_the_consoles_and_public(path: str) -> None:
    found = target(path)
    assert found is not None
    assert (found.part, found.public) == ("console", True)


def test_a_timeline_is_the_gateways_though_filings_are_intakes() -> None:
    timeline = target("/api/v1/filings/2026112200000001X/timeline")
    assert timeline is not None
    assert (timeline.part, timeline.public) == ("gateway", False)
    filing = target("/api/v1/filings/2026112200000001X/timeline/more")
    assert filing is not None
    assert filing.part == "intake"


@pytest.mark.parametrize("path", ["/api/v1/filings/../../../internal/clock", "/./x", "/a\\..\\b"])
def test_no_path_climbs_out_of_its_prefix(path: str) -> None:
    with pytest.raises(BadPath):
        target(path)


async def test_an_encoded_climb_is_refused_before_it_reaches_anyone(opened: Opened) -> None:
    url = httpx.URL("http://127.0.0.1:8000").copy_with(
        raw_path=b"/api/v1/filings/%2e%2e/%2e%2e/%2e%2e/internal/clock"
    )
    answer = await opened.client.post(url, headers=await opened.system())
    assert answer.status_code == 400
    assert not opened.upstreams["intake"].seen


async def test_without_a_token_nothing_is_forwarded(opened: Opened) -> None:
    answer = await opened.client.post("/api/v1/filings", json={"item": "zg-01"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert not opened.upstreams["intake"].seen


async def test_a_broken_token_is_refused_at_the_edge(opened: Opened) -> None:
    answer = await opened.client.get("/api/v1/cases", headers=bearer("not.a.token"))
    assert answer.status_code == 401
    assert not opened.upstreams["approval"].seen


async def test_a_request_goes_through_whole(opened: Opened) -> None:
    answer = await opened.client.post(
        "/api/v1/filings?dry=%E6%98%AF&a=1",
        headers={**await opened.system(), "Idempotency-Key": "k1", "Connection": "x-secret"}
        | {"X-Secret": "for the hop alone", "X-Forwarded-For": "10.0.0.1"},
        json={"item": "zg-01"},
    )
    echo = answer.json()
    headers = dict(echo["headers"])
    assert echo["part"] == "intake"
    assert echo["query"] == "dry=%E6%98%AF&a=1"
    assert echo["body"] == '{"item":"zg-01"}'
    assert headers["idempotency-key"] == "k1"
    assert headers["x-forwarded-for"] == "203.0.113.9"
    assert headers["x-forwarded-proto"] == "http"
    assert "x-secret" not in headers
    assert "connection" not in headers


async def test_one_trace_runs_from_the_caller_to_the_part(opened: Opened) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await opened.client.get(
        "/api/v1/items", headers={**await opened.system(), "traceparent": trace}
    )
    sent = [value for name, value in answer.json()["headers"] if name == "traceparent"]
    assert sent == [trace]
    assert answer.headers["x-request-id"] == trace.split("-")[1]


async def test_a_made_up_trace_is_replaced(opened: Opened) -> None:
    answer = await opened.client.get(
        "/api/v1/items", headers={**await opened.system(), "traceparent": "nonsense"}
    )
    headers = dict(answer.json()["headers"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers["traceparent"])


async def test_one_caller_may_not_take_everything(opens: Opens) -> None:
    opened = await opens(caller_rate="3/hour")
    ywtb, other = await opened.system(), await opened.system(sub="other")
    answers = [await opened.client.get("/api/v1/items", headers=ywtb) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == "too-many-requests"
    assert int(answers[3].headers["retry-after"]) >= 1
    assert (await opened.client.get("/api/v1/items", headers=other)).status_code == 200


async def test_public_pages_are_limited_by_address(opens: Opens) -> None:
    opened = await opens(public_rate="2/hour")
    answers = [await opened.client.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_verifying_codes_is_limited_more_narrowly(opens: Opens) -> None:
    opened = await opens(guess_rate="2/hour")
    paths = ["/api/v1/verifications/0000000000000000", "/verify/X", "/verify/Y"]
    statuses = [(await opened.client.get(path)).status_code for path in paths]
    assert statuses == [404, 200, 429]
    assert (await opened.client.get("/")).status_code == 200


async def test_metrics_count_what_was_forwarded(opened: Opened) -> None:
    await opened.client.get("/api/v1/items", headers=await opened.system())
    text = (await opened.client.get("/metrics")).text
    assert 'part="gateway",route="→ catalog",status="200"' in text
