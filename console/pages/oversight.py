"""The overseer's desk: pushes that came back, that nobody claimed, and cases past their day."""

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.answers import PageRoute
from console.deadlines import row_due
from console.names import names_of
from console.view import page
from console.visits import by_session, visit_of
from servicekit.access import kit_of

router = APIRouter(
    route_class=PageRoute, dependencies=[Depends(by_session())], include_in_schema=False
)

ROWS = 20


@router.get("/oversight")
async def oversight(request: Request) -> Response:
    """The newest of each kind; the links lead to the whole lists."""
    visit, kit = visit_of(request), kit_of(request)
    today = kit.clock.today()
    names = await names_of(kit)

    async def pushes(**asked: Any) -> list[dict[str, Any]]:
        told = await visit.api.get("/pushes", limit=ROWS, **asked)
        items: list[dict[str, Any]] = told["items"]
        return items

    returned, overdue, unclaimed, cases = await asyncio.gather(
        pushes(state="returned"),
        pushes(overdue=True),
        pushes(state="pushed"),
        visit.api.get("/cases", due_before=today.isoformat(), limit=ROWS),
    )
    late = [
        {**row, "clock": row_due(row, today, names.catalogue)}
        for row in cases["items"]
        if row["overdue"]
    ]
    return page(
        request,
        "oversight.html",
        returned=returned,
        overdue=overdue,
        unclaimed=unclaimed,
        cases=late,
        names=names,
        most=ROWS,
    )
