"""What is published, for everyone: items, guides, delegations, organisations, calendar."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from contracts import catalog as contract
from servicekit import access, pages
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from services.catalog.adapters import queries

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["目录"])
EVERYONE = [Depends(access.public())]
SIGNED_IN = [Depends(access.signed_in())]


class Page(BaseModel):
    """A page of whole states; `next_cursor` is null on the last."""

    model_config = ConfigDict(extra="allow")
    items: list[dict[str, Any]]
    next_cursor: str | None


@router.get("/items", response_model=Page, summary="事项清单", dependencies=EVERYONE)
async def items(
    request: Request,
    limit: pages.Limit = 50,
    cursor: pages.Cursor = None,
    name: Annotated[str | None, Query(max_length=100, description="名称包含")] = None,
    result_kind: contract.ResultKind | None = None,
) -> dict[str, Any]:
    """Items in the order of their ids."""
    return await _page(
        request, "item", limit, cursor, equal={"result_kind": result_kind}, name=name
    )


@router.get("/items/{item_id}", summary="一个事项", dependencies=EVERYONE)
async def item(request: Request, item_id: str) -> Response:
    """The item with its delegations and guides beside it."""
    async with kit_of(request).reading() as connection:
        found = await queries.one(connection, f"item:{item_id}")
        if found is None:
            raise Problem("not-found", f"目录中没有事项 {item_id}")
        equal = {"item": item_id}
        delegations = await queries.page(
            connection, "delegation", after=None, limit=200, equal=equal
        )
        guides = await queries.page(connection, "guide", after=None, limit=200, equal=equal)
    body = {**found, "delegations": delegations, "guides": guides}
    return JSONResponse(body, headers={"ETag": _etag(found)})


@router.get("/guides", response_model=Page, summary="办事指南", dependencies=EVERYONE)
async def guides(
    request: Request,
    limit: pages.Limit = 50,
    cursor: pages.Cursor = None,
    item: Annotated[str | None, Query(max_length=63, description="事项编号")] = None,
) -> dict[str, Any]:
    """Every version of every guide; a case keeps the one it began under."""
    return await _page(request, "guide", limit, cursor, equal={"item": item})


@router.get("/delegations", response_model=Page, summary="赋权清单", dependencies=EVERYONE)
async def delegations(  # noqa: PLR0917 - FastAPI calls it by keyword
    request: Request,
    limit: pages.Limit = 50,
    cursor: pages.Cursor = None,
    item: Annotated[str | None, Query(max_length=63, description="事项编号")] = None,
    park: Annotated[str | None, Query(max_length=63, description="园区机构编号")] = None,
    mode: contract.Mode | None = None,
    granted_by: Annotated[str | None, Query(max_length=63, description="赋权机关")] = None,
    supervised_by: Annotated[str | None, Query(max_length=63, description="监管机关")] = None,
) -> dict[str, Any]:
    """Delegations with all their periods; the last three ask that one period is so."""
    period: dict[str, Any] = {"mode": mode, "granted_by": granted_by}
    period = {field: value for field, value in period.items() if value is not None}
    if supervised_by is not None:
        period["seats"] = {"supervises": [supervised_by]}
    equal = {"item": item, "park": park, "periods": [period] if period else None}
    return await _page(request, "delegation", limit, cursor, equal=equal)


@router.get("/organisations", response_model=Page, summary="机构和人员", dependencies=SIGNED_IN)
async def organisations(
    request: Request,
    limit: pages.Limit = 50,
    cursor: pages.Cursor = None,
    name: Annotated[str | None, Query(max_length=100, description="名称包含")] = None,
    kind: Literal["park", "department", "bureau", "government", "province", "city", "office"]
    | None = None,
) -> dict[str, Any]:
    """Organisations with officers in office, seals and versions of the line."""
    return await _page(request, "organisation", limit, cursor, equal={"kind": kind}, name=name)


@router.get("/calendar", summary="工作日历", dependencies=EVERYONE)
async def calendar(
    request: Request,
    place: Annotated[str, Query(max_length=63, description="日历编号")] = "china",
    year: Annotated[int | None, Query(ge=1949, le=2200, description="只要这一年")] = None,
) -> Response:
    """Rest days and worked weekends by year, each with its notice. Years without one are absent."""
    async with kit_of(request).reading() as connection:
        found = await queries.one(connection, f"calendar:{place}")
    if found is None:
        raise Problem("not-found", f"没有工作日历 {place}")
    if year is not None:
        years = found["years"]
        found["years"] = {name: one for name, one in years.items() if name == str(year)}
    return JSONResponse(found, headers={"ETag": _etag(found)})


async def _page(
    request: Request, kind: str, limit: int, cursor: str | None, **asked: Any
) -> dict[str, Any]:
    after = pages.decode(cursor, str)[0] if cursor is not None else None
    async with kit_of(request).reading() as connection:
        rows = await queries.page(connection, kind, after=after, limit=limit, **asked)
    return pages.page(rows, limit, lambda row: pages.encode(row["id"]))


def _etag(state: dict[str, Any]) -> str:
    return f'"{state["version"]}"'
