"""Papers, previews and materials, passed on from the API in a tab of their own."""

from urllib.parse import quote

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.answers import PageRoute
from console.api import part
from console.security import PAPER_POLICY
from console.visits import by_session, visit_of

router = APIRouter(
    route_class=PageRoute, dependencies=[Depends(by_session())], include_in_schema=False
)

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Opened in the browser; anything else is saved."""


@router.get("/cases/{no}/preview")
async def preview(request: Request, no: str) -> Response:
    """The paper as it would be sealed now."""
    answer = await visit_of(request).api.fetch(f"/cases/{part(no)}/paper-preview")
    return _passed(answer, f"{no}-预览.pdf")


@router.get("/cases/{no}/papers/{id_}")
async def of_case(request: Request, no: str, id_: str) -> Response:
    """A decision or notice of a case."""
    answer = await visit_of(request).api.fetch(f"/cases/{part(no)}/documents/{part(id_)}")
    return _passed(answer, f"{no}.pdf")


@router.get("/filings/{no}/papers/{id_}")
async def of_filing(request: Request, no: str, id_: str) -> Response:
    """A voucher or notice of a filing."""
    answer = await visit_of(request).api.fetch(f"/filings/{part(no)}/documents/{part(id_)}")
    return _passed(answer, f"{no}.pdf")


@router.get("/materials/{id_}")
async def material(request: Request, id_: str) -> Response:
    """What the applicant handed in, judged by its bytes when it came."""
    answer = await visit_of(request).api.fetch(f"/materials/{part(id_)}")
    return _passed(answer, "材料", answer.headers.get("Content-Disposition"))


def _passed(answer: httpx.Response, name: str, disposition: str | None = None) -> Response:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    how = "inline" if kind in SHOWN else "attachment"
    told = f"{how}; filename*=UTF-8''{quote(name)}"
    if disposition is not None:
        told = disposition.replace("attachment", how, 1)
    return Response(
        answer.content,
        media_type=kind or "application/octet-stream",
        headers={
            "Content-Disposition": told,
            "Content-Security-Policy": PAPER_POLICY + "frame-ancestors 'none'",
        },
    )
