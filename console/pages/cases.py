"""The approval desk: the list with its due dates, and the page of one case."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from console import forms, verbs, view, words
from console.answers import PageRoute
from console.api import Api, Refused, part
from console.deadlines import clock_of, row_due
from console.forms import Drawn
from console.names import names_of
from console.pages import caseforms
from console.pages.filing import papers_of, timeline
from console.view import page
from console.visits import by_session, form_of, texts, visit_of
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.settings import Settings

ROWS = 50
TEXTS = {"no": "编号", "company": "企业名称包含", "uscc": "统一社会信用代码"}
NEEDS_PREVIEW = "seal"


def router(settings: Settings) -> APIRouter:
    """The upload's limit is a setting, so the routes are made for the settings."""
    made = APIRouter(
        route_class=PageRoute,
        prefix="/cases",
        dependencies=[Depends(by_session())],
        include_in_schema=False,
    )

    @made.get("")
    async def listed(request: Request) -> Response:
        return await _list(request)

    @made.get("/{no}")
    async def one(request: Request, no: str) -> Response:
        return await _show(request, no)

    @made.post("/{no}/outside-decision", max_body_size=settings.max_material_bytes + 100_000)
    async def record(request: Request, no: str) -> Response:
        return await _record_outside(request, no)

    @made.post("/{no}/{verb}")
    async def act(request: Request, no: str, verb: str) -> Response:
        return await _act(request, no, verb)

    return made


async def _list(request: Request) -> Response:
    """Newest first; every filter is in the address."""
    query, visit = request.query_params, visit_of(request)
    asked: dict[str, Any] = {name: query.get(name, "").strip() for name in TEXTS}
    asked |= {name: query.get(name, "") for name in ("status", "due_before", "mine", "item")}
    told = await visit.api.get("/cases", **asked, cursor=query.get("cursor", ""), limit=ROWS)
    today, catalogue = kit_of(request).clock.today(), (await names_of(kit_of(request))).catalogue
    shown: list[dict[str, Any]] = [
        {"name": name, "label": label, "value": asked[name]} for name, label in TEXTS.items()
    ]
    states = list(words.CASE_STATES.items())
    shown += [
        {"name": "status", "label": "状态", "value": asked["status"], "choices": states},
        {
            "name": "mine",
            "label": "范围",
            "value": asked["mine"],
            "choices": [("true", "等本单位办理的")],
        },
    ]
    rows = [{**row, "clock": row_due(row, today, catalogue)} for row in told["items"]]
    return page(
        request,
        "cases.html",
        rows=rows,
        next_cursor=told["next_cursor"],
        shown=shown,
        due_before=asked["due_before"],
        names=await names_of(kit_of(request)),
    )


async def _show(request: Request, no: str, *, failed: Drawn | None = None) -> Response:
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    case = await visit.api.get(f"/cases/{part(no)}")
    preview, course, feedback, vouchers = await asyncio.gather(
        _preview(visit.api, case),
        timeline(visit.api, no, names),
        _feedback(visit.api, no),
        papers_of(visit.api, no),
    )
    action = f"/cases/{part(no)}"
    drawn = [
        forms.draw(form, f"{action}/{form.key}", version=case["version"])
        for form in caseforms.forms_for(case, visit, names, preview)
    ]
    deadlines = case["deadlines"]
    return page(
        request,
        "case.html",
        422 if failed else 200,
        case=case,
        names=names,
        verbs=verbs.with_failed(drawn, failed, case["version"]),
        timeline=course,
        feedback=feedback,
        vouchers=vouchers,
        seats=names.seats(case["seats"]),
        clocks=[
            ("承诺期限", clock_of(deadlines["promised"]), deadlines["promised"]),
            ("法定期限", clock_of(deadlines["statutory"]), deadlines["statutory"]),
        ],
        closed=case["status"] in {"issued", "denied", "withdrawn"},
    )


async def _act(request: Request, no: str, verb: str) -> Response:
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    case = await visit.api.get(f"/cases/{part(no)}")
    offered = caseforms.forms_for({**case, "allowed": [verb]}, visit, names, "")
    if not offered:
        raise Problem("not-found", "没有这种办理")
    form = offered[0]

    async def redraw(drawn: Drawn) -> Response:
        return await _show(request, no, failed=_without_hash(drawn))

    return await verbs.submit(
        request,
        form,
        api_path=f"/cases/{part(no)}/{caseforms.path_of(case, form.key)}",
        back=f"/cases/{part(no)}",
        redraw=redraw,
    )


async def _record_outside(request: Request, no: str) -> Response:
    """The decision of an authority above, with its paper in the body."""
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    form_data = await form_of(request, max_files=1)
    given = texts(form_data)
    case = await visit.api.get(f"/cases/{part(no)}")
    asked = {**case, "allowed": ["outside-decision"]}
    form = caseforms.forms_for(asked, visit, names, "")[0]
    body, errors = forms.read(form, given)
    paper = form_data.get("paper")
    if isinstance(paper, UploadFile) and paper.size:
        content = base64.b64encode(await paper.read()).decode()
        body["paper"] = {"name": paper.filename or "决定文书.pdf", "content": content}
    else:
        errors.append({"field": "paper", "label": "决定文书（PDF）", "message": "请选择文件"})
    told: Mapping[str, Any]
    if errors:
        told = forms.invalid(errors)
    else:
        try:
            key = str(given.get("key") or forms.fresh_key())
            version = str(given.get("version") or "") or None
            path = f"/cases/{part(no)}/outside-decision"
            await visit.api.post(path, body, key=key, version=version)
            return RedirectResponse(view.link(f"/cases/{part(no)}", done=form.key), 303)
        except Refused as refused:
            told = {**refused.problem, "status": refused.status}
    return await _show(request, no, failed=forms.redraw(form, request.url.path, given, told))


def _without_hash(drawn: Drawn) -> Drawn:
    """A refused seal is looked at anew: the old hash must not come back with the form."""
    values = {name: value for name, value in drawn.values.items() if name != "content_sha256"}
    return replace(drawn, values=values)


async def _preview(api: Api, case: Mapping[str, Any]) -> str:
    """The hash of the paper as it would be sealed now; empty where there is none to see."""
    if NEEDS_PREVIEW not in case["allowed"]:
        return ""
    try:
        answer = await api.fetch(f"/cases/{part(case['no'])}/paper-preview")
    except Refused:
        return ""
    return str(answer.headers.get("X-Content-SHA256", ""))


async def _feedback(api: Api, no: str) -> list[dict[str, Any]]:
    try:
        told = await api.get("/feedback", no=no, limit=50)
    except Refused:
        return []
    items: list[dict[str, Any]] = told["items"]
    return items
