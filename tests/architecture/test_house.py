"""The house rules, and each rule's guard seen to fail on a sample that breaks it."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from law.breach import Breach
from servicekit.problems import REGISTRY
from tests.architecture import breaches, house, tree, written
from tests.architecture.tree import Module

Guard = Callable[[Module], Iterator[str]]

OF_THE_PRODUCT: dict[Guard, Module] = {
    house.status_assigned: Module(
        "services/intake/usecases/sample.py", "def act(filing):\n    filing.status = 'accepted'\n"
    ),
    house.transaction_ended: Module(
        "services/intake/usecases/sample.py", "async def act(c):\n    await c.commit()\n"
    ),
    house.kafka_imported: Module("servicekit/sample.py", "from aiokafka import errors\n"),
    house.unknown_problems: Module(
        "services/intake/usecases/sample.py", "def act():\n    raise Problem('not-yours', '')\n"
    ),
}
OF_EVERYTHING: dict[Guard, Module] = {
    house.mocks: Module("tests/sample.py", "from unittest import mock\n"),
    house.nameless: Module("servicekit/utils.py", ""),
    house.too_long: Module("law/sample.py", "X = 1\n" * (house.MOST_LINES + 1)),
    house.echoing_docstrings: Module(
        "law/sample.py", 'def open_case():\n    """Opens the case."""\n'
    ),
}
MORE_SAMPLES: list[tuple[Guard, Module]] = [
    (house.status_assigned, Module("gateway/sample.py", "def act(x):\n    x.a, x.status = 1, 2\n")),
    (house.transaction_ended, Module("console/sample.py", "async def f(e):\n    e.begin()\n")),
    (house.mocks, Module("tests/sample.py", "def test(m):\n    m.setattr('law.clock.now', 1)\n")),
    (house.nameless, Module("services/intake/common/filing.py", "")),
    (
        house.echoing_docstrings,
        Module("law/sample.py", 'class Seats:\n    """Gets a seat."""\n'),
    ),
    (
        house.unknown_problems,
        Module("law/sample.py", "def act(x):\n    raise p.Problem('gone' if x else 'invalid', '')"),
    ),
]

DEALT_WITH = {
    ("catalog", "EmptySeat"): "a fault of the list's section: services/catalog/domain/grants.py",
    ("intake", "NotAResidentNumber"): "a fault of its field: services/intake/usecases/form.py",
}
"""Breaches a service meets through a call the reading cannot follow, and answers otherwise."""


@pytest.mark.parametrize("guard", OF_THE_PRODUCT, ids=lambda guard: guard.__name__)
def test_the_product_keeps_the_rule(guard: Guard):
    assert [found for module in tree.product() for found in guard(module)] == []


@pytest.mark.parametrize("guard", OF_EVERYTHING, ids=lambda guard: guard.__name__)
def test_product_and_tests_keep_the_rule(guard: Guard):
    assert [found for module in tree.everything() for found in guard(module)] == []


@pytest.mark.parametrize(
    ("guard", "sample"),
    [*OF_THE_PRODUCT.items(), *OF_EVERYTHING.items(), *MORE_SAMPLES],
    ids=lambda one: getattr(one, "__name__", one.__class__.__name__),
)
def test_a_sample_that_breaks_the_rule_is_found(guard: Guard, sample: Module):
    assert list(guard(sample))


def test_what_is_allowed_is_not_found():
    """The guards are not merely loud."""
    in_domain = Module("services/intake/domain/sample.py", "def act(x):\n    x.status = 1\n")
    in_error = Module(
        "services/intake/usecases/sample.py",
        "class Broken(Exception):\n    def __init__(self, x):\n        self.status = x\n",
    )
    assert not list(house.status_assigned(in_domain))
    assert not list(house.status_assigned(in_error))
    says = Module("law/sample.py", 'def open_case():\n    """Raises SeatTaken."""\n')
    assert not list(house.echoing_docstrings(says))
    documented = Module("law/sample.py", '"""' + "a line\n" * 500 + '"""\n')
    assert not list(house.too_long(documented))


def test_every_place_that_may_commit_is_there():
    assert [one for one in house.MAY_COMMIT if not (tree.ROOT / one).exists()] == []


@pytest.mark.parametrize("service", tree.services())
def test_every_breach_a_service_meets_has_its_problem(service: str):
    excused = {name for one, name in DEALT_WITH if one == service}
    met = {one for one in breaches.met(service) if one.__name__ not in excused}
    assert met - set(table(service)) == set()


def test_no_excuse_is_out_of_date():
    names = {service: {one.__name__ for one in breaches.met(service)} for service, _ in DEALT_WITH}
    assert [(service, name) for service, name in DEALT_WITH if name not in names[service]] == []


def test_a_breach_without_its_problem_is_found():
    home = "services/supervision/usecases/claim.py"
    sample = Module(home, "from law import seats\n\n\ndef act():\n    seats.require_seat()\n")
    names = import_module("services.supervision.usecases.claim")
    assert not hasattr(names, "seats")
    own = Module("services/intake/usecases/occasion.py", "seats.require_seat()")
    assert {one.__name__ for one in breaches.met("intake", (own,))} == {"NotYourSeat"}
    caught = "try:\n    seats.require_seat()\nexcept seats.NotYourSeat:\n    pass\n"
    kept = Module("services/intake/usecases/occasion.py", caught)
    assert breaches.met("intake", (kept,)) == set()
    assert breaches.met("supervision", (sample,)) == set()


@pytest.mark.parametrize("service", tree.services())
def test_a_table_of_refusals_knows_listed_problems_only(service: str):
    assert {code for code, _ in table(service).values()} <= set(REGISTRY)


@pytest.mark.parametrize("rule", written.RULES, ids=lambda rule: rule.name)
def test_no_file_of_the_tree_says_what_it_must_not(rule: written.Rule):
    assert list(written.found(rule, tree.tracked())) == []


@pytest.mark.parametrize("rule", written.RULES, ids=lambda rule: rule.name)
def test_a_file_that_says_it_is_found(rule: written.Rule, tmp_path: Path):
    for number, sample in enumerate(rule.samples):
        file = tmp_path / f"{number}.md"
        file.write_text(f"x\n{sample}\n", encoding="utf-8")
        assert list(written.found(rule, [file])), sample


@pytest.mark.parametrize("rule", written.RULES, ids=lambda rule: rule.name)
def test_the_rules_themselves_say_nothing_of_it(rule: written.Rule):
    own = Path(written.__file__).read_text(encoding="utf-8")
    assert not re.search(rule.pattern, own)


def table(service: str) -> dict[type[Breach], tuple[str, str | None]]:
    """The service's own; empty for one that raises none."""
    name = f"services.{service}.entrypoints.refusals"
    if find_spec(name) is None:
        return {}
    problems: dict[type[Breach], tuple[str, str | None]] = import_module(name).PROBLEMS
    return problems
