"""Every rule that can refuse has its problem."""

import pytest

from law.breach import Breach
from servicekit.problems import REGISTRY
from services.approval.domain import state
from services.approval.domain.state import Action, Status
from services.approval.entrypoints.refusals import PROBLEMS, READ, problem
from services.approval.usecases.refusal import Refusal
from tests.approval.test_domain import a_case

FROM = {module.__name__ for module in READ}


def test_the_table_holds_every_breach_and_known_problems_only():
    breaches = {one for one in Breach.__subclasses__() if one.__module__ in FROM}
    assert set(PROBLEMS) == breaches
    assert {code for code, _ in PROBLEMS.values()} <= set(REGISTRY)


@pytest.mark.parametrize("breach", [one for one in PROBLEMS if one is not state.NotAllowedNow])
def test_a_refusal_says_its_rule_source_and_field(breach: type[Breach]):
    body = problem(breach("不行")).body()
    assert (body["detail"], body["rule"], body["source"]) == ("不行", breach.code, breach.source)
    field = PROBLEMS[breach][1]
    assert [one["field"] for one in body["errors"]] == ([field] if field else [])


@pytest.mark.parametrize("status", list(Status))
def test_a_409_says_where_the_case_stands_and_what_is_allowed(status: Status):
    refused = Refusal(state.NotAllowedNow(Action.REVIEW, status), a_case(status))
    body = problem(refused).body()
    assert (body["code"], body["state"]) == ("not-allowed-now", status.value)
    assert body["allowed"] == [one.value for one in state.allowed_in(status)]
