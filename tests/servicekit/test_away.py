"""The database goes away, and loops that run elsewhere: what a process says of its health."""

import asyncio

import httpx
from fastapi import FastAPI

from servicekit import working
from servicekit.app import Metrics, add_health


async def test_a_read_while_the_database_is_away_is_503_and_not_500(part, postgres_server):
    async def read() -> str:
        async with part.kit.reading() as connection:
            await connection.exec_driver_sql("SELECT 1")
        return "read"

    part.app.add_api_route("/read", read)
    async with part.client() as client:
        assert (await client.get("/read")).status_code == 200
        async with postgres_server.superuser() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = $1 AND pid <> pg_backend_pid()",
                part.kit.engine.url.database,
            )
        answer = await client.get("/read")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "Retry-After" in answer.headers
        assert (await client.get("/read")).status_code == 200


async def test_a_loop_that_runs_elsewhere_is_not_asked_for_its_health(part):
    turned = asyncio.Event()

    async def turn(_: object) -> int:
        turned.set()
        return 0

    url = part.kit.settings.database_url(part.kit.name)
    part.kit.settings = part.kit.settings.model_copy(update={"log_postgres_url": url})
    working.relay(part.kit)
    here = working.timer(part.kit, "here", 60, turn)
    working.timer(part.kit, "elsewhere", 60, turn)
    running = asyncio.ensure_future(here())
    await turned.wait()
    health = FastAPI()
    add_health(health, part.kit, Metrics("part"))
    transport = httpx.ASGITransport(health)
    async with httpx.AsyncClient(transport=transport, base_url="http://part") as client:
        ready = await client.get("/readyz")
    running.cancel()
    assert (ready.status_code, set(part.kit.turns)) == (200, {"here"})
    assert "relay" not in ready.json()["parts"]
