"""The catalogue as officers look at it: items, delegations, and “may this park decide this?”"""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console import forms, words
from console.answers import PageRoute
from console.api import Refused
from console.forms import Drawn, Field, Form
from console.names import Names, names_of
from console.pages.newfiling import QUESTIONS
from console.view import page
from console.visits import by_session, form_of, texts, visit_of
from law.project import USES
from servicekit.access import kit_of

router = APIRouter(
    route_class=PageRoute,
    prefix="/catalogue",
    dependencies=[Depends(by_session())],
    include_in_schema=False,
)

EVERY_ITEM = 200
ROWS = 100


@router.get("")
async def items(request: Request, name: str = "", mode: str = "", granted_by: str = "") -> Response:
    """Every delegation with its item: who granted it, who supervises, in which mode."""
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    known = await visit.api.get("/items", name=name, limit=EVERY_ITEM)
    told = await visit.api.get("/delegations", mode=mode, granted_by=granted_by, limit=EVERY_ITEM)
    by_id = {one["id"]: one for one in known["items"]}
    rows = [
        {**one, "item_row": by_id[one["item"]], "period": _present(request, one)}
        for one in told["items"]
        if one["item"] in by_id
    ]
    shown: list[dict[str, Any]] = [
        {"name": "name", "label": "事项名称包含", "value": name},
        {"name": "mode", "label": "赋权方式", "value": mode, "choices": list(words.MODES.items())},
        {
            "name": "granted_by",
            "label": "赋权机关",
            "value": granted_by,
            "choices": names.departments(),
        },
    ]
    return page(request, "catalogue.html", rows=rows, shown=shown, names=names)


@router.get("/competence")
async def ask(request: Request, item: str = "") -> Response:
    """The form."""
    form = await _form(request)
    names = await names_of(kit_of(request))
    parks = names.parks()
    values: dict[str, Any] = {"item": item}
    if len(parks) == 1 or visit_of(request).person.org in dict(parks):
        org = visit_of(request).person.org
        values["park"] = org if org in dict(parks) else parks[0][0]
    return _page(request, forms.draw(form, "/catalogue/competence", **values), names)


@router.post("/competence")
async def judge(request: Request) -> Response:
    """The answer with its chain of reasons; nothing is stored."""
    given = texts(await form_of(request))
    form = await _form(request)
    names = await names_of(kit_of(request))
    body, errors = forms.read(form, given)
    place = (body.get("project") or {}).get("place") or {}
    for name in ("longitude", "latitude"):
        if name in place:
            place[name] = float(place[name])
    if errors:
        told = forms.invalid(errors)
        return _page(request, forms.redraw(form, request.url.path, given, told), names)
    try:
        answer = await visit_of(request).api.ask("/competence", body)
    except Refused as refused:
        told = {**refused.problem, "status": refused.status}
        return _page(request, forms.redraw(form, request.url.path, given, told), names)
    drawn = forms.draw(form, request.url.path, **given)
    return _page(request, drawn, names, answer)


def _page(
    request: Request, drawn: Drawn, names: Names, answer: dict[str, Any] | None = None
) -> Response:
    seats = names.seats(answer.get("seats") or {}) if answer else []
    status = 422 if drawn.problem else 200
    return page(request, "competence.html", status, drawn=drawn, answer=answer, seats=seats)


async def _form(request: Request) -> Form:
    told = await visit_of(request).api.get("/items", limit=EVERY_ITEM)
    items = [
        (one["id"], f"{one.get('list_row') or one['id']}　{one['name']}") for one in told["items"]
    ]
    names = await names_of(kit_of(request))
    acts = sorted({(act["id"], act["name"]) for one in told["items"] for act in one["acts"]})
    subs = sorted({sub["name"] for one in told["items"] for sub in one["sub_items"]})
    return Form(
        key="competence",
        title="权限判断",
        button="判断",
        fields=(
            Field(name="item", label="事项", kind="choice", choices=items),
            Field(name="park", label="园区", kind="choice", choices=names.parks()),
            Field(name="day", label="日期", kind="date", required=False, hint="不填则为今天。"),
            Field(
                name="project.place.longitude",
                label="经度（CGCS2000）",
                kind="number",
                required=False,
            ),
            Field(
                name="project.place.latitude",
                label="纬度（CGCS2000）",
                kind="number",
                required=False,
            ),
            Field(name="project.place.parcel", label="宗地号", required=False, longest=200),
            Field(
                name="project.uses",
                label="项目性质",
                kind="choices",
                required=False,
                choices=list(USES.items()),
            ),
            *QUESTIONS.values(),
            Field(
                name="project.act", label="办理内容", kind="choice", required=False, choices=acts
            ),
            Field(
                name="project.sub_item",
                label="审批子项",
                kind="choice",
                required=False,
                choices=[(one, one) for one in subs],
            ),
        ),
    )


def _present(request: Request, delegation: dict[str, Any]) -> dict[str, Any]:
    """The period in force today, else the last."""
    today = kit_of(request).clock.today().isoformat()
    periods: list[dict[str, Any]] = delegation["periods"]
    running = [
        one
        for one in periods
        if one["valid_from"] <= today and (one["valid_to"] is None or today <= one["valid_to"])
    ]
    return (running or periods)[-1]
