"""docs/reliability.md names every case of failure, and tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
CASES = 63
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
EXCUSED = re.compile(r"^Not (?:yet|ours)\b.*: \S")


def rows() -> dict[int, str]:
    return {int(number): covered for number, _, covered in ROW.findall(PAGE)}


@cache
def names_in(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, functions))


def test_every_case_stands_there_once():
    assert [int(number) for number, *_ in ROW.findall(PAGE)] == list(range(1, CASES + 1))


@pytest.mark.parametrize("case", range(1, CASES + 1))
def test_a_case_names_a_test_or_says_why_not(case):
    covered = rows()[case]
    assert EXCUSED.match(covered) or NAMED.match(covered), covered


def test_every_named_test_is_there():
    missing = [
        f"{path}::{name}" for path, name in NAMED.findall(PAGE) if name not in names_in(ROOT / path)
    ]
    assert missing == []


def test_a_test_that_went_is_found():
    assert "test_gone" not in names_in(Path(__file__))
    assert names_in(ROOT / "tests" / "nowhere.py") == frozenset()
