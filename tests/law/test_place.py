"""The park's line: inside, outside, on it, in a hole, and which version holds."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon  # type: ignore[import-untyped]
from shapely.geometry import Point as Spot

from law.place import NotABoundary, Point, boundary_on, contains, multipolygon
from tests.law.builders import SQUARE, a_boundary, quick

HULL = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [5.0, 5.0], [0.0, 10.0], [0.0, 0.0]]
HOLE = [[2.0, 1.0], [4.0, 1.0], [4.0, 3.0], [2.0, 3.0], [2.0, 1.0]]
LAND: dict[str, Any] = {"type": "Polygon", "coordinates": [HULL, HOLE]}


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (1, 1, True),
        (5, 7, False),
        (5, 5, True),
        (3, 2, False),
        (2, 2, True),
        (0, 0, True),
        (10, 10, True),
        (10, 10.0001, False),
        (7.5, 7.5, True),
        (-1, 0, False),
        (11, 0, False),
        (5, 0, True),
    ],
)
def test_the_line_belongs_to_the_park_and_a_hole_does_not(
    lon: float, lat: float, inside: bool
) -> None:
    assert contains(multipolygon(LAND), Point(lon, lat)) is inside


def test_several_pieces_of_land_are_one_park() -> None:
    other = {"type": "Polygon", "coordinates": [[[x + 20, y] for x, y in HULL]]}
    both = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": g} for g in (LAND, other)],
    }
    assert contains(multipolygon(both), Point(21, 1))
    pieces = {"type": "MultiPolygon", "coordinates": [LAND["coordinates"], other["coordinates"]]}
    assert multipolygon(pieces) == multipolygon(both)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [HULL[:-1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[x * 1000, y] for x, y in HULL]]},
    ],
)
def test_what_is_no_line_is_refused(geometry: dict[str, Any]) -> None:
    with pytest.raises(NotABoundary):
        multipolygon(geometry)


def test_the_version_of_the_day_holds() -> None:
    old = a_boundary(valid_to=date(2025, 6, 30))
    new = a_boundary(valid_from=date(2025, 7, 1))
    lines = [new, old, a_boundary(park="another")]
    assert boundary_on(lines, "zg-park", date(2023, 12, 31)) is None
    assert boundary_on(lines, "zg-park", date(2025, 6, 30)) is old
    assert boundary_on(lines, "zg-park", date(2025, 7, 1)) is new
    assert contains(new.polygons, Point(114.0, 25.5)) == bool(SQUARE)


GRID = st.integers(0, 8).map(float)
CORNERS = st.lists(st.tuples(GRID, GRID), min_size=3, max_size=9, unique=True)


@quick
@given(CORNERS, st.tuples(GRID, GRID) | st.tuples(st.floats(-1, 9), st.floats(-1, 9)))
def test_shapely_agrees(corners: list[tuple[float, float]], at: tuple[float, float]) -> None:
    drawn = Polygon(corners)
    if not drawn.is_valid or drawn.area == 0:
        return
    land = multipolygon({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
    assert contains(land, Point(*at)) == drawn.covers(Spot(at))


@quick
@given(st.tuples(st.floats(-1, 31), st.floats(-1, 11)))
def test_shapely_agrees_on_holes_and_pieces(at: tuple[float, float]) -> None:
    far = [[x + 20, y] for x, y in HULL]
    land = multipolygon({"type": "MultiPolygon", "coordinates": [[HULL, HOLE], [far]]})
    drawn = MultiPolygon([(HULL, [HOLE]), (far, [])])
    assert contains(land, Point(*at)) == drawn.covers(Spot(at))
