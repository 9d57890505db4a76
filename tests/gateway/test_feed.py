"""The catch-up feed and the stream over it: nothing lost, a silent part named."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway import feed, stream
from gateway.feed import Cursor
from gateway.services import Services
from gateway.stream import Streams
from servicekit.problems import Problem
from servicekit.tokens import Caller
from tests.gateway.conftest import Opened
from tests.gateway.happenings import happened

ALL = [f"intake.received.v1-{n}-1" for n in range(10)] + [
    f"approval.opened.v1-{n}-1" for n in range(5)
]


def tell(opened: Opened) -> None:
    """Ten of intake, five of approval, whose positions have gaps."""
    for n in range(10):
        opened.upstreams["intake"].events.append((n * 3 + 1, happened("intake.received.v1", n)))
    for n in range(5):
        opened.upstreams["approval"].events.append((n + 1, happened("approval.opened.v1", n)))


async def read_all(opened: Opened, limit: int) -> list[str]:
    headers, after, seen = await opened.system(), None, []
    for _ in range(50):
        query = {"limit": limit} | ({"after": after} if after else {})
        answer = await opened.client.get("/api/v1/events", params=query, headers=headers)
        body = answer.json()
        assert len(body["events"]) <= limit
        seen += [event["id"] for event in body["events"]]
        after = body["next"]
        if not body["more"]:
            return seen
    raise AssertionError("the feed never came to its end")


@pytest.mark.parametrize("limit", [4, 7, 12, 100])
async def test_pages_of_any_size_lose_and_double_nothing(opened: Opened, limit: int) -> None:
    tell(opened)
    assert sorted(await read_all(opened, limit)) == sorted(ALL)


async def test_a_page_is_in_order_of_time(opened: Opened) -> None:
    tell(opened)
    body = (await opened.client.get("/api/v1/events", headers=await opened.system())).json()
    times = [event["time"] for event in body["events"]]
    assert times == sorted(times)
    assert body["incomplete"] == []


async def test_the_callers_own_token_is_shown_to_every_part(opened: Opened) -> None:
    headers = await opened.system()
    await opened.client.get("/api/v1/events", headers=headers)
    for name in ("catalog", "intake", "approval", "supervision"):
        sent = dict(opened.upstreams[name].seen[-1]["headers"])
        assert sent[b"authorization"].decode() == headers["Authorization"]


async def test_a_part_that_fails_keeps_its_position(opened: Opened) -> None:
    tell(opened)
    headers = await opened.system()
    opened.upstreams["approval"].failing = 503
    first = (await opened.client.get("/api/v1/events", headers=headers)).json()
    assert first["incomplete"] == ["approval"]
    assert {event["type"] for event in first["events"]} == {"intake.received.v1"}
    opened.upstreams["approval"].failing = 0
    second = (
        await opened.client.get("/api/v1/events", params={"after": first["next"]}, headers=headers)
    ).json()
    assert [event["type"] for event in second["events"]] == ["approval.opened.v1"] * 5


async def test_from_now_on_shows_only_what_is_new(opened: Opened) -> None:
    tell(opened)
    headers = await opened.system()
    now = (await opened.client.get("/api/v1/events?after=now", headers=headers)).json()
    assert now["events"] == []
    opened.upstreams["approval"].events.append((9, happened("approval.decided.v1", 30)))
    later = (
        await opened.client.get("/api/v1/events", params={"after": now["next"]}, headers=headers)
    ).json()
    assert [event["type"] for event in later["events"]] == ["approval.decided.v1"]


@pytest.mark.parametrize(
    "text", ["x", "WzFd", "WzIsMSwxLDEsMV0", "WzEsIjEiLDEsMSwxXQ", "WzEsLTIsMSwxLDFd"]
)
async def test_a_cursor_nobody_gave_is_refused(opened: Opened, text: str) -> None:
    answer = await opened.client.get(
        "/api/v1/events", params={"after": text}, headers=await opened.system()
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_cursor_reads_back() -> None:
    cursor = Cursor({"catalog": 1, "intake": 0, "approval": feed.NOW, "supervision": 2**40})
    assert Cursor.read(str(cursor)) == cursor


async def test_the_feed_wants_a_token(opened: Opened) -> None:
    assert (await opened.client.get("/api/v1/events")).status_code == 401
    assert (await opened.client.get("/api/v1/events/stream")).status_code == 401


class Listening:
    """A stream being read, without the web around it."""

    def __init__(self, opened: Opened, *, heartbeat_s: float = 15) -> None:
        self.stopping = asyncio.Event()
        self.caller = Caller(sub="ywtb", name="t", kind="system", token="t")
        services = Services(opened.settings, opened.upstreams)
        self.streams = Streams(services, self.stopping, heartbeat_s=heartbeat_s)

    def run(self, cursor: Cursor) -> AsyncIterator[bytes]:
        return self.streams.run(self.caller, cursor)


def parsed(block: bytes) -> list[dict[str, str]]:
    return [
        dict(line.split(": ", 1) for line in one.splitlines())
        for one in block.decode().split("\n\n")
        if one
    ]


async def events_of(blocks: AsyncIterator[bytes], wanted: int) -> tuple[list[Any], str]:
    """That many events and the last id, then hangs up."""
    seen, last = [], ""
    async for block in blocks:
        for one in parsed(block):
            if "data" in one:
                seen.append(json.loads(one["data"]))
            last = one.get("id", last)
        if len(seen) >= wanted:
            break
    return seen, last


async def test_a_broken_stream_resumes_where_it_was(opened: Opened) -> None:
    tell(opened)
    listening = Listening(opened)
    first, cursor = await events_of(listening.run(Cursor.start()), 15)
    assert sorted(event["id"] for event in first) == sorted(ALL)
    opened.upstreams["supervision"].events.append((1, happened("supervision.pushed.v1", 40)))
    then, _ = await events_of(listening.run(Cursor.read(cursor)), 1)
    assert [event["type"] for event in then] == ["supervision.pushed.v1"]


async def test_last_event_id_resumes_over_http_and_the_server_may_end_it(opened: Opened) -> None:
    tell(opened)
    headers = await opened.system()
    start = str(Cursor({"catalog": 0, "intake": 27, "approval": 5, "supervision": 0}))
    opened.edge.own.state.stopping.set()
    answer = await opened.client.get(
        "/api/v1/events/stream", headers={**headers, "Last-Event-ID": start}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("retry: ")
    assert answer.text.endswith(": end\n\n")


async def test_stopping_ends_every_stream_soon(opened: Opened) -> None:
    listening = Listening(opened)
    blocks = listening.run(Cursor.start())
    assert (await anext(blocks)).startswith(b"retry")
    reading = asyncio.ensure_future(anext(blocks))
    listening.stopping.set()
    assert await asyncio.wait_for(reading, 3) == b": end\n\n"


async def test_a_quiet_stream_beats_and_moves_the_cursor(
    opened: Opened,
) -> None:
    opened.upstreams["catalog"].events.append((7, happened("catalog.item.v1", 1)))
    blocks = Listening(opened, heartbeat_s=0).run(Cursor.now())
    await anext(blocks)
    beat = (await anext(blocks)).decode()
    assert beat.endswith(": heartbeat\n\n")
    cursor = Cursor.read(beat.splitlines()[0].removeprefix("id: "))
    assert cursor.positions["catalog"] == 7


async def test_an_expired_token_ends_the_stream(opened: Opened) -> None:
    for upstream in opened.upstreams.values():
        upstream.failing = 401
    blocks = [block async for block in Listening(opened).run(Cursor.start())]
    assert blocks[-1] == b": token expired\n\n"


async def test_one_caller_has_five_streams_at_most(opened: Opened) -> None:
    listening = Listening(opened)
    running = [listening.run(Cursor.start()) for _ in range(stream.PER_CALLER)]
    for one in running:
        await anext(one)
    with pytest.raises(Problem):
        listening.streams.check_place(listening.caller)
    for one in running:
        await one.aclose()  # type: ignore[attr-defined]
    listening.streams.check_place(listening.caller)
