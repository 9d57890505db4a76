"""The window's list of filings."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console import words
from console.answers import PageRoute
from console.view import page
from console.visits import by_session, visit_of

router = APIRouter(
    route_class=PageRoute,
    prefix="/filings",
    dependencies=[Depends(by_session())],
    include_in_schema=False,
)

ROWS = 50
TEXTS = {"no": "编号", "company": "企业名称包含", "uscc": "统一社会信用代码"}


@router.get("")
async def listed(request: Request) -> Response:
    """Newest first; every filter is in the address."""
    query = request.query_params
    asked: dict[str, Any] = {name: query.get(name, "").strip() for name in TEXTS}
    asked["status"] = query.get("status", "")
    told = await visit_of(request).api.get(
        "/filings", **asked, cursor=query.get("cursor", ""), limit=ROWS
    )
    shown = [{"name": name, "label": label, "value": asked[name]} for name, label in TEXTS.items()]
    shown.append(
        {
            "name": "status",
            "label": "状态",
            "value": asked["status"],
            "choices": list(words.FILING_STATES.items()),
        }
    )
    return page(
        request, "filings.html", rows=told["items"], next_cursor=told["next_cursor"], shown=shown
    )
