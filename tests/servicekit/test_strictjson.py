import pytest

BAD = {
    "no JSON": b"{",
    "not UTF-8": b'{"words": "\xff"}',
    "NaN": b'{"words": NaN}',
    "a duplicate key": b'{"words": "a", "words": "b"}',
    "NUL": b'{"words": "a\\u0000"}',
    "a lone surrogate": b'{"words": "\\ud800"}',
    "depth": b"[" * 40 + b"]" * 40,
    "more depth than the stack": b"[" * 4_000 + b"]" * 4_000,
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
async def test_json_that_readers_could_take_two_ways_is_refused(part, raw):
    async with part.client(part.issuer.system("ana", scope="")) as client:
        answer = await client.post(
            "/lines",
            content=raw,
            headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_wrong_fields_are_named_in_chinese(part):
    async with part.client(part.issuer.system("ana", scope="")) as client:
        answer = await client.post("/lines", json={"word": "a"}, headers={"Idempotency-Key": "k"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "invalid")
    assert {(one["field"], one["message"]) for one in body["errors"]} == {
        ("words", "缺少此项"),
        ("word", "不认识的字段"),
    }
    assert body["next_step"]
