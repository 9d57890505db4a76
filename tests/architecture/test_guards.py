"""Each import contract is seen to fail, and covers every service there is."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway.routing import OWNERS
from servicekit.settings import DATABASES, SERVICES
from shenguan.parts import BY_NAME
from tests.architecture import cycles, tree
from tests.architecture.tree import ROOT

LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS: list[tuple[str, str, str]] = [
    ("picture", "contracts/planted.py", "import law.clock"),
    ("picture", "law/planted.py", "import contracts.shape"),
    ("picture", "servicekit/planted.py", "import services.intake"),
    ("picture", "services/intake/usecases/planted.py", "import gateway.routing"),
    ("picture", "gateway/planted.py", "import services.catalog"),
    ("picture", "console/planted.py", "import services.approval.domain.case"),
    ("picture", "eventlog/planted.py", "import servicekit.kit"),
    ("picture", "services/intake/usecases/planted.py", "import shenguan.parts"),
    ("services-apart", "services/intake/domain/planted.py", "import services.approval.domain.case"),
    ("services-apart", "services/planted/__init__.py", "import services.catalog"),
    ("rings", "services/intake/domain/planted.py", "import services.intake.usecases.checking"),
    ("rings", "services/approval/adapters/planted.py", "import services.approval.usecases.timing"),
    ("rings", "services/catalog/usecases/planted.py", "import services.catalog.entrypoints.web"),
    ("rings", "services/supervision/planted.py", "FILED_NOWHERE = True"),
    ("domain-pure", "services/intake/domain/planted.py", "import pydantic"),
    ("domain-pure", "services/approval/domain/planted.py", "import contracts.shape"),
    ("law-pure", "law/planted.py", "import httpx"),
    ("contracts-plain", "contracts/planted.py", "import sqlalchemy"),
    ("eventlog-plain", "eventlog/planted.py", "import fastapi"),
    ("kafka-in-one-place", "services/intake/adapters/planted.py", "import aiokafka"),
    ("kafka-in-one-place", "servicekit/planted.py", "import aiokafka"),
    ("http-at-the-edge", "services/intake/usecases/planted.py", "import fastapi"),
    ("no-cycles", "law/planted.py", "import law.planted_back"),
]
"""Contract, file, and the one import that breaks it."""

COMPANIONS = {"import law.planted_back": ("law/planted_back.py", "import law.planted")}
"""A cycle needs two."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our packages and their contracts, to be broken."""
    target = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", target)
    for package in tree.packages():
        shutil.copytree(
            ROOT / package,
            target / package,
            ignore=lambda folder, names: [
                name
                for name in names
                if not name.endswith(".py") and not (Path(folder) / name).is_dir()
            ],
        )
    return target


def test_every_contract_has_a_violation_here():
    named = {contract["id"] for contract in tree.configuration()["contracts"]}
    assert named == {contract for contract, _, _ in VIOLATIONS}


def test_the_copy_unbroken_keeps_every_contract(copy: Path):
    code, said = lint(copy)
    assert code == 0, said


@pytest.mark.parametrize(
    ("contract", "file", "line"), VIOLATIONS, ids=[f"{c}:{f}" for c, f, _ in VIOLATIONS]
)
def test_a_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str):
    with planted(copy, {file: line, **dict([COMPANIONS[line]] if line in COMPANIONS else [])}):
        code, said = lint(copy, contract)
    assert code == 1, said
    assert f"{name_of(contract)} BROKEN" in re.sub(r"\s+", " ", said)
    assert "planted" in said


def test_every_contract_that_names_services_names_them_all():
    assert missed(tree.configuration()["contracts"], tree.services()) == []


def test_a_contract_that_forgets_a_service_is_found():
    forgetful = [{"id": "rings", "containers": ["services.catalog", "services.intake"]}]
    assert missed(forgetful, ["catalog", "intake", "renewal"]) == ["rings forgets renewal"]


def test_lists_of_services_elsewhere_are_complete():
    there = set(tree.services())
    assert set(SERVICES) == there
    assert there <= set(DATABASES)
    assert set(BY_NAME) == there | {"gateway", "console"}
    assert set(OWNERS.values()) == there | {"gateway"}


def test_no_folder_of_code_hides_from_the_linter():
    """Without `__init__.py` a folder is no package, and its imports go unseen."""
    hidden = {
        path.parent.relative_to(ROOT).as_posix()
        for package in tree.packages()
        for path in (ROOT / package).rglob("*.py")
        if not (path.parent / "__init__.py").exists() and path.parent.name != "versions"
    }
    assert hidden == set()


@pytest.fixture(scope="module")
def edges() -> set[cycles.Edge]:
    return cycles.edges(tree.packages())


def test_no_cycle_among_top_level_packages(edges: set[cycles.Edge]):
    assert cycles.cycle(cycles.by_head(edges)) is None


@pytest.mark.parametrize(
    "package",
    [
        *(f"services.{one}" for one in tree.services()),
        *(one for one in tree.packages() if one != "services"),
    ],
)
def test_no_cycle_among_the_modules_of_a_package(edges: set[cycles.Edge], package: str):
    import_module(package)
    assert cycles.cycle(cycles.among(edges, package)) is None


def test_a_planted_cycle_is_found(edges: set[cycles.Edge]):
    back = ("law.breach", "law.seats")
    assert ("law.seats", "law.breach") in edges
    found = cycles.cycle(cycles.among({*edges, back}, "law"))
    assert found is not None
    assert set(back) <= set(found)
    heads = cycles.by_head({*edges, ("law.breach", "servicekit.clock")})
    assert cycles.cycle(heads) is not None


def missed(contracts: list[dict[str, Any]], services: list[str]) -> list[str]:
    """Contracts that speak of some services and not of all."""
    found = []
    for contract in contracts:
        for field in ("containers", "modules", "source_modules"):
            named = [one for one in contract.get(field, []) if one.startswith("services.")]
            heads = [one.split(".")[1] for one in named]
            if not named:
                continue
            found += [
                f"{contract['id']} forgets {service}"
                for service in services
                if not any(fnmatch(service, head) for head in heads)
            ]
    return found


def name_of(contract: str) -> str:
    names = {one["id"]: one["name"] for one in tree.configuration()["contracts"]}
    name: str = names[contract]
    return name


def lint(folder: Path, contract: str | None = None) -> tuple[int, str]:
    chosen = ["--contract", contract] if contract else []
    done = subprocess.run(
        [LINT, "--no-logo", *chosen],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={"COLUMNS": "300", "NO_COLOR": "1", "PYTHONPATH": str(folder)},
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def planted(folder: Path, files: dict[str, str]) -> Iterator[None]:
    paths = [folder / name for name in files]
    before = {path.parent for path in paths if path.parent.exists()}
    for path, line in zip(paths, files.values(), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{line}\n", encoding="utf-8")
    try:
        yield
    finally:
        for path in paths:
            path.unlink()
            if path.parent not in before:
                shutil.rmtree(path.parent)
