"""Anyone may ask whether a paper exists; nobody learns anything by guessing."""

import time

import pytest

from gateway.verification import SAME_SPEED_S, normal
from tests.gateway.conftest import Opened

CODE = "7K3M9QX2T5V8N4HBC6RD"
PAPER = {"title": "准予行政许可决定书", "number": "章高新审〔2026〕12号"}


@pytest.mark.parametrize("part", ["approval", "intake"])
async def test_the_part_that_issued_it_answers(opened: Opened, part: str) -> None:
    opened.upstreams[part].papers[CODE] = PAPER
    answer = await opened.client.get(f"/api/v1/verifications/{CODE}")
    assert answer.status_code == 200
    assert answer.json() == PAPER


async def test_parts_are_asked_with_the_gateways_own_token(opened: Opened) -> None:
    await opened.client.get(f"/api/v1/verifications/{CODE}", headers=await opened.system())
    sent = dict(opened.upstreams["approval"].seen[-1]["headers"])[b"authorization"].decode()
    caller = await opened.edge.kit.verifier.caller(sent.removeprefix("Bearer "))
    assert caller.sub == "gateway"
    assert caller.scope == {"internal"}


async def test_it_may_be_typed_as_people_type(opened: Opened) -> None:
    opened.upstreams["approval"].papers[CODE] = PAPER
    answer = await opened.client.get("/api/v1/verifications/7k3m9-qx2t5-v8n4h-bc6rd")
    assert answer.status_code == 200


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert normal("oil-0") == "0110"


@pytest.mark.parametrize("code", ["Z" * 20, "short", "not-a-code!", "U" * 20])
async def test_unknown_and_malformed_answer_alike(opened: Opened, code: str) -> None:
    began = time.monotonic()
    answer = await opened.client.get(f"/api/v1/verifications/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert time.monotonic() - began >= SAME_SPEED_S


async def test_a_dead_part_is_not_a_no(opened: Opened) -> None:
    opened.upstreams["approval"].failing = 500
    answer = await opened.client.get(f"/api/v1/verifications/{CODE}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
