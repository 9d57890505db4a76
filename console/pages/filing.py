"""One filing: what was handed in, why the park may take it, and what the window does with it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import forms, uploads, verbs, view
from console.answers import PageRoute
from console.api import Api, Refused, part
from console.forms import Drawn, Field, Form
from console.names import Names, names_of
from console.view import page
from console.visits import by_session, form_of, texts, visit_of
from servicekit.access import kit_of
from servicekit.settings import Settings

ACCEPTANCE = Form(
    key="acceptance",
    title="受理",
    button="受理",
    explains="材料齐全、符合法定形式，属于园区权限。受理后生成受理通知书，办件进入审批。",
)
GROUNDS = (
    ("not-needed", "依法不需要取得许可"),
    ("not-our-power", "不属于本机关职权范围"),
    ("not-corrected", "告知后逾期未补正"),
)
WITHDRAWAL = Form(
    key="withdrawal",
    title="撤回申请",
    button="撤回",
    explains="由提交本件的申请人一方在受理之前办理。",
    fields=(Field(name="reason", label="撤回原因", kind="area", required=False),),
    grave=True,
)


def refusal(names: Names) -> Form:
    """不予受理, with the right authority where there is one."""
    return Form(
        key="refusal",
        title="不予受理",
        button="作出不予受理决定",
        explains="不属于职权范围的，应当告知申请人向有关行政机关申请（行政许可法第三十二条）。",
        fields=(
            Field(name="reason", label="不予受理的情形", kind="choice", choices=GROUNDS),
            Field(name="text", label="理由", kind="area", hint="写入不予受理通知书。"),
            Field(
                name="right_authority",
                label="应当向哪个机关申请",
                kind="choice",
                required=False,
                choices=names.departments(),
            ),
        ),
        grave=True,
    )


def correction_notice(missing: list[dict[str, Any]]) -> Form:
    """一次性告知: prefilled with what the guide asks for and is not there."""
    return Form(
        key="correction-notice",
        title="一次性告知补正",
        button="发出补正告知书",
        explains="应当一次告知全部需要补正的内容；发出后不能再发第二次（行政许可法第三十二条）。",
        fields=(
            Field(
                name="missing",
                label="需要补正的内容",
                kind="lines",
                longest=500,
                value=[one["name"] for one in missing],
                hint="每行一项；填写最后一行会增加新的一行。",
            ),
        ),
        grave=True,
    )


def corrections(missing: list[dict[str, Any]]) -> Form:
    """补正 on the applicant's behalf."""
    return Form(
        key="corrections",
        title="提交补正",
        button="提交补正",
        explains="由提交本件的申请人一方办理。",
        fields=(
            *(uploads.field_of(one["requirement"], one["name"]) for one in missing),
            Field(name="note", label="补正说明", kind="area", required=False),
        ),
    )


def forms_for(filing: Mapping[str, Any], names: Names) -> list[Form]:
    """The forms of the verbs the filing's status takes."""
    missing = list(filing.get("missing_materials") or ())
    known = [
        ACCEPTANCE,
        correction_notice(missing),
        corrections(missing),
        refusal(names),
        WITHDRAWAL,
    ]
    return [form for form in known if form.key in filing["allowed"]]


def router(settings: Settings) -> APIRouter:
    """The upload's limit is a setting, so the routes are made for the settings."""
    made = APIRouter(
        route_class=PageRoute,
        prefix="/filings/{no}",
        dependencies=[Depends(by_session())],
        include_in_schema=False,
    )

    @made.get("")
    async def one(request: Request, no: str) -> Response:
        return await _show(request, no)

    @made.post("/corrections", max_body_size=uploads.largest(settings))
    async def correct(request: Request, no: str) -> Response:
        return await _correct(request, no)

    @made.post("/{verb}")
    async def act(request: Request, no: str, verb: str) -> Response:
        filing = await visit_of(request).api.get(f"/filings/{part(no)}")
        names = await names_of(kit_of(request))
        form = next(
            (one for one in _every(filing, names) if one.key == verb),
            ACCEPTANCE,
        )

        async def redraw(drawn: Drawn) -> Response:
            return await _show(request, no, failed=drawn)

        return await verbs.submit(
            request,
            form,
            api_path=f"/filings/{part(no)}/{form.key}",
            back=f"/filings/{part(no)}",
            redraw=redraw,
            prepare=lambda body: _with_requirements(form, body, filing),
        )

    return made


async def _show(request: Request, no: str, *, failed: Drawn | None = None) -> Response:
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    filing = await visit.api.get(f"/filings/{part(no)}")
    drawn = [
        forms.draw(form, f"/filings/{part(no)}/{form.key}", version=filing["version"])
        for form in forms_for(filing, names)
        if _may(visit.roles, form.key, filing, visit.person.org)
    ]
    return page(
        request,
        "filing.html",
        422 if failed else 200,
        filing=filing,
        names=names,
        verbs=verbs.with_failed(drawn, failed, filing["version"]),
        papers=await papers_of(visit.api, no),
        timeline=await timeline(visit.api, no, names),
        seats=names.seats(filing["competence"].get("seats") or {}),
    )


async def _correct(request: Request, no: str) -> Response:
    visit = visit_of(request)
    form_data = await form_of(request, max_files=uploads.MOST)
    filing = await visit.api.get(f"/filings/{part(no)}")
    form = corrections(list(filing.get("missing_materials") or ()))
    given = texts(form_data)
    action = request.url.path
    try:
        materials = await uploads.take(visit.api, form_data, key=str(given.get("key", "")))
        note = str(given.get("note", "")).strip()
        await visit.api.post(
            f"/filings/{part(no)}/corrections",
            {"materials": materials, **({"note": note} if note else {})},
            key=str(given.get("key") or forms.fresh_key()),
            version=str(given.get("version") or "") or None,
        )
    except Refused as refused:
        told = {**refused.problem, "status": refused.status}
        return await _show(request, no, failed=forms.redraw(form, action, given, told))
    return RedirectResponse(view.link(f"/filings/{part(no)}", done="corrections"), 303)


async def timeline(api: Api, no: str, names: Names) -> dict[str, Any]:
    """The case's course with names for ids; what is missing is said, not hidden."""
    try:
        told: dict[str, Any] = await api.get(f"/filings/{part(no)}/timeline")
    except Refused as refused:
        if refused.status == 404:
            return {"entries": [], "incomplete": []}
        return {"entries": [], "incomplete": ["intake", "approval", "supervision"]}
    entries = [{**entry, "sentence": names.in_text(entry["sentence"])} for entry in told["entries"]]
    return {**told, "entries": entries}


async def papers_of(api: Api, no: str) -> list[dict[str, Any]]:
    """The papers of the time before acceptance, and the acceptance itself."""
    try:
        told: list[dict[str, Any]] = await api.get(f"/filings/{part(no)}/documents")
    except Refused:
        return []
    return told


def _may(roles: frozenset[str], verb: str, filing: Mapping[str, Any], org: str) -> bool:
    """Intake says what the status takes; which side of the counter a form is on stands here."""
    if verb in {"corrections", "withdrawal"}:
        return bool(roles & {"window", "helper"}) and filing["source_system"] == org
    return bool(roles & {"window", "approver"})


def _every(filing: Mapping[str, Any], names: Names) -> list[Form]:
    missing = list(filing.get("missing_materials") or ())
    return [ACCEPTANCE, correction_notice(missing), refusal(names), WITHDRAWAL]


def _with_requirements(
    form: Form, body: dict[str, Any], filing: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Lines of the notice that are materials of the guide carry their ids."""
    if form.key != "correction-notice":
        return body
    known = {one["name"]: one["requirement"] for one in filing.get("missing_materials") or ()}
    return {
        "missing": [
            {"text": text, **({"requirement": known[text]} if text in known else {})}
            for text in body["missing"]
        ]
    }
