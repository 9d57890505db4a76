"""What the rehearsal is made of, without killing anything."""

from collections import Counter

from shenguan.chaos.controls import part_of
from shenguan.chaos.counting import Found, inversions
from shenguan.chaos.plan import blows, control_blows
from shenguan.parts import BY_NAME

PROCESSES = ["approval.web", "approval.relay", "approval.consumer", "gateway.web"]


def told(id_: str, sequence: int, *, aggregate: str = "case") -> dict[str, object]:
    return {
        "id": id_,
        "key": "1",
        "aggregate": aggregate,
        "sequence": sequence,
        "type": "approval.issued.v1",
    }


def test_one_seed_deals_the_same_blows_and_another_others():
    again = [blows(60, 1, PROCESSES, broker=True) for _ in range(2)]
    assert again[0] == again[1]
    assert blows(60, 2, PROCESSES, broker=True) != again[0]


def test_every_process_is_killed_before_any_is_killed_twice():
    plan = [one.name for one in blows(60, 1, PROCESSES, broker=False) if one.what == "kill"]
    assert set(plan[: len(PROCESSES)]) == set(PROCESSES)
    assert Counter(plan).most_common()[0][1] - Counter(plan).most_common()[-1][1] <= 1


def test_even_a_short_run_crashes_database_and_broker():
    plan = Counter(one.what for one in blows(5, 1, PROCESSES, broker=True))
    assert plan["database"] == plan["broker"] == plan["rewind"] == 1


def test_a_version_after_a_later_one_is_an_inversion():
    assert inversions([told("a", 2), told("b", 1)]) == ["1 approval.issued.v1 1"]


def test_a_repeat_or_another_aggregate_is_no_inversion():
    push = told("c", 1, aggregate="push:1")
    assert inversions([told("a", 1), told("b", 2), told("a", 1), push]) == []


def test_what_is_missing_is_lost_and_what_is_there_twice_is_doubled():
    found = Found()
    found.compare("push", ["a", "b"], Counter(["b", "b", "b"]))
    assert (found.lost.total(), found.doubled.total()) == (1, 2)


def test_no_part_is_changed_without_a_control():
    assert part_of("approval", "") is BY_NAME["approval"]
    assert part_of("supervision", "unordered-reader") is BY_NAME["supervision"]


def test_a_control_crashes_no_server():
    plan = Counter(one.what for one in control_blows(12, 1, PROCESSES))
    assert set(plan) == {"kill", "rewind"}
