"""Between processes and within one: streams stream, nothing is tried twice, a dead part is said."""

import asyncio
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.forwarding import OverHttp
from gateway.issuer.signing import Signer
from gateway.kit import open_gateway
from servicekit.settings import SERVICES, Settings
from tests.gateway.conftest import bearer, started
from tests.gateway.upstream import Upstream
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(app: str, port: int, *options: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log", *options],
        cwd=ROOT,
        env={**os.environ, **env},
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


async def answers(client: httpx.AsyncClient, path: str) -> int:
    """The status; 0 while nothing listens there."""
    try:
        return (await client.get(path)).status_code
    except httpx.TransportError:
        return 0


class Pair:
    """A gateway process and the part behind it, both real uvicorn on loopback."""

    def __init__(self, part: subprocess.Popen[bytes], client: httpx.AsyncClient) -> None:
        self.part = part
        self.client = client

    async def seen(self) -> list[str]:
        return (await self.client.get("/api/v1/materials/seen")).text.split(",")


@pytest.fixture
async def pair(settings_of: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Pair]:
    port, behind = free_port(), free_port()
    settings = await settings_of(public_url=f"http://127.0.0.1:{port}")
    env = {
        "SHENGUAN_GATEWAY_POSTGRES_URL": str(settings.gateway_postgres_url),
        "SHENGUAN_KEYS_FILE": str(settings.keys_file),
        "SHENGUAN_RUN_DIR": settings.run_dir,
        "SHENGUAN_PUBLIC_URL": settings.public_url,
        "SHENGUAN_INTAKE_URL": f"http://127.0.0.1:{behind}",
    }
    with (
        process("tests.gateway.slow_part:app", behind) as part,
        process("tests.gateway.edge_process:app", port, "--factory", **env),
    ):
        async with httpx.AsyncClient(
            base_url=settings.public_url, timeout=10, trust_env=False
        ) as client:
            await eventually(lambda: answers(client, "/livez"), lambda status: status == 200)
            client.headers.update(await as_ywtb(settings))
            await eventually(
                lambda: answers(client, "/api/v1/materials/seen"), lambda status: status == 200
            )
            yield Pair(part, client)


async def as_ywtb(settings: Settings) -> dict[str, str]:
    opened = open_gateway(settings)
    assert opened.signing is not None
    token = await Signer(settings, opened.signing).system(sub="ywtb", name="t", scope=[])
    await opened.kit.close()
    return bearer(token)


async def test_between_processes_everything_streams(pair: Pair) -> None:
    await _an_upload_arrives_bit_by_bit(pair)
    await _a_download_arrives_bit_by_bit_and_ends_with_its_reader(pair)
    await _paths_and_queries_arrive_as_sent(pair)
    await _a_dead_part_is_said(pair)


async def _an_upload_arrives_bit_by_bit(pair: Pair) -> None:
    second = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        await second.wait()
        yield b"two"

    upload = asyncio.create_task(pair.client.post("/api/v1/materials/upload", content=body()))

    await eventually(pair.seen, lambda seen: seen == ["one"])
    assert not upload.done()
    second.set()
    assert (await upload).text == "received"
    assert await pair.seen() == ["one", "two"]


async def _a_download_arrives_bit_by_bit_and_ends_with_its_reader(pair: Pair) -> None:
    async with pair.client.stream("GET", "/api/v1/materials/stream") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["set-cookie"] == "a=1"
        assert answer.headers.get_list("server") == ["uvicorn"]
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: first"
        await pair.client.post("/api/v1/materials/go")
        assert [await anext(lines), await anext(lines)] == ["", "data: second"]

    await eventually(pair.seen, lambda seen: "client-left" in seen)


async def _paths_and_queries_arrive_as_sent(pair: Pair) -> None:
    assert (await pair.client.get("/api/v1/materials/%E6%9D%90%E6%96%99?x=1")).text.endswith("材料")


async def _a_dead_part_is_said(pair: Pair) -> None:
    pair.part.kill()
    pair.part.wait()
    for method in ("GET", "POST"):
        answer = await pair.client.request(method, "/api/v1/materials/seen", json={})
        assert answer.status_code == 503
        assert answer.json()["code"] == "unavailable"
        assert answer.headers["retry-after"] == "1"
    ready = (await pair.client.get("/readyz")).json()
    assert ready["ready"] is False
    assert ready["parts"]["intake"]["ok"] is False
    assert ready["parts"]["transport"] == "postgres"


async def through(upstream: OverHttp, method: str) -> httpx.Response:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await upstream(scope, receive, send)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://edge"
    ) as client:
        return await client.request(method, "/api/v1/filings", json={"a": 1})


@pytest.mark.parametrize(("method", "code"), [("POST", "unknown-outcome"), ("GET", "unavailable")])
async def test_a_part_that_hangs_up_is_asked_once(method: str, code: str) -> None:
    """Only the caller knows whether its key makes a second try safe."""
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b'{"a":1}'))
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream = OverHttp(f"http://127.0.0.1:{port}")
    answer = await through(upstream, method)
    await upstream.close()
    server.close()
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert len(asked) == 1


async def test_neither_fastapi_nor_pydantic_stands_in_the_way(
    settings_of: Callable[..., Awaitable[Settings]],
) -> None:
    stack: list[str] = []

    async def part(scope: Scope, receive: Receive, send: Send) -> None:
        stack.extend(frame.filename for frame in traceback.extract_stack())
        await Upstream("intake")(scope, receive, send)

    apps = {name: Upstream(name) for name in (*SERVICES, "console")} | {"intake": part}
    async with started(await settings_of(), apps, {}) as opened:
        answer = await opened.client.get("/api/v1/filings", headers=await opened.system())
    assert answer.status_code == 200
    assert any("gateway/edge.py" in name for name in stack)
    assert not [name for name in stack if "fastapi" in name or "pydantic" in name]


async def test_within_a_process_streams_are_handed_through(
    settings_of: Callable[..., Awaitable[Settings]],
) -> None:
    """The part's own receive and send: what it sends is seen before it has ended."""
    sent: list[bytes] = []
    first_seen = asyncio.Event()

    async def part(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await first_seen.wait()
        await send({"type": "http.response.body", "body": b"second"})

    async def send(message: Any) -> None:
        if message.get("body"):
            sent.append(message["body"])
            first_seen.set()

    async def receive() -> Any:
        return {"type": "http.request"}

    apps = {name: Upstream(name) for name in SERVICES} | {"console": part}
    async with started(await settings_of(), apps, {}) as opened:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/board",
            "raw_path": b"/board",
            "query_string": b"",
            "scheme": "http",
            "headers": [],
            "client": ("203.0.113.9", 1),
        }
        await opened.edge(scope, receive, send)
    assert sent == [b"first", b"second"]
