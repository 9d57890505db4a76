"""Where a project lies, and whether that is inside the park's line on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from law.breach import Breach

Position = tuple[float, float]
Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees in CGCS2000, longitude first."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Parcel:
    """The number of a parcel of land (宗地号) as the natural-resources register writes it."""

    number: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """An officer's signed word on where the project lies, when neither map nor parcel tells."""

    park: str
    inside: bool
    officer: str
    on: date
    paper: str


Place = Point | Parcel | Attestation


@dataclass(frozen=True, slots=True)
class Boundary:
    """One version of a park's line (范围线). `valid_to` is its last day; None: still in force.

    `polygons` is a GeoJSON MultiPolygon as tuples: polygons of rings of (lon, lat), hull first.
    """

    park: str
    valid_from: date
    valid_to: date | None
    polygons: tuple[Polygon, ...]
    parcels: frozenset[str] = frozenset()
    source: str = ""
    mark: str | None = None


class NotABoundary(Breach):
    """The geometry is no polygon with closed rings in degrees."""

    source = "区府发〔2023〕5号 附件1"


def multipolygon(geometry: Mapping[str, Any]) -> tuple[Polygon, ...]:
    """Reads GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection (区府发〔2023〕5号 附件1).

    Raises NotABoundary for anything else, an open ring, or coordinates that are no degrees.
    """
    kind = geometry.get("type")
    if kind == "FeatureCollection":
        return tuple(p for feature in geometry["features"] for p in multipolygon(feature))
    if kind == "Feature":
        return multipolygon(geometry["geometry"])
    if kind == "Polygon":
        return (_polygon(geometry["coordinates"]),)
    if kind == "MultiPolygon":
        return tuple(_polygon(rings) for rings in geometry["coordinates"])
    raise NotABoundary(f"范围线须为 GeoJSON 面，不能是 {kind}")


def boundary_on(boundaries: Iterable[Boundary], park: str, day: date) -> Boundary | None:
    """The version of the park's line in force that day (区府发〔2023〕5号 附件1
    “随园区范围线变更动态调整”).

    Where versions overlap, the later one holds.
    """
    valid = [
        b
        for b in boundaries
        if b.park == park and b.valid_from <= day and (b.valid_to is None or day <= b.valid_to)
    ]
    return max(valid, key=lambda b: b.valid_from, default=None)


def contains(polygons: Iterable[Polygon], point: Point) -> bool:
    """Inside one of the polygons, the line itself included (区府发〔2023〕5号 附件1 “范围内”).

    Even-odd over the rings, so that holes are outside; a hole's own edge is still the line.
    """
    return any(_in_polygon(polygon, point) for polygon in polygons)


def _in_polygon(polygon: Polygon, point: Point) -> bool:
    x, y = point.lon, point.lat
    inside = False
    for ring in polygon:
        for start, end in pairwise(ring):
            (x1, y1), (x2, y2) = start, end
            if y < min(y1, y2) or y > max(y1, y2):
                continue
            side = _side(start, end, (x, y))
            if side == 0 and min(x1, x2) <= x <= max(x1, x2):
                return True
            if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
                inside = not inside
    return inside


def _side(start: Position, end: Position, at: Position) -> int:
    """1 left of the edge, -1 right, 0 on its line; exact, for floats would blur the line itself."""
    (x1, y1), (x2, y2), (x, y) = (tuple(map(Fraction, one)) for one in (start, end, at))
    cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return (cross > 0) - (cross < 0)


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> Polygon:
    if not rings:
        raise NotABoundary("面没有外环")
    return tuple(_ring(ring) for ring in rings)


def _ring(positions: Sequence[Sequence[float]]) -> Ring:
    ring = tuple((float(p[0]), float(p[1])) for p in positions)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise NotABoundary("环须闭合，且不少于四个点")
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring):
        raise NotABoundary("坐标须为经纬度（CGCS2000，经度在前）")
    return ring
