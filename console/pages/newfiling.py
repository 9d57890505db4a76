"""Filing on a company's behalf: choose the item, say what is known, see the judgement, hand in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import forms, uploads, view, words
from console.answers import PageRoute
from console.api import Api, Refused, part
from console.forms import Drawn, Field, Form
from console.names import Names, names_of
from console.view import page
from console.visits import Visit, by_session, form_of, texts, visit_of
from law.project import USES
from servicekit.access import kit_of
from servicekit.settings import Settings

ACTION = "/filings/new"
EVERY_ITEM = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """The item of the form and the guide now in force."""

    item: Mapping[str, Any]
    guide: Mapping[str, Any] | None

    @property
    def action(self) -> str:
        """The form's own address."""
        return view.link(ACTION, item=self.item["id"])


QUESTIONS: Mapping[str, Field] = {
    "investor": Field(
        name="project.investor",
        label="投资主体",
        kind="choice",
        required=False,
        choices=(("enterprise", "企业投资"), ("government", "政府投资")),
    ),
    "technical_renovation": Field(
        name="project.technical_renovation", label="是否技改项目", kind="yes-no", required=False
    ),
    "coal_tce": Field(
        name="project.coal_tce",
        label="年综合能源消费量（吨标准煤，当量值）",
        kind="number",
        required=False,
    ),
    "electricity_wan_kwh": Field(
        name="project.electricity_wan_kwh",
        label="年电力消费量（万千瓦时）",
        kind="number",
        required=False,
    ),
    "waste_source_in_park": Field(
        name="project.waste_source_in_park",
        label="建筑垃圾是否产生于园区",
        kind="yes-no",
        required=False,
    ),
    "discharges_pollutants": Field(
        name="project.discharges_pollutants", label="是否排污单位", kind="yes-no", required=False
    ),
    "general_eia": Field(
        name="project.general_eia",
        label="是否一般建设项目环境影响评价",
        kind="yes-no",
        required=False,
    ),
}
"""What scope rules may ask of a project, asked only where the item's rule does."""


def form_for(chosen: Chosen, names: Names) -> Form:
    """The filing of one item."""
    rules = json.dumps(chosen.item.get("delegations") or [], ensure_ascii=False)
    asked = [one for name, one in QUESTIONS.items() if f'"{name}"' in rules]
    return Form(
        key="filing",
        title="收件",
        button="提交收件",
        fields=(
            Field(name="park", label="园区", kind="choice", choices=names.parks()),
            *_applicant(),
            *_project(chosen.item),
            *asked,
            *_rest(chosen.guide),
        ),
    )


def router(settings: Settings) -> APIRouter:
    """The upload's limit is a setting, so the routes are made for the settings."""
    made = APIRouter(
        route_class=PageRoute, dependencies=[Depends(by_session())], include_in_schema=False
    )

    @made.get(ACTION)
    async def choose(request: Request, item: str = "") -> Response:
        visit = visit_of(request)
        if not item:
            told = await visit.api.get("/items", limit=EVERY_ITEM)
            return page(request, "filing_choose.html", items=told["items"])
        names = await names_of(kit_of(request))
        chosen = await _chosen(visit.api, item)
        org = visit.person.org
        values = {"park": org} if org in dict(names.parks()) else {}
        drawn = forms.draw(form_for(chosen, names), chosen.action, **values)
        return _page(request, chosen, drawn)

    @made.post(ACTION, max_body_size=uploads.largest(settings))
    async def hand_in(request: Request, item: str = "") -> Response:
        return await _hand_in(request, item)

    return made


async def _hand_in(request: Request, item: str) -> Response:
    """Uploads what was chosen, then judges only, or hands in."""
    visit = visit_of(request)
    form_data = await form_of(request, max_files=uploads.MOST)
    given = texts(form_data)
    chosen = await _chosen(visit.api, item)
    form = form_for(chosen, await names_of(kit_of(request)))
    body, errors = forms.read(form, given)
    key = str(given.get("key") or forms.fresh_key())
    told: Mapping[str, Any]
    try:
        materials = await uploads.take(visit.api, form_data, key=key)
        given |= uploads.remembered(form_data, materials)
        sent = _body(visit, item, body, materials)
        if given.get("intent") == "check":
            judged = await visit.api.ask("/filings/validate", sent)
            return _judged(request, chosen, form, given | {"key": key}, judged)
        if not errors:
            filed = await visit.api.post("/filings", sent, key=key)
            return RedirectResponse(view.link(f"/filings/{part(filed['no'])}", done="filing"), 303)
        told = forms.invalid(errors)
    except Refused as refused:
        told = {**refused.problem, "status": refused.status}
    drawn = forms.redraw(form, chosen.action, given, told)
    return _page(request, chosen, drawn, status=422)


def _applicant() -> list[Field]:
    return [
        Field(
            name="applicant.kind",
            label="申请人类型",
            kind="choice",
            choices=list(words.APPLICANT_KINDS.items()),
            value="company",
        ),
        Field(name="applicant.name", label="申请人名称", longest=200),
        Field(name="applicant.uscc", label="统一社会信用代码", longest=40, hint="18 位。"),
        Field(name="applicant.address", label="地址", required=False, longest=200),
        Field(name="applicant.contact.name", label="联系人", longest=200),
        Field(name="applicant.contact.phone", label="联系电话", required=False, longest=20),
    ]


def _project(item: Mapping[str, Any]) -> list[Field]:
    fields = [
        Field(name="project.name", label="项目名称", longest=200),
        Field(
            name="project.code",
            label="投资项目代码",
            required=False,
            longest=40,
            hint="如 2603-360702-04-01-123456。",
        ),
        Field(
            name="project.place.longitude",
            label="经度（CGCS2000）",
            kind="number",
            required=False,
            hint="坐标、宗地号、现场确认填一种即可。",
        ),
        Field(
            name="project.place.latitude", label="纬度（CGCS2000）", kind="number", required=False
        ),
        Field(name="project.place.parcel", label="宗地号", required=False, longest=200),
        Field(
            name="project.place.attested_inside",
            label="经现场确认是否在园区范围线内",
            kind="yes-no",
            required=False,
        ),
        Field(
            name="project.uses",
            label="项目性质",
            kind="choices",
            required=False,
            choices=list(USES.items()),
        ),
    ]
    if item.get("acts"):
        acts = [(one["id"], one["name"]) for one in item["acts"]]
        fields.append(
            Field(name="project.act", label="办理内容", kind="choice", required=False, choices=acts)
        )
    if item.get("sub_items"):
        subs = [(one["name"], one["name"]) for one in item["sub_items"]]
        fields.append(
            Field(
                name="project.sub_item",
                label="审批子项",
                kind="choice",
                required=False,
                choices=subs,
            )
        )
    return fields


def _rest(guide: Mapping[str, Any] | None) -> list[Field]:
    listed = (guide or {}).get("materials") or ()
    return [
        *(uploads.field_of(one["id"], one["name"]) for one in listed),
        Field(name="source_case_no", label="来源编号", required=False, longest=200),
        Field(
            name="rehearsal",
            label="这是演练件",
            kind="check",
            required=False,
            hint="演练件有单独的编号和水印，不计入统计。",
        ),
    ]


async def _chosen(api: Api, item: str) -> Chosen:
    told: dict[str, Any] = await api.get(f"/items/{part(item)}")
    guide = max(told["guides"], key=lambda one: int(one["guide_version"]), default=None)
    return Chosen(told, guide)


def _body(
    visit: Visit, item: str, body: dict[str, Any], materials: list[dict[str, Any]]
) -> dict[str, Any]:
    place = (body.get("project") or {}).get("place") or {}
    if "attested_inside" in place:
        place["attested_by"] = visit.person.name
    for name in ("longitude", "latitude"):
        if name in place:
            place[name] = float(place[name])
    channel = "helper" if visit.has("helper") and not visit.has("window") else "window"
    return {**body, "item": item, "materials": materials, "channel": channel}


def _judged(
    request: Request,
    chosen: Chosen,
    form: Form,
    given: Mapping[str, Any],
    judged: Mapping[str, Any],
) -> Response:
    """The same form with what was judged; its key stays, since nothing was handed in."""
    problem = forms.invalid(list(judged["errors"])) if judged["errors"] else None
    drawn = Drawn(
        form=form, action=chosen.action, key=str(given["key"]), values=given, problem=problem
    )
    return _page(request, chosen, drawn, judged=judged)


def _page(
    request: Request,
    chosen: Chosen,
    drawn: Drawn,
    *,
    judged: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    groups: dict[str, list[Field]] = {"applicant": [], "project": [], "materials": [], "rest": []}
    for one in drawn.form.fields:
        head = "materials" if one.kind == "file" else one.name.partition(".")[0]
        groups[head if head in groups else "rest"].append(one)
    return page(
        request,
        "filing_new.html",
        status,
        item=chosen.item,
        guide=chosen.guide,
        drawn=drawn,
        groups=groups,
        judged=judged,
    )
