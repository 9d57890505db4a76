"""Five working days without a word; papers after the commit; the worker's roles."""

import asyncio
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from contracts.intake import Paper
from services.intake.adapters import tables
from services.intake.entrypoints import worker
from tests.intake.builders import BODIES, a_filing, a_material, act, file, reach
from tests.support.eventually import eventually
from tests.support.service import Service


async def sweep(service: Service) -> int:
    async with service.kit.engine.begin() as connection:
        return await worker.sweep(service.kit, connection)


async def to(service: Service, days: float) -> None:
    service.clock.forward_to(service.clock.now() + timedelta(days=days))


async def test_silence_accepts_after_the_fifth_working_day(intake: Service):
    client, window = intake.client(system="ywtb"), intake.client(officer="zg-park-chen")
    silent, answered = await a_filing(client), await a_filing(client)
    asked = await reach(intake, "correction-asked")
    await act(window, answered, "acceptance")
    await to(intake, 7)
    assert await sweep(intake) == 0
    await to(intake, 1)
    assert await sweep(intake) == 1
    assert await sweep(intake) == 0
    shown = (await client.get(f"/api/v1/filings/{silent}")).json()
    assert (shown["status"], shown["by_silence"]) == ("accepted", True)
    assert shown["accepted_at"] == shown["received_at"]
    event = (await intake.told("intake.accepted.v1"))[-1]
    assert (event.subject, event.data["by_silence"], event.data["by"]) == (silent, True, None)
    assert event.sequence == 2
    assert (await client.get(f"/api/v1/filings/{asked}")).json()["status"] == "correction-asked"
    papers_ = (await client.get(f"/api/v1/filings/{silent}/documents")).json()
    assert [one["title"] for one in papers_] == ["受理通知书"]


async def test_after_a_correction_the_days_begin_anew(intake: Service):
    client, no = intake.client(system="ywtb"), await reach(intake, "correction-asked")
    await to(intake, 30)
    material = await a_material(client)
    await act(client, no, "corrections", {"materials": [{"id": material}]})
    assert await sweep(intake) == 0
    await to(intake, 8)
    assert await sweep(intake) == 1


async def test_more_than_one_batch_is_swept_at_once(intake: Service):
    client = intake.client(system="ywtb")
    for _ in range(53):
        await a_filing(client)
    await to(intake, 8)
    assert await sweep(intake) == 53


async def test_after_the_five_days_it_is_too_late_to_ask_or_refuse(intake: Service):
    no = await reach(intake, "received")
    await to(intake, 8)
    window = intake.client(officer="zg-park-chen")
    late = await act(window, no, "correction-notice", BODIES["correction-notice"])
    assert (late.status_code, late.json()["rule"]) == (409, "late-notice")
    refused = await act(window, no, "refusal", BODIES["refusal"])
    assert (refused.status_code, refused.json()["rule"]) == (409, "accepted-by-silence")
    accepted = await act(window, no, "acceptance")
    assert (accepted.status_code, accepted.json()["by_silence"]) == (200, True)
    assert await sweep(intake) == 0


async def test_of_the_timer_and_an_officer_one_wins(intake: Service):
    no = await reach(intake, "received")
    await to(intake, 8)
    window = intake.client(officer="zg-park-chen")
    swept, answer = await asyncio.gather(sweep(intake), act(window, no, "acceptance"))
    assert (swept, answer.status_code) in ((1, 409), (0, 200))
    assert len(await intake.told("intake.accepted.v1")) == 1


async def test_papers_are_numbered_dated_and_sealed(shared: Service):
    no, other = await reach(shared, "accepted"), await reach(shared, "accepted")
    rows = {
        row["no"]: row
        for row in await shared.execute(
            tables.paper.select().where(tables.paper.c.no.in_([no, other]))
        )
    }
    content = rows[no]["content"]
    first, second = (int(rows[one]["number"].split("〕")[1][:-1]) for one in (no, other))
    assert rows[no]["number"] == f"章高新受〔2027〕{first}号"
    assert second == first + 1
    assert rows[no]["dated"] == date(2027, 3, 1)
    assert content["authority"] == "章贡高新技术产业园区管理委员会"
    assert content["seals"][0]["id"] == "zg-park-approval"
    assert content["addressee"] == "赣州沙河精密制造有限公司"
    assert content["verify_url"].endswith(rows[no]["code"])
    assert ["收件编号", no] in content["facts"]


async def test_a_rehearsals_paper_says_so(shared: Service):
    client, window = shared.client(system="ywtb"), shared.client(officer="zg-park-chen")
    no = await a_filing(client, rehearsal=True)
    await act(window, no, "acceptance")
    (row,) = await shared.execute(tables.paper.select().where(tables.paper.c.no == no))
    assert row["number"].startswith("章高新受（演）〔2027〕")
    assert row["content"]["rehearsal"]
    told = [one for one in await shared.told() if one.subject == no]
    assert all(one.rehearsal for one in told)


async def test_a_refusals_paper_tells_reasons_authority_and_remedies(shared: Service):
    answer = await file(shared.client(system="ywtb"), project={"uses": ["commodity-housing"]})
    no = answer.json()["no"]
    (row,) = await shared.execute(tables.paper.select().where(tables.paper.c.no == no))
    words = "".join(row["content"]["paragraphs"])
    assert "商品房" in words
    assert "赣州市章贡区发展和改革委员会" in words
    assert "行政复议" in row["content"]["remedies"][0]


@pytest.mark.parametrize("verb", ["refusal", "correction-notice"])
async def test_each_paper_has_its_own_word(shared: Service, verb):
    no = await reach(shared, "received")
    await act(shared.client(officer="zg-park-chen"), no, verb, BODIES[verb])
    (row,) = await shared.execute(tables.paper.select().where(tables.paper.c.no == no))
    word = {"refusal": "不受", "correction-notice": "补"}[verb]
    assert row["number"].startswith(f"章高新{word}〔2027〕")


@asynccontextmanager
async def running(service: Service, *names: str):
    settings = service.settings.model_copy(
        update={"log_postgres_url": service.settings.database_url("intake")}
    )
    roles = worker.roles(settings, clock=service.clock)
    assert set(roles) == {"relay", "consumer", "clock", "timers", "documents"}
    tasks = [asyncio.ensure_future(roles[name]()) for name in names]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_workers_accept_by_silence_and_render_the_paper(intake: Service):
    client, no = intake.client(system="ywtb"), await reach(intake, "received")
    await to(intake, 8)
    async with running(intake, "timers", "documents"):
        ready = await eventually(lambda: intake.told("intake.document-ready.v1"), bool)
    paper = Paper.model_validate(ready[0].data["paper"])
    assert ready[0].aggregate == f"document:{paper.id}"
    got = await client.get(f"/api/v1/filings/{no}/documents/{paper.id}")
    assert got.content.startswith(b"%PDF-")
    assert got.headers["x-content-sha256"] == paper.content_sha256


async def test_the_public_verifies_a_paper_by_its_code(shared: Service):
    no = await reach(shared, "accepted")
    (row,) = await shared.execute(tables.paper.select().where(tables.paper.c.no == no))
    gateway = shared.client(system="gateway", scope="internal")
    got = await gateway.get(f"/internal/verifications/{row['code'].lower()}")
    assert (got.json()["number"], got.json()["title"]) == (row["number"], "受理通知书")
    assert (await gateway.get("/internal/verifications/NOTHING")).status_code == 404
    other = shared.client(officer="zg-park-chen")
    assert (await other.get(f"/internal/verifications/{row['code']}")).status_code == 403
