"""A project that a scope rule admits: made from the rule itself, so every place's list has one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from law import scope

DECIMALS = frozenset({"coal_tce", "electricity_wan_kwh"})


class NoProjectFits(Exception):
    """The rule asks for what this generator cannot give; the message names it."""


@dataclass
class _Wanted:
    inside: bool = False
    equals: dict[str, bool | str] = field(default_factory=dict)
    least: dict[str, Decimal] = field(default_factory=dict)
    below: dict[str, Decimal] = field(default_factory=dict)
    sub_item: str | None = None


def project_for(
    rule: Mapping[str, Any] | None, *, name: str, point: tuple[float, float]
) -> dict[str, Any]:
    """The project part of a filing that satisfies `rule`; `point` lies inside the park's line."""
    wanted = _Wanted()
    if rule is not None:
        _want(scope.parse(rule), wanted)
    facts: dict[str, Any] = {
        "name": name,
        "place": {"longitude": point[0], "latitude": point[1]},
        "uses": ["industrial"],
        **wanted.equals,
    }
    if wanted.sub_item is not None:
        facts["sub_item"] = wanted.sub_item
    for fact in wanted.least.keys() | wanted.below.keys():
        facts[fact] = str(_between(wanted.least.get(fact), wanted.below.get(fact)))
    return facts


def _want(rule: scope.Rule, wanted: _Wanted) -> None:
    match rule:
        case scope.All(parts=parts):
            for part in parts:
                _want(part, wanted)
        case scope.AnyOf(parts=parts):
            _want(parts[0], wanted)
        case scope.Not(part=scope.HasUse()) | scope.Note():
            pass
        case scope.InsideParkLine():
            wanted.inside = True
        case scope.Equals(fact=fact, value=value):
            wanted.equals[fact] = value
        case scope.Compare():
            _compare(rule, wanted)
        case scope.SubItemIn(names=names):
            wanted.sub_item = names[0]
        case _:
            raise NoProjectFits(f"{type(rule).__name__}: {rule}")


def _compare(rule: scope.Compare, wanted: _Wanted) -> None:
    if rule.op in {scope.Operator.AT_LEAST, scope.Operator.MORE}:
        bump = Decimal(1) if rule.op is scope.Operator.MORE else Decimal(0)
        wanted.least[rule.fact] = max(wanted.least.get(rule.fact, rule.value), rule.value + bump)
        return
    bump = Decimal(1) if rule.op is scope.Operator.AT_MOST else Decimal(0)
    wanted.below[rule.fact] = min(wanted.below.get(rule.fact, rule.value + bump), rule.value + bump)


def _between(least: Decimal | None, below: Decimal | None) -> Decimal:
    if least is not None and below is not None and least >= below:
        raise NoProjectFits(f"nothing lies from {least} to below {below}")
    if below is None:
        return least if least is not None else Decimal(0)
    return least if least is not None else (below / 2).quantize(Decimal(1))


def inner_point(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point inside the first polygon: the middle of its widest stretch at half height."""
    ring = _outer_ring(geometry)
    lows = [y for _, y in ring]
    middle = (min(lows) + max(lows)) / 2 + 1e-7
    crossings = sorted(_crossings(ring, middle))
    pairs = list(zip(crossings[::2], crossings[1::2], strict=False))
    left, right = max(pairs, key=lambda pair: pair[1] - pair[0])
    return round((left + right) / 2, 6), round(middle, 6)


def _outer_ring(geometry: Mapping[str, Any]) -> list[tuple[float, float]]:
    coordinates = geometry["coordinates"]
    ring = coordinates[0] if geometry["type"] == "Polygon" else coordinates[0][0]
    return [(float(x), float(y)) for x, y, *_ in ring]


def _crossings(ring: list[tuple[float, float]], y: float) -> Iterable[float]:
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y):
            yield x1 + (y - y1) * (x2 - x1) / (y2 - y1)
