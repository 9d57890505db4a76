import asyncio

import pytest

from servicekit.problems import MEDIA_TYPE


@pytest.fixture
async def ana(part):
    async with part.client(part.issuer.system("ana", scope="filings:write")) as client:
        yield client


async def say(client, words, *, key, how="well"):
    return await client.post(
        "/lines", json={"words": words, "how": how}, headers={"Idempotency-Key": key}
    )


async def test_a_write_without_a_key_is_refused(part, ana):
    answer = await ana.post("/lines", json={"words": "a"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert await part.lines() == []


async def test_the_same_request_again_gets_the_stored_answer(part, ana):
    first = await say(ana, "a", key="k")
    again = await say(ana, "a", key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await part.lines() == ["a"]


async def test_the_same_key_with_another_body_is_refused(part, ana):
    await say(ana, "a", key="k")
    answer = await say(ana, "b", key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert await part.lines() == ["a"]


async def test_a_key_belongs_to_its_caller(part, ana):
    await say(ana, "a", key="k")
    async with part.client(part.issuer.system("ben", scope="")) as ben:
        answer = await say(ben, "b", key="k")
    assert answer.json() == {"words": "b"}
    assert await part.lines() == ["a", "b"]


async def test_twins_at_once_execute_once(part, ana):
    answers = await asyncio.gather(*(say(ana, "a", key="k", how="slowly") for _ in range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 5
    assert await part.lines() == ["a"]


async def test_a_problem_rolls_back_and_frees_the_key(part, ana):
    answer = await say(ana, "a", key="k", how="badly")
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["well"])
    assert await part.lines() == []
    assert (await say(ana, "a", key="k")).status_code == 201


async def test_a_refusal_that_counts_is_kept_with_its_key(part, ana):
    answer = await say(ana, "a", key="k", how="refused")
    again = await say(ana, "a", key="k", how="refused")
    assert (answer.status_code, again.status_code) == (422, 422)
    assert again.headers["content-type"] == MEDIA_TYPE
    assert again.json() == answer.json()
    assert await part.lines() == ["a"]


async def test_a_failing_commit_is_never_a_success(part, ana):
    answer = await say(ana, "a", key="k", how="bomb")
    assert answer.status_code >= 500
    assert await part.lines() == []
    assert await part.rows("SELECT 1 FROM request_key") == []


async def test_refused_acts_are_audited_by_themselves(part, ana):
    await say(ana, "a", key="k", how="badly")
    rows = await part.rows("SELECT actor, action, outcome FROM audit")
    assert [dict(row) for row in rows] == [
        {"actor": "ana", "action": "POST /lines", "outcome": "not-allowed-now"}
    ]


async def test_the_runtime_role_cannot_change_the_audit(part, ana):
    await say(ana, "a", key="k", how="badly")
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "DELETE FROM event"):
        with pytest.raises(Exception, match="permission denied"):
            await part.rows(statement)


async def test_a_body_over_the_limit_is_refused(part, ana):
    answer = await say(ana, "a" * 20_000, key="k")
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_an_unforeseen_error_tells_its_id_and_nothing_else(part, ana):
    answer = await ana.get("/fails")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (500, "internal")
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert "ZeroDivision" not in answer.text
