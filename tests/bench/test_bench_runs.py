"""Every figure runs and writes its rows. What they say of a busy machine in a second is nothing."""

import json
import os
import subprocess
import sys

import pytest

from tests.bench.figures import FIGURES
from tests.bench.rows import Mark, Row
from tests.bench.stand import ROOT, NotOurs, refuse_addresses

FIELDS = {"figure", "value", "floor", "ratio", "mark", "held"}
WRITTEN = (
    "decide and seal, one call: 1/s",
    "decide, then seal, two calls: p99 ms",
    "commit → push visible, 20/s: p99 ms",
    "full loop over HTTP, 20/s: p99 ms",
    "full loops: 1/s sustained",
    "relay with archive: events/s",
    "relay: inversions within a case",
    "claim, 2,000 cases against 500: p50 ms",
    "make run: memory of everything, PSS, MB",
    "make run: a later start, s",
    "through the gateway, decide and seal: 1/s",
    "consumer, half redelivered: events/s",
    "file a project: 1/s",
    "feed: events/s",
    "competence in process: µs a question",
)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """By figure, of one quick run."""
    out = tmp_path_factory.mktemp("bench") / "bench.json"
    process = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("SHENGUAN_")},
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return {row["figure"]: row for row in json.loads(out.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("figure", WRITTEN)
def test_a_figure_runs_and_writes_its_row(rows: dict[str, dict[str, object]], figure: str):
    assert rows[figure].keys() >= FIELDS
    assert isinstance(rows[figure]["value"], float)


def test_the_relay_keeps_the_order_of_a_case(rows: dict[str, dict[str, object]]):
    row = rows["relay: inversions within a case"]
    assert (row["value"], row["held"]) == (0.0, True)


def test_every_figure_of_the_table_has_a_name_to_ask_for():
    assert set(FIGURES) == {"deciding", "loop", "relay", "growing", "footprint", "beside"}


@pytest.mark.parametrize(
    "name",
    [
        "SHENGUAN_POSTGRES_URL",
        "SHENGUAN_APPROVAL_POSTGRES_URL",
        "SHENGUAN_KAFKA_BOOTSTRAP_SERVERS",
        "SHENGUAN_TEST_POSTGRES_URL",
        "SHENGUAN_OIDC_ISSUER",
    ],
)
def test_an_address_that_is_given_is_refused(name: str):
    with pytest.raises(NotOurs, match=name):
        refuse_addresses({name: "somewhere", "PATH": "/bin"})


def test_other_settings_are_no_addresses():
    refuse_addresses({"SHENGUAN_LOG_LEVEL": "INFO", "PATH": "/bin"})


def test_a_mark_is_held_by_value_or_by_ratio():
    assert Row("a", 50.0, 100.0, Mark("at least", 0.4, "ratio")).held
    assert not Row("a", 30.0, 100.0, Mark("at least", 0.4, "ratio")).held
    assert Row("a", 20.0, None, Mark("at most", 20.0)).held
    assert not Row("a", 20.1, None, Mark("at most", 20.0)).held
    assert Row("a", 1.0).held is None
