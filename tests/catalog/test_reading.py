"""Lists for everyone: pages, filters, single objects."""

from typing import Any

import pytest

from tests.support.service import Service


async def all_of(service: Service, path: str, **params: Any) -> list[dict[str, Any]]:
    client = service.client(officer="zg-park-chen")
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = params | ({"cursor": cursor} if cursor else {})
        response = await client.get(f"/api/v1/{path}", params=asked)
        assert response.status_code == 200, response.text
        found += response.json()["items"]
        cursor = response.json()["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("path", "count"), [("items", 33), ("delegations", 33), ("guides", 33), ("organisations", 12)]
)
@pytest.mark.parametrize("limit", [1, 5, 200])
async def test_pages_add_up_to_the_whole_without_repeats(
    catalog: Service, path: str, count: int, limit: int
) -> None:
    found = [one["id"] for one in await all_of(catalog, path, limit=limit)]
    assert len(found) == len(set(found)) == count
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("path", "params", "count"),
    [
        ("items", {"name": "备案"}, 10),
        ("items", {"result_kind": "confirmation"}, 1),
        ("guides", {"item": "zg-14"}, 1),
        ("delegations", {"park": "zg-park", "mode": "window-forward"}, 4),
        ("delegations", {"granted_by": "zg-xingzheng-shenpi"}, 18),
        ("delegations", {"supervised_by": "zg-chengguan"}, 6),
        ("delegations", {"granted_by": "zg-xingzheng-shenpi", "supervised_by": "zg-fagai"}, 3),
        ("organisations", {"kind": "department"}, 9),
        ("organisations", {"name": "100%_"}, 0),
    ],
)
async def test_filters_by_field(
    catalog: Service, path: str, params: dict[str, str], count: int
) -> None:
    assert len(await all_of(catalog, path, **params)) == count


async def test_an_item_comes_with_its_delegation_and_guide(catalog: Service) -> None:
    response = await catalog.client().get("/api/v1/items/zg-14")
    body = response.json()
    assert response.headers["ETag"] == '"1"'
    assert body["list_row"] == "附件1 一、14"
    assert [one["id"] for one in body["delegations"]] == ["zg-14:zg-park"]
    assert [one["id"] for one in body["guides"]] == ["zg-14:1"]


async def test_the_calendar_by_year(catalog: Service) -> None:
    client = catalog.client()
    assert set((await client.get("/api/v1/calendar")).json()["years"]) >= {"2004", "2026"}
    one = (await client.get("/api/v1/calendar", params={"year": 2026})).json()
    assert list(one["years"]) == ["2026"]
    assert "2026-02-14" in one["years"]["2026"]["work"]


@pytest.mark.parametrize("path", ["items/zg-99", "calendar?place=mars"])
async def test_what_is_not_there_is_404(catalog: Service, path: str) -> None:
    response = await catalog.client().get(f"/api/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


async def test_a_cursor_nobody_gave_is_malformed(catalog: Service) -> None:
    response = await catalog.client().get("/api/v1/items", params={"cursor": "x"})
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


async def test_people_and_seals_are_for_those_who_signed_in(catalog: Service) -> None:
    assert (await catalog.client().get("/api/v1/organisations")).status_code == 401
    assert (await catalog.client().get("/api/v1/items")).status_code == 200
