"""The table of a push: every action in every status, by the domain alone."""

from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest

from law.breach import Breach
from services.supervision.domain import push as domain
from services.supervision.domain.push import (
    ALLOWED,
    LEADS_TO,
    ROLES,
    Action,
    AlreadyThere,
    NotAllowedNow,
    NotYourSeat,
    Person,
    Push,
    Regulator,
    Status,
    TakenBy,
)

AT = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)
ID = UUID("0192f6d0-0000-7000-8000-000000000001")
OTHER_ID = UUID("0192f6d0-0000-7000-8000-000000000002")
LIAISON = Person("a", "甲", "bureau", "regulator")
INSPECTOR = Person("b", "乙", "bureau", "inspector")
NEIGHBOUR = Person("c", "丙", "neighbour", "regulator")
OVERSEER = Person("o", "督", "overseer", "overseer")
NEXT = Regulator("neighbour", ("overseer",))


def a_push(status: Status = Status.PUSHED) -> Push:
    """Reached by doing."""
    push = Push(
        id=ID, no="n", regulator="bureau", park="park", decider="park", overseers=("overseer",)
    )
    if status in {Status.CLAIMED, Status.ANSWERED}:
        push.claim(by=LIAISON, at=AT)
    if status is Status.ANSWERED:
        push.answer(by=LIAISON, at=AT, rectify_by=None)
    if status is Status.RETURNED:
        push.give_back(by=LIAISON, at=AT, reason="不属", suggests=None)
    if status is Status.MERGED:
        push.assign(by=OVERSEER, at=AT, reason="并入", to=NEXT, has=OTHER_ID)
    push.take_news()
    assert push.status is status
    return push


def do(push: Push, action: Action, *, by: Person | None = None) -> None:
    holder = by or Person("a", "甲", push.regulator, "regulator")
    match action:
        case Action.CLAIM:
            push.claim(by=by or Person("z", "新", push.regulator, "regulator"), at=AT)
        case Action.RELEASE:
            push.release(by=holder, at=AT, reason="外出")
        case Action.RETURN:
            push.give_back(by=holder, at=AT, reason="不属", suggests=None)
        case Action.ASSIGN:
            push.assign(by=OVERSEER, at=AT, reason="指派", to=Regulator("third", ()), has=None)
        case Action.INSPECT:
            push.open_to_inspection(by=holder)
        case Action.FEEDBACK:
            push.answer(by=holder, at=AT, rectify_by=None)


@pytest.mark.parametrize(("action", "status"), list(product(Action, Status)))
def test_an_action_is_taken_exactly_where_the_table_says(action: Action, status: Status):
    push = a_push(status)
    if status in ALLOWED[action]:
        do(push, action)
        assert push.status in LEADS_TO[action]
        return
    with pytest.raises((NotAllowedNow, TakenBy)):
        do(push, action)
    assert push.status is status
    assert push.take_news() == []


def test_every_action_has_its_statuses_and_roles():
    assert set(ALLOWED) == set(LEADS_TO) == set(ROLES) == set(Action)
    assert Status.MERGED not in frozenset().union(*ALLOWED.values())
    assert set(domain.STATUS_NAMES) == set(Status)


@pytest.mark.parametrize("action", [one for one in Action if one is not Action.ASSIGN])
def test_another_organisation_takes_no_action(action: Action):
    push = a_push(Status.PUSHED)
    push.regulator = "elsewhere"
    with pytest.raises(NotYourSeat):
        do(push, action, by=NEIGHBOUR)


def test_an_overseer_of_elsewhere_assigns_nothing():
    with pytest.raises(NotYourSeat):
        a_push().assign(
            by=Person("x", "远", "far", "overseer"), at=AT, reason="x", to=NEXT, has=None
        )


def test_the_regulator_who_has_it_unclaimed_is_not_assigned_it():
    with pytest.raises(AlreadyThere):
        a_push().assign(by=OVERSEER, at=AT, reason="x", to=Regulator("bureau", ()), has=None)


def test_an_inspector_does_not_return_what_a_colleague_holds():
    push = a_push(Status.CLAIMED)
    with pytest.raises(TakenBy) as held:
        push.give_back(by=INSPECTOR, at=AT, reason="x", suggests=None)
    assert held.value.holder.name == "甲"


def test_the_same_officer_claims_again_without_news():
    push = a_push(Status.CLAIMED)
    push.claim(by=LIAISON, at=AT)
    assert push.take_news() == []


def test_a_rectification_is_on_time_through_its_last_day():
    push = a_push(Status.CLAIMED)
    assert not push.answer(by=LIAISON, at=AT, rectify_by=date(2026, 10, 9))
    last = datetime(2026, 10, 9, 15, 59, tzinfo=UTC)
    assert not push.answer(by=LIAISON, at=last, rectify_by=date(2026, 10, 9))
    assert push.answer(by=LIAISON, at=last.replace(hour=16), rectify_by=None)


def test_the_viewers_are_park_decider_regulators_and_overseers():
    push = a_push()
    push.hand_over(decider="department")
    push.assign(by=OVERSEER, at=AT, reason="x", to=Regulator("neighbour", ("city",)), has=None)
    assert push.viewers == ["bureau", "city", "department", "neighbour", "overseer", "park"]


def test_the_same_decision_and_regulator_make_the_same_id():
    assert domain.push_id("n", 1, "bureau") == domain.push_id("n", 1, "bureau")
    made = {domain.push_id("n", v, org) for v in (1, 2) for org in ("bureau", "neighbour")}
    assert len(made) == 4


def test_each_refusal_has_words_and_a_source():
    for breach in Breach.__subclasses__():
        if breach.__module__.startswith("services.supervision"):
            assert breach.source
            assert breach.__doc__
