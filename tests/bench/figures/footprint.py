"""What `make run` weighs after its rehearsal, and how soon a later start opens the door."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from servicekit.settings import Settings
from shenguan.localpostgres import LocalPostgres
from tests.bench.machine import memory_mb
from tests.bench.rows import Mark, Row
from tests.bench.stand import ROOT, Stand, environment, free_port, reaped
from tests.support.system import HOST

WITHIN_S = 300.0
CALM_S = 5.0


async def measure(stand: Stand) -> list[Row]:
    """Weighed after the rehearsal, stopped, started again; quick, one start without rehearsal."""
    run_dir = stand.run_dir / "run"
    run_dir.mkdir()
    with reaped(run_dir):
        began = time.monotonic()
        with _started(stand, run_dir, demo=not stand.effort.quick) as (process, url):
            await _ready(url)
            opened = time.monotonic() - began
            if not stand.effort.quick:
                await _rehearsed(run_dir)
                await asyncio.sleep(CALM_S)
            server = LocalPostgres(run_dir).start()
            parts, database = memory_mb([process.pid]), memory_mb([server.pid])
        if not stand.effort.quick:
            began = time.monotonic()
            with _started(stand, run_dir, demo=False) as (_, url):
                await _ready(url)
                opened = time.monotonic() - began
    shown = f"Python {parts:.0f}, PostgreSQL {database:.0f}"
    return [
        Row("make run: memory of everything, PSS, MB", parts + database, None, _most(600), shown),
        Row("make run: a later start, s", opened, None, _most(10)),
    ]


def _most(limit: float) -> Mark:
    return Mark("at most", limit)


@contextmanager
def _started(
    stand: Stand, run_dir: Path, *, demo: bool
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`shenguan run`, told to leave at the end."""
    port = free_port()
    told = environment(Settings.model_validate({"run_dir": str(run_dir), "log_level": "WARNING"}))
    command = [sys.executable, "-m", "shenguan", "run", "--port", str(port)]
    with (run_dir / "run.out").open("ab") as out:
        process = subprocess.Popen(
            [*command, *([] if demo else ["--no-demo"])],
            cwd=ROOT,
            env=told,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    stand.leash.hold(process.pid)
    try:
        yield process, f"http://{HOST}:{port}/readyz"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        stand.leash.gone(process.pid)


async def _ready(url: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            try:
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{url} did not answer"
            await asyncio.sleep(0.05)


async def _rehearsed(run_dir: Path) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not (run_dir / "rehearsal.json").exists():
        assert time.monotonic() < deadline, "the rehearsal did not end"
        await asyncio.sleep(0.5)
