"""Each mode of delegation once, over HTTP, at a place that has them all: who does which step, whose
seals lie under it, who answers in law, who supervises.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.people import PLATFORM, Journey, People, power_of
from tests.support.system import System

OVERSEER = "md-bureau-du"
PARK, DEPARTMENT, PROVINCE, REGULATOR = "md-park", "md-dept", "md-province", "md-reg"
AUTHORISATION = "窗口授权书 示例〔2024〕9号"

Steps = list[tuple[str, str, str]]
"""(step, officer, organisation that answers for it in law)."""


@dataclass(frozen=True)
class Expected:
    item: str
    mode: str
    steps: Steps
    seal: tuple[str, str]
    """(seal, organisation)."""
    co_seals: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    """Steps done in another's seat under the named paper."""


MODES = [
    Expected(
        "md-01",
        "direct",
        [
            ("acceptance", "md-park-chuang", PARK),
            ("review", "md-park-shen", PARK),
            ("decision", "md-park-jue", PARK),
            ("seal", "md-park-yin", PARK),
            ("result-co-seal", "md-dept-yin", PARK),
        ],
        ("md-park-approval", PARK),
        co_seals=("md-dept-approval",),
    ),
    Expected(
        "md-s1",
        "substantive-review",
        [
            ("acceptance", "md-park-chuang", PARK),
            ("review", "md-park-shen", PARK),
            ("report", "md-park-shen", PARK),
            ("decision", "md-dept-jue", DEPARTMENT),
            ("seal", "md-dept-yin", DEPARTMENT),
        ],
        ("md-dept-approval", DEPARTMENT),
    ),
    Expected(
        "md-w1",
        "window-forward",
        [
            ("acceptance", "md-park-chuang", DEPARTMENT),
            ("review", "md-dept-shen", DEPARTMENT),
            ("decision", "md-dept-jue", DEPARTMENT),
            ("seal", "md-dept-yin", DEPARTMENT),
        ],
        ("md-dept-approval", DEPARTMENT),
    ),
    Expected(
        "md-w2",
        "window-forward",
        [
            ("acceptance", "md-park-chuang", DEPARTMENT),
            ("decision", "md-park-chuang", DEPARTMENT),
            ("seal", "md-park-chuang", DEPARTMENT),
        ],
        ("md-dept-approval", DEPARTMENT),
        acting=("decision", "seal"),
    ),
    Expected(
        "md-o1",
        "stationed-office",
        [
            ("acceptance", "md-park-chuang", DEPARTMENT),
            ("review", "md-office-shen", DEPARTMENT),
            ("decision", "md-office-jue", DEPARTMENT),
            ("seal", "md-dept-yin", DEPARTMENT),
        ],
        ("md-dept-approval", DEPARTMENT),
    ),
]


@pytest.mark.parametrize("expected", MODES, ids=lambda one: one.item)
async def test_each_mode_fills_its_seats(modes: System, people: People, expected: Expected):
    case = await through(people, expected.item)
    assert case["mode"] == expected.mode
    done = [(one["step"], one["by"]["id"], *one["liability"]["orgs"]) for one in case["steps"]]
    assert done == expected.steps
    sealed = case["decision"]["sealed_by"]
    assert (sealed["seal"], sealed["org"]) == expected.seal
    assert tuple(one["seal"] for one in case["decision"]["co_seals"]) == expected.co_seals
    for step in case["steps"]:
        by = step["by"]
        acting = (by["acting_for"], by["paper"])
        assert acting == (
            (DEPARTMENT, AUTHORISATION) if step["step"] in expected.acting else (None,) * 2
        )
    await supervised_by(modes, case["no"], REGULATOR)


async def test_a_direct_report_is_sealed_by_two_decided_above_and_recorded_here(
    modes: System, people: People
):
    case = await through(people, "md-r1")
    assert (case["mode"], case["seats"]["decides"]) == ("direct-report", PROVINCE)
    assert [(one["step"], one["by"]["id"]) for one in case["steps"]] == [
        ("acceptance", "md-park-chuang"),
        ("review", "md-park-shen"),
        ("report-co-seal", "md-dept-yin"),
        ("report", "md-dept-yin"),
        ("decision", "md-park-jue"),
    ]
    assert {org for one in case["steps"] for org in one["liability"]["orgs"]} == {PARK}
    decision = case["decision"]
    assert decision["outside"]
    assert decision["decided_by"]["acting_for"] == decision["sealed_by"]["org"] == PROVINCE
    (paper,) = case["papers"]
    original = await people.answer(
        "GET", OVERSEER, f"/api/v1/cases/{case['no']}/documents/{paper['id']}"
    )
    assert original.content.startswith(b"%PDF-")
    await supervised_by(modes, case["no"], REGULATOR)


async def test_events_name_the_place_and_not_where_its_folder_lies(modes: System, people: People):
    case = await through(people, "md-01")
    for name in ("intake", "approval", "supervision"):
        told = await modes.rows(
            name,
            "SELECT DISTINCT convert_from(body, 'UTF8')::json ->> 'tenant' AS tenant FROM event"
            " WHERE key = $1",
            case["no"],
        )
        assert told == [{"tenant": "modes"}]


async def through(people: People, item: str) -> dict[str, Any]:
    """The item's case after the whole loop, as the overseer reads it."""
    read = await people.place()
    row = await Journey(people, read, power_of(read, item), PLATFORM, "MODES").run()
    assert row.failed is None, row.failed
    assert row.acknowledged
    return await people.get(OVERSEER, f"/api/v1/cases/{row.no}")


async def supervised_by(system: System, no: object, *regulators: str) -> None:
    rows = await system.rows("supervision", "SELECT regulator FROM push WHERE no = $1", no)
    assert sorted(one["regulator"] for one in rows) == sorted(regulators)
