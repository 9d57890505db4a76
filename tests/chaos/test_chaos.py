"""The rehearsal of failure, short: it finds nothing, and it finds what a missing defence lets in.

Each run has a PostgreSQL and a Kafka of its own, which it kills; the long ones are `make chaos`.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from shenguan.localkafka import LocalKafka
from shenguan.localpostgres import LocalPostgres
from tests.support.kafka import JARS
from tests.support.leash import Leash
from tests.support.system import leash

SECONDS = 30
CONTROL_SECONDS = 12
WITHIN_S = 420


@pytest.fixture(scope="module")
def held():
    with leash() as made:
        yield made


@pytest.fixture
def run_dir(tmp_path: Path):
    """What a run that was cut short leaves behind goes with the test."""
    (tmp_path / "kafka-lib").symlink_to(JARS)
    where = tmp_path / "chaos"
    yield where
    if (where / "kafka").exists():
        LocalKafka(where, jars=JARS).remove()
    if (where / "postgres-id").exists() and LocalPostgres(where).home.exists():
        LocalPostgres(where).remove()


def rehearsed(run_dir: Path, held: Leash, *options: str) -> tuple[int, dict[str, int], str]:
    """Exit code, numbers by name, and everything said."""
    command = [sys.executable, "-m", "shenguan", "chaos", "--run-dir", str(run_dir), *options]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    held.hold(process.pid)
    try:
        said, _ = process.communicate(timeout=WITHIN_S)
    finally:
        process.kill()
        held.gone(process.pid)
    numbers = {name: int(value) for name, value in re.findall(r"^([a-z ]+): (\d+)$", said, re.M)}
    return process.returncode, numbers, said


@pytest.mark.parametrize("transport", ["postgres", "kafka"])
def test_everything_dies_and_nothing_is_lost(transport, run_dir, held):
    code, numbers, said = rehearsed(
        run_dir, held, "--seconds", str(SECONDS), "--seed", "7", "--transport", transport
    )
    assert code == 0, said
    wrong = [numbers[one] for one in ("lost", "doubled", "out of order", "stuck")]
    assert wrong == [0, 0, 0, 0], said
    assert numbers["kills"] >= SECONDS, said
    assert numbers["database crashes"] >= 1, said
    assert (numbers["broker crashes"] >= 1) is (transport == "kafka"), said
    assert numbers["decisions"] > 0, said
    assert numbers["feedback"] > 0, said


def test_without_the_inbox_effects_double(run_dir, held):
    code, numbers, said = rehearsed(run_dir, held, *_control("no-inbox"))
    assert code == 1, said
    assert numbers["doubled"] > 0, said


def test_an_unordered_reader_inverts(run_dir, held):
    code, numbers, said = rehearsed(run_dir, held, *_control("unordered-reader"))
    assert code == 1, said
    assert numbers["out of order"] > 0, said


def test_servers_of_others_are_refused(run_dir, held, monkeypatch):
    monkeypatch.setenv("SHENGUAN_POSTGRES_URL", "postgresql://somebody@db.example/")
    code, numbers, said = rehearsed(run_dir, held, "--seconds", "5", "--transport", "postgres")
    assert (code, numbers) == (1, {}), said
    assert "SHENGUAN_POSTGRES_URL" in said


def _control(name: str) -> tuple[str, ...]:
    seconds = ("--seconds", str(CONTROL_SECONDS), "--rate", "40")
    return (*seconds, "--seed", "7", "--transport", "postgres", "--control", name)
