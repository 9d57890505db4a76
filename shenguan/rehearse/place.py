"""What the rehearsal reads of a place before it begins, over HTTP like anyone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from shenguan.rehearse.caller import Callers
from shenguan.rehearse.facts import inner_point
from shenguan.rehearse.staff import Staff


@dataclass(frozen=True, slots=True)
class Power:
    """One delegation in force: what is filed for, and who sits where."""

    item: str
    item_name: str
    park: str
    period: dict[str, Any]
    guide: dict[str, Any]

    @property
    def mode(self) -> str:
        return str(self.period["mode"])


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """The powers to rehearse, the officers, a point inside each park's line."""

    powers: list[Power]
    staff: Staff
    points: dict[str, tuple[float, float]]
    today: date


async def read(callers: Callers, who: str, today: date) -> PlaceRead:
    """Everything in force today, in the order of the government's list."""
    items = {one["id"]: one for one in await _all(callers, who, "/api/v1/items")}
    guides = await _all(callers, who, "/api/v1/guides")
    organisations = {one["id"]: one for one in await _all(callers, who, "/api/v1/organisations")}
    powers = [
        Power(
            item=one["item"],
            item_name=items[one["item"]]["name"],
            park=one["park"],
            period=period,
            guide=_newest(guides, one["item"]),
        )
        for one in await _all(callers, who, "/api/v1/delegations")
        for period in one["periods"]
        if _in_force(period, today)
    ]
    points = {
        org: inner_point(line["geometry"])
        for org, known in organisations.items()
        for line in known.get("boundary", ())
        if _in_force(line, today)
    }
    return PlaceRead(sorted(powers, key=_listed), Staff(organisations), points, today)


def _listed(power: Power) -> tuple[bool, str, str]:
    return power.mode != "direct", power.item, power.park


def _in_force(period: dict[str, Any], today: date) -> bool:
    until = period.get("valid_to")
    return date.fromisoformat(period["valid_from"]) <= today and (
        until is None or today <= date.fromisoformat(until)
    )


def _newest(guides: list[dict[str, Any]], item: str) -> dict[str, Any]:
    return max((one for one in guides if one["item"] == item), key=lambda one: one["guide_version"])


async def _all(callers: Callers, who: str, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = await callers.get(who, path, **params)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
