"""The launcher, as processes use it: what runs is adopted, what is dead is cleared."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from shenguan.localpostgres import SYSTEM_USER, LocalPostgres

START = """
import dataclasses, json, pathlib, sys
from shenguan.localpostgres import LocalPostgres
server = LocalPostgres(pathlib.Path(sys.argv[1]), durable=False).start()
print(json.dumps(dataclasses.asdict(server), default=str))
"""


def start_in_a_process(run_dir: Path) -> dict:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START, str(run_dir)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.fixture
def run_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "run"
    LocalPostgres(tmp_path / "run").remove()


async def answers(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


async def test_a_second_process_adopts_the_server_the_first_left_running(run_dir: Path):
    first = start_in_a_process(run_dir)
    second = start_in_a_process(run_dir)
    assert (first["adopted"], second["adopted"]) == (False, True)
    assert first["pid"] == second["pid"]
    assert await answers(second["url"])


async def test_a_killed_server_leaves_nothing_that_stops_the_next_start(run_dir: Path):
    first = start_in_a_process(run_dir)
    postmaster = psutil.Process(first["pid"])
    family = [postmaster, *postmaster.children(recursive=True)]
    os.kill(first["pid"], signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)
    second = start_in_a_process(run_dir)
    assert not second["adopted"]
    assert await answers(second["url"])


async def test_a_pid_that_is_somebody_elses_by_now_is_cleared(run_dir: Path):
    local = LocalPostgres(run_dir, durable=False)
    local.start()
    left_behind = (local.data / "postmaster.pid").read_text().splitlines()
    local.stop()
    stranger = await asyncio.create_subprocess_exec(
        "cat",
        stdin=asyncio.subprocess.PIPE,
        user=SYSTEM_USER if os.geteuid() == 0 else None,
    )
    lines = [str(stranger.pid), *left_behind[1:]]
    (local.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    server = local.start()
    assert not server.adopted
    assert server.pid != stranger.pid
    assert await answers(server.url)
    await stranger.communicate(b"")
    assert stranger.returncode == 0


async def test_what_was_stored_and_the_passwords_outlive_a_restart(run_dir: Path):
    local = LocalPostgres(run_dir)
    local.start()
    before = await local.ensure_database("intake")
    connection = await asyncpg.connect(_plain(before.owner))
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS row")
    await connection.close()
    local.stop()
    local.start()
    after = await local.ensure_database("intake")
    connection = await asyncpg.connect(_plain(after.owner))
    assert await connection.fetchval("SELECT row FROM kept") == 1
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.close()


async def test_the_app_role_neither_makes_tables_nor_enters_another_service(run_dir: Path):
    local = LocalPostgres(run_dir, durable=False)
    local.start()
    intake = await local.ensure_database("intake")
    approval = await local.ensure_database("approval")
    connection = await asyncpg.connect(_plain(intake.app))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine (id int)")
    await connection.close()
    elsewhere = _plain(intake.app).rpartition("/")[0] + "/shenguan_approval"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(elsewhere)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(_plain(approval.app).replace("shenguan_approval:", "postgres:"))


def test_passwords_are_for_their_owner_alone_and_stay_out_of_the_run_folder_for_root(run_dir: Path):
    local = LocalPostgres(run_dir, durable=False)
    server = local.start()
    kept = server.home / "passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(local.data.stat().st_mode) == 0o700
    assert server.home.is_relative_to(run_dir) != (os.geteuid() == 0)
    assert len(str(server.socket_dir)) < 90


def test_a_long_run_folder_still_gets_a_socket_that_fits(tmp_path: Path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    local = LocalPostgres(deep, durable=False)
    server = local.start()
    try:
        assert (server.socket_dir / f".s.PGSQL.{server.port}").exists()
    finally:
        local.remove()
    assert not server.socket_dir.exists()


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")
