"""What the repository promises of itself: locks with hashes and no address, targets with help."""

import re
import subprocess
from pathlib import Path

import pytest

from shenguan.lintmigrations import squawk
from shenguan.parts import PARTS

ROOT = Path(__file__).parents[2]
LOCKS = ("run.txt", "dev.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_carries_hashes_and_no_address(lock: str):
    text = (ROOT / "requirements" / lock).read_text()
    pinned = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
    assert len(pinned) > 20
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|index-url|@ file:", text)


def test_what_runs_is_what_was_tested():
    def pins(lock: str) -> set[str]:
        text = (ROOT / "requirements" / lock).read_text()
        return set(re.findall(r"^([A-Za-z0-9_.\[\]-]+==\S+)", text, re.MULTILINE))

    assert pins("run.txt") <= pins("dev.txt")


def test_make_alone_lists_the_targets():
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for target in ("setup", "run", "up", "check", "test", "topics", "clean"):
        assert f"make {target} " in shown.stdout


def test_ports_of_the_parts_do_not_meet():
    ports = [
        port for part in PARTS for port in (part.port, part.web_metrics_port, part.worker_port)
    ]
    assert len(ports) == len(set(ports))


def test_a_later_migration_that_would_lock_a_table_is_found(capsys: pytest.CaptureFixture[str]):
    sql = "BEGIN; CREATE INDEX ix ON filing (no); COMMIT;"
    assert not squawk("intake/0002.sql", sql, first=False)
    assert "require-concurrent-index-creation" in capsys.readouterr().out
    assert squawk("intake/0001.sql", sql, first=True)
