"""Every rule that can refuse has its problem."""

import pytest

import law.supervision
from law.breach import Breach
from servicekit.problems import REGISTRY
from services.supervision.domain import finding, push
from services.supervision.entrypoints.refusals import PROBLEMS, problem

FROM = {push.__name__, finding.__name__, law.supervision.__name__}


def breaches() -> list[type[Breach]]:
    return [one for one in Breach.__subclasses__() if one.__module__ in FROM]


def test_the_table_holds_every_breach_and_known_problems_only():
    assert set(PROBLEMS) == set(breaches())
    assert {code for code, _ in PROBLEMS.values()} <= set(REGISTRY)


@pytest.mark.parametrize("breach", [one for one in PROBLEMS if one.__init__ is Breach.__init__])
def test_a_refusal_says_its_rule_source_and_field(breach: type[Breach]):
    body = problem(breach("不行")).body()
    assert body["detail"] == "不行"
    assert body["rule"] == breach.code
    field = PROBLEMS[breach][1]
    assert [one["field"] for one in body["errors"]] == ([field] if field else [])
