"""Who sees which case, lists by filter and page, numbers that are on their way."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from servicekit.access import rule_of
from tests.approval.builders import (
    LEADER,
    REVIEWER,
    SEALER,
    SYSTEM,
    Power,
    a_number,
    accepted,
)
from tests.approval.office import Office

SEE = (REVIEWER, SEALER, LEADER, "zg-gongxin-cha", "zg-xingzheng-shenpi-gu", SYSTEM)
SEE_NOT = ("zg-renshe-jue", "zg-yingji-cha", "other-system")


async def test_seats_overseer_and_applicant_see_a_case_and_nobody_else(office: Office):
    no = await office.issued()
    for who in SEE:
        assert (await office.read(who, no))["no"] == no
        listed = await office.client(who).get("/api/v1/cases", params={"no": no})
        assert [one["no"] for one in listed.json()["items"]] == [no]
    for who in SEE_NOT:
        for path in ("", "/documents", "/paper-preview"):
            answer = await office.client(who).get(f"/api/v1/cases/{no}{path}")
            assert answer.status_code in {403, 404}, (who, path)
        listed = await office.client(who).get("/api/v1/cases", params={"no": no})
        assert listed.json()["items"] == []
    assert (await office.service.client().get(f"/api/v1/cases/{no}")).status_code == 401


async def test_leaders_see_names_masked(office: Office):
    no = await office.opened()
    case = await office.read(LEADER, no)
    assert case["applicant"]["name"] == "赣州****"
    assert "*" in case["project"]["name"]
    listed = await office.client(LEADER).get("/api/v1/cases", params={"no": no})
    assert listed.json()["items"][0]["company"] == "赣州****"
    assert (await office.read(REVIEWER, no))["applicant"]["name"] == "赣州江南电机有限公司"


async def test_the_applicant_does_not_read_what_officers_wrote_to_each_other(office: Office):
    no = await office.issued()
    shown = await office.read(SYSTEM, no)
    assert (shown["opinion"], shown["recommends"]) == (None, None)
    assert [one["ground"] for one in shown["steps"]] == ["受理", "", "《示例条例》第九条", ""]
    assert (await office.read(REVIEWER, no))["opinion"] == "材料齐全，符合条件"


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/cases/%00",
        "/api/v1/cases/" + "9" * 41,
        "/api/v1/cases?company=%00",
        "/api/v1/cases?limit=0",
        "/api/v1/feedback?no=%00",
    ],
)
async def test_what_no_database_takes_is_refused_before_it(office: Office, url: str):
    answer = await office.client(REVIEWER).get(url)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_lists_are_cut_by_fields(office: Office):
    power = Power()
    waiting = await office.opened(power)
    reviewed = await office.reviewed(power)

    async def found(who: str, **filters: str) -> set[str]:
        answer = await office.client(who).get(
            "/api/v1/cases", params={"item": power.item_id, **filters}
        )
        assert answer.status_code == 200, answer.text
        return {one["no"] for one in answer.json()["items"]}

    both = {waiting, reviewed}
    assert await found(REVIEWER) == both
    assert await found(REVIEWER, status="under-review") == {waiting}
    assert await found(REVIEWER, company="江南") == both
    assert await found(REVIEWER, company="%") == set()
    assert await found(REVIEWER, uscc="91360702MA35D8XY1G", park="zg-park") == both
    assert await found(REVIEWER, park="zg-renshe") == set()
    assert await found(REVIEWER, mine="true") == both
    assert await found("zg-gongxin-cha", mine="true") == set()
    assert await found(SYSTEM, mine="true") == both
    assert await found(REVIEWER, due_before="2026-03-16") == set()
    assert await found(REVIEWER, due_before="2026-03-17") == both
    wrong = await office.client(REVIEWER).get("/api/v1/cases", params={"status": "lost"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


async def test_pages_follow_without_gap_or_repeat(office: Office):
    power = Power()
    numbers = [await office.opened(power) for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params: dict[str, str | int] = {"item": power.item_id, "limit": 2}
        if cursor:
            params["cursor"] = cursor
        page = (await office.client(REVIEWER).get("/api/v1/cases", params=params)).json()
        seen += [one["no"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == list(reversed(numbers))


async def test_a_recent_number_is_waited_for_and_found_when_it_comes(office: Office):
    power = Power()
    await office.learn(power)
    event = accepted(await office.catalogue(), power.item_id)
    no = event.filing.no
    reading = asyncio.create_task(office.read(REVIEWER, no))
    acting = asyncio.create_task(
        office.do(REVIEWER, no, "review", {"opinion": "可", "recommends": "grant"})
    )
    await office.service.receive(event, key=no, sequence=2)
    assert (await reading)["no"] == no
    assert (await acting).status_code == 200


async def test_a_recent_number_that_does_not_come_is_not_yet_here(office: Office):
    began = time.monotonic()
    answer = await office.client(REVIEWER).get(f"/api/v1/cases/{a_number()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "case-not-yet-here")
    assert answer.headers["retry-after"] == "2"
    assert 1.9 < time.monotonic() - began < 4


@pytest.mark.parametrize("no", ["20260302000000010", "nonsense", "20200302000000011"])
async def test_any_other_unknown_number_is_not_found_at_once(office: Office, no: str):
    began = time.monotonic()
    answer = await office.client(REVIEWER).get(f"/api/v1/cases/{no}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert time.monotonic() - began < 1


def _routes(given: Iterable[Any]) -> Iterator[APIRoute]:
    """Included routers stand in an app's routes as one object each."""
    for one in given:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from _routes(one.original_router.routes)


async def test_every_route_has_a_rule(office: Office):
    routes = list(_routes(office.service.app.routes))
    assert len(routes) > 20
    assert [one.path for one in routes if rule_of(one.dependant.dependencies) is None] == []


async def test_the_published_openapi_is_whole(office: Office):
    document = office.service.app.openapi()
    verbs = {path.rpartition("/")[2] for path in document["paths"]}
    assert {"review", "return", "approval", "denial", "seal", "withdrawal", "handover"} <= verbs
    assert "/internal/verifications/{code}" not in document["paths"]


async def test_timeline_and_feed_are_cut_to_the_caller(office: Office):
    no = await office.issued()
    url = f"/internal/timeline/{no}"
    mine = (await office.client(REVIEWER).get(url)).json()["events"]
    assert [one["type"] for one in mine] == await office.types(no)
    assert (await office.client("zg-renshe-jue").get(url)).json()["events"] == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM \"case\" WHERE no = 'x'", "case_pkey"),
        (
            "SELECT * FROM \"case\" WHERE status = 'decided' AND viewers @> '{zg-park}'"
            " ORDER BY opened_at DESC, no DESC LIMIT 51",
            "ix_case_",
        ),
        ("SELECT * FROM step WHERE no = 'x' ORDER BY id", "ix_step_no"),
        (
            "SELECT * FROM desk WHERE org = 'zg-park' AND state = 'open'"
            " ORDER BY received_at DESC, feedback DESC LIMIT 51",
            "ix_desk_org",
        ),
        ("SELECT * FROM paper WHERE code = 'x'", "uq_paper_code"),
        ("SELECT * FROM decision WHERE no = 'x' AND version = 1", "decision_pkey"),
    ],
)
async def test_each_question_has_its_index(office: Office, query: str, index: str):
    async with office.service.kit.engine.connect() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = (await connection.execute(text(f"EXPLAIN {query}"))).scalars().all()
        await connection.rollback()
    assert index in "\n".join(plan)
