"""Lists, one filing, its documents: found by field, cut to the caller, persons masked."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from services.intake.adapters.personal import masked
from tests.intake.builders import a_body, a_filing, act, file, reach
from tests.intake.test_verbs import STRANGER
from tests.support.service import Service


async def numbers(client, **query) -> list[str]:
    answer = await client.get("/api/v1/filings", params=query)
    assert answer.status_code == 200, answer.text
    return [one["no"] for one in answer.json()["items"]]


async def test_filings_are_found_by_each_field(shared: Service):
    client = shared.client(system="ywtb")
    name = "赣州百分之100%新材料有限公司"
    body = a_body(applicant={"name": name}, item="zg-05")
    no = await a_filing(client, applicant={"name": name}, item="zg-05", source_case_no="S-77")
    await a_filing(client)
    assert await numbers(client, company="100%新材") == [no]
    assert await numbers(client, company="新材%") == []
    assert await numbers(client, source_case_no="S-77") == [no]
    assert await numbers(client, no=f" {no.lower()} ") == [no]
    assert await numbers(client, item="zg-05", status="received", park="zg-park") == [no]
    assert no in await numbers(client, uscc=body["applicant"]["uscc"].lower())
    assert await numbers(client, item="zg-05", status="accepted") == []
    assert await numbers(client, rehearsal=True, source_case_no="S-77") == []


@pytest.mark.parametrize(
    "query",
    [
        {"no": "20270301000000990"},
        {"uscc": "1"},
        {"status": "lost"},
        {"limit": 0},
        {"limit": 999},
        {"colour": "red"},
    ],
)
async def test_a_query_that_cannot_be_meant_is_invalid(shared: Service, query):
    answer = await shared.client(system="ywtb").get("/api/v1/filings", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyIyMDI3LTAxLTAxIiwgIngiXQ"])
async def test_a_cursor_of_no_page_is_malformed(shared: Service, cursor):
    answer = await shared.client(system="ywtb").get("/api/v1/filings", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_pages_join_without_gap_or_repeat(intake: Service):
    client = intake.client(system="ywtb")
    filed = [await a_filing(client) for _ in range(7)]
    seen, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/filings", params=query)).json()
        seen += [one["no"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == filed[::-1]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ({"system": "ywtb"}, True),
        ({"system": "another"}, False),
        ({"officer": "zg-park-chen"}, True),
        ({"officer": "zg-park-zheng"}, True),
        ({"officer": "zg-xingzheng-shenpi-gu"}, True),
        ({"officer": STRANGER}, False),
    ],
)
async def test_who_may_see_a_filing(shared: Service, who, sees):
    no = await a_filing(shared.client(system="ywtb"))
    client = shared.client(**who)
    for path in ("", "/documents"):
        got = await client.get(f"/api/v1/filings/{no}{path}")
        assert got.status_code == (200 if sees else 404)
    assert (no in await numbers(client, no=no)) is sees
    timeline = await client.get(f"/internal/timeline/{no}")
    assert bool(timeline.json()["events"]) is sees


async def test_the_token_must_be_there_and_have_the_scope(shared: Service):
    assert (await shared.client().get("/api/v1/filings")).status_code == 401
    writer = shared.client(system="ywtb", scope="filings:write")
    assert (await writer.get("/api/v1/filings")).status_code == 403
    impostor = shared.client(officer="zg-park-chen", org="zg-renshe", roles=["window"])
    assert (await impostor.get("/api/v1/filings")).status_code == 403


async def test_a_leader_sees_names_masked(shared: Service):
    no = await a_filing(shared.client(system="ywtb"))
    leader = shared.client(officer="zg-park-zheng")
    shown = (await leader.get(f"/api/v1/filings/{no}")).json()
    assert shown["company"] == shown["applicant"]["name"] == "赣州****"
    listed = await leader.get("/api/v1/filings", params={"no": no})
    assert "沙河精密" not in listed.text


async def test_one_filing_tells_what_it_is_and_what_may_be_done(shared: Service):
    client = shared.client(system="ywtb")
    no = await reach(shared, "received")
    shown = (await client.get(f"/api/v1/filings/{no}")).json()
    assert shown["allowed"] == ["acceptance", "refusal", "correction-notice", "withdrawal"]
    assert shown["answer_due"] == "2027-03-08"
    assert shown["received_at"].endswith("+08:00")
    assert shown["item"] == {"id": "zg-04", "name": shown["item"]["name"]}
    assert shown["competence"]["granted"]


async def test_documents_are_listed_and_not_ready_at_first(shared: Service):
    client, no = shared.client(system="ywtb"), await reach(shared, "accepted")
    papers = (await client.get(f"/api/v1/filings/{no}/documents")).json()
    assert [(one["title"], one["ready"]) for one in papers] == [("受理通知书", False)]
    got = await client.get(papers[0]["links"]["self"])
    assert (got.status_code, got.json()["code"]) == (503, "paper-not-ready")
    assert got.headers["retry-after"]
    other = await reach(shared, "accepted")
    crossed = await client.get(f"/api/v1/filings/{other}/documents/{papers[0]['id']}")
    assert crossed.status_code == 404


async def test_a_refused_one_is_seen_by_the_applicant_park_and_overseer_alone(shared: Service):
    outside = {"project": {"uses": ["commodity-housing"]}}
    no = (await file(shared.client(system="ywtb"), **outside)).json()["no"]
    for officer, status in (
        ("zg-park-chen", 200),
        ("zg-xingzheng-shenpi-gu", 200),
        (STRANGER, 404),
    ):
        got = await shared.client(officer=officer).get(f"/api/v1/filings/{no}")
        assert got.status_code == status


async def test_before_the_catalogue_is_here_nothing_is_judged(postgres_server):
    from tests.support.service import open_service

    async with open_service("intake", postgres_server) as empty:
        answer = await file(empty.client(system="ywtb"))
    assert (answer.status_code, answer.json()["code"]) == (503, "catching-up")


async def test_a_held_item_is_not_judged(intake: Service):
    from servicekit.clock import real_now

    await intake.execute(
        intake.kit.log.hold.insert().values(
            topic="catalog.v1",
            key="item:zg-04",
            reason="poison",
            missing=False,
            dead=True,
            since=real_now(),
        )
    )
    await intake.learn_catalogue()
    answer = await file(intake.client(system="ywtb"))
    assert (answer.status_code, answer.json()["code"]) == (503, "catching-up")


async def test_where_rehearsals_are_not_allowed_they_are_refused(postgres_server):
    from tests.support.service import open_service

    async with open_service("intake", postgres_server, rehearsal_allowed=False) as real:
        await real.learn_catalogue()
        answer = await file(real.client(system="ywtb"), rehearsal=True)
    assert answer.json()["errors"][0]["field"] == "rehearsal"


async def test_the_feed_carries_no_sealed_field(shared: Service):
    no = await a_filing(shared.client(system="ywtb"))
    client = shared.client(system="ywtb")
    (event,) = (await client.get(f"/internal/timeline/{no}")).json()["events"]
    assert "personal" not in event["data"]["filing"]


async def test_a_withdrawn_filing_says_why(shared: Service):
    client, no = shared.client(system="ywtb"), await reach(shared, "received")
    await act(client, no, "withdrawal", {"reason": "项目调整"})
    assert (await client.get(f"/api/v1/filings/{no}")).json()["ending"]["reason"] == "项目调整"


def test_short_values_are_masked_too():
    assert masked({"contact": {"name": "王", "phone": "12345"}}) == {
        "contact": {"name": "王*", "phone": "1****"}
    }


async def test_contacts_are_read_in_clear_by_seat_and_audited(shared: Service):
    client, no = shared.client(system="ywtb"), await reach(shared, "accepted")
    window = shared.client(officer="zg-park-chen")
    for who in (client, window):
        got = await who.get(f"/api/v1/filings/{no}/contact")
        assert got.json()["contact"]["phone"] == "13807970001"
    seeing = shared.client(officer="zg-xingzheng-shenpi-shao")
    assert (await seeing.get(f"/api/v1/filings/{no}/contact")).status_code == 403
    stranger = shared.client(officer=STRANGER)
    assert (await stranger.get(f"/api/v1/filings/{no}/contact")).status_code == 404
    audit = shared.kit.own.audit
    rows = await shared.execute(audit.select().where(audit.c.action == "filing.contact-read"))
    assert [row["actor"] for row in rows if row["object"] == no] == ["ywtb", "zg-park-chen"]


async def test_every_route_declares_who_may_call_it(shared: Service):
    from servicekit import access

    routes = list(_routes(shared.app.routes))
    assert len(routes) > 15
    assert [one.path for one in routes if access.rule_of(one.dependant.dependencies) is None] == []


def _routes(given: Iterable[Any]) -> Iterator[APIRoute]:
    """Included routers stand in an app's routes as one object each."""
    for one in given:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from _routes(one.original_router.routes)
