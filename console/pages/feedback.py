"""What regulators answered, on the desk of the park and of the decider."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console import forms, verbs
from console.answers import PageRoute
from console.api import part
from console.forms import Drawn, Field, Form
from console.names import names_of
from console.pages.filing import timeline
from console.view import page
from console.visits import by_session, visit_of
from servicekit.access import kit_of
from servicekit.problems import Problem

router = APIRouter(
    route_class=PageRoute,
    prefix="/feedback",
    dependencies=[Depends(by_session())],
    include_in_schema=False,
)

ROWS = 50
STATES = (("open", "待签收"), ("acknowledged", "已签收"))
ACKNOWLEDGEMENT = Form(
    key="acknowledgement",
    title="签收",
    button="签收",
    explains="签收表示本单位已知悉监管结果并将据此办理。",
    fields=(Field(name="note", label="办理意见", kind="area", required=False),),
)


@router.get("")
async def listed(request: Request) -> Response:
    """Newest first."""
    query = request.query_params
    asked = {name: query.get(name, "").strip() for name in ("no", "state")}
    told = await visit_of(request).api.get(
        "/feedback", **asked, cursor=query.get("cursor", ""), limit=ROWS
    )
    shown: list[dict[str, Any]] = [
        {"name": "no", "label": "编号", "value": asked["no"]},
        {"name": "state", "label": "状态", "value": asked["state"], "choices": list(STATES)},
    ]
    return page(
        request,
        "feedback_list.html",
        rows=told["items"],
        next_cursor=told["next_cursor"],
        shown=shown,
        names=await names_of(kit_of(request)),
    )


@router.get("/{no}/{id_}")
async def one(request: Request, no: str, id_: str) -> Response:
    """One answer with the case's course."""
    return await _show(request, no, id_)


@router.post("/{no}/{id_}/acknowledgement")
async def acknowledge(request: Request, no: str, id_: str) -> Response:
    """The desk has read it."""

    async def redraw(drawn: Drawn) -> Response:
        return await _show(request, no, id_, failed=drawn)

    return await verbs.submit(
        request,
        ACKNOWLEDGEMENT,
        api_path=f"/feedback/{part(id_)}/acknowledgement",
        back=f"/feedback/{part(no)}/{part(id_)}",
        redraw=redraw,
    )


async def _show(request: Request, no: str, id_: str, *, failed: Drawn | None = None) -> Response:
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    told = await visit.api.get("/feedback", no=no, limit=200)
    found = next((row for row in told["items"] if row["id"] == id_), None)
    if found is None:
        raise Problem("not-found", "没有这条反馈，或者不在您单位的桌面上")
    drawn = []
    if found["state"] == "open" and visit.has("window", "reviewer", "approver"):
        action = f"/feedback/{part(no)}/{part(id_)}/acknowledgement"
        drawn.append(forms.draw(ACKNOWLEDGEMENT, action))
    return page(
        request,
        "feedback.html",
        422 if failed else 200,
        row=found,
        names=names,
        verbs=verbs.with_failed(drawn, failed, ""),
        timeline=await timeline(visit.api, no, names),
    )
