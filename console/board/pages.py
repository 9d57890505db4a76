"""The board of the loop (pushed, claimed, answered, late) and the list behind each number."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.answers import PageRoute
from console.board import numbers
from console.names import names_of
from console.view import page
from console.visits import by_session, visit_of
from servicekit import pages as keyset
from servicekit.access import kit_of
from servicekit.problems import Problem

router = APIRouter(
    route_class=PageRoute,
    prefix="/board",
    dependencies=[Depends(by_session())],
    include_in_schema=False,
)

ROWS = 50


@router.get("")
async def whole(request: Request, rehearsal: bool = False) -> Response:
    """The whole page."""
    return page(request, "board.html", **await _context(request, rehearsal=rehearsal))


@router.get("/numbers")
async def fresh(request: Request, rehearsal: bool = False) -> Response:
    """What changes on it, asked by the page every few seconds."""
    return page(request, "board_numbers.html", **await _context(request, rehearsal=rehearsal))


@router.get("/list")
async def behind(
    request: Request,
    number: str = "owed",
    park: str = "",
    regulator: str = "",
    *,
    rehearsal: bool = False,
    cursor: str | None = None,
) -> Response:
    """The rows a number counts."""
    if number not in numbers.BY_KEY:
        raise Problem("not-found", "看板上没有这个数字")
    kit = kit_of(request)
    names = await names_of(kit)
    after = _after(cursor)
    async with kit.reading() as connection:
        rows = await numbers.behind(
            connection,
            numbers.visible(visit_of(request), names),
            number=number,
            park=park,
            regulator=regulator,
            today=kit.clock.today(),
            rehearsal=rehearsal,
            limit=ROWS,
            after=after,
        )
    told = keyset.page(
        [dict(row) for row in rows],
        ROWS,
        lambda row: keyset.encode(row["issued_at"], row["no"], row["pushed_to"]),
    )
    return page(
        request,
        "board_list.html",
        number=numbers.BY_KEY[number],
        rows=told["items"],
        next_cursor=told["next_cursor"],
        names=names,
        park=park,
        regulator=regulator,
        rehearsal=rehearsal,
    )


async def _context(request: Request, *, rehearsal: bool) -> dict[str, Any]:
    kit = kit_of(request)
    names = await names_of(kit)
    async with kit.reading() as connection:
        board = await numbers.board(
            connection,
            numbers.visible(visit_of(request), names),
            names,
            today=kit.clock.today(),
            rehearsal=rehearsal,
        )
    return {"board": board, "numbers": numbers.NUMBERS, "rehearsal": rehearsal}


def _after(cursor: str | None) -> tuple[datetime, str, str] | None:
    if not cursor:
        return None
    moment, no, pushed_to = keyset.decode(cursor, datetime.fromisoformat, str, str)
    return moment, no, pushed_to
