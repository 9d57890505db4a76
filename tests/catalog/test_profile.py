"""Zhanggong's data: every seat can act, every number checks, every invented thing says so."""

from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc

from contracts import catalog as contract
from law.place import Point, boundary_on, contains
from law.seals import usable
from servicekit import judging
from tests.support.catalogue import FOLDER, zhanggong

ORGANISATIONS = {one.id: one for one in zhanggong() if isinstance(one, contract.Organisation)}
PERIODS = [one.periods[0] for one in zhanggong() if isinstance(one, contract.Delegation)]


def holders(org: str, role: str) -> list[str]:
    return [person.id for person in ORGANISATIONS[org].people if role in person.roles]


@pytest.mark.parametrize("org", ORGANISATIONS)
def test_credit_codes_have_a_right_check_digit_and_no_two_are_the_same(org: str) -> None:
    assert uscc.is_valid(ORGANISATIONS[org].uscc)
    assert len({one.uscc for one in ORGANISATIONS.values()}) == len(ORGANISATIONS)


def test_no_two_people_share_an_id() -> None:
    ids = Counter(person.id for one in ORGANISATIONS.values() for person in one.people)
    assert [one for one, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("period", PERIODS, ids=lambda one: one.sources[0])
def test_every_seat_can_act_with_four_eyes(period: contract.Period) -> None:
    seats = period.seats
    assert holders(seats.accepts, "window")
    assert len(holders(seats.reviews, "reviewer")) >= 2
    assert len(holders(seats.decides, "approver")) >= 2
    assert holders(seats.seals, "sealer")
    for regulator in seats.supervises:
        assert len(holders(regulator, "regulator")) >= 2
        assert len(holders(regulator, "inspector")) >= 2


def test_every_inspector_has_a_certificate_of_their_own() -> None:
    numbers = [
        person.certificate_no
        for one in ORGANISATIONS.values()
        for person in one.people
        if "inspector" in person.roles
    ]
    assert None not in numbers
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("period", PERIODS, ids=lambda one: one.sources[0])
def test_the_sealing_organisation_has_the_one_seal_the_power_asks_for(
    period: contract.Period,
) -> None:
    seals = [
        judging.seal(one, period.seats.seals) for one in ORGANISATIONS[period.seats.seals].seals
    ]
    fitting = [one for one in seals if one.kind == period.seal_kind]
    assert len([one for one in fitting if usable(one, period.valid_from)]) == 1


def test_there_are_retired_seals_to_be_refused() -> None:
    retired = {seal.id for one in ORGANISATIONS.values() for seal in one.seals if seal.retired}
    assert retired == {"zg-park-approval-2020", "zg-xingzheng-shenpi-department-2019"}


def test_the_bureau_has_overseer_leader_and_the_catalogues_hands() -> None:
    for role in ("overseer", "leader", "admin", "editor", "publisher"):
        assert holders("zg-xingzheng-shenpi", role)
    assert holders("zg-park", "helper")


@pytest.mark.parametrize(
    ("lon", "day", "inside"),
    [
        (115.00, "2024-01-02", True),
        (115.05, "2025-12-31", False),
        (115.05, "2026-01-01", True),
        (115.09, "2026-01-01", False),
    ],
)
def test_the_line_moves_on_its_day(lon: float, day: str, inside: bool) -> None:
    park = ORGANISATIONS["zg-park"]
    line = boundary_on(judging.boundaries(park), "zg-park", date.fromisoformat(day))
    assert line is not None
    assert contains(line.polygons, Point(lon, 25.80)) is inside


def test_parcels_join_the_line_with_the_version_that_takes_them_in() -> None:
    first, second = ORGANISATIONS["zg-park"].boundary
    assert len(first.parcels) == 2
    assert set(second.parcels) - set(first.parcels) == {"360702001002GB90003"}


def test_the_calendar_knows_2004_to_2026() -> None:
    calendar = next(one for one in zhanggong() if isinstance(one, contract.Calendar))
    assert sorted(calendar.years) == [str(year) for year in range(2004, 2027)]


def test_the_annex_is_the_governments_own_text() -> None:
    text = (FOLDER / "annex1.tsv").read_text(encoding="utf-8")
    assert text.count("序号\t区级主管部门\t区级实施机关") == 5
    assert "其他行政权力 - 备案" in text
    assert "其他行政权力-备案" in text
