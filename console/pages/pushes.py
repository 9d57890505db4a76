"""The regulator's desk: what was pushed, claimed, looked at, answered; and assigning it anew."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console import forms, verbs, words
from console.answers import PageRoute
from console.api import part
from console.forms import Drawn, Field, Form
from console.names import Names, names_of
from console.pages.filing import timeline
from console.view import moment, page
from console.visits import Visit, by_session, visit_of
from servicekit.access import kit_of
from servicekit.problems import Problem

router = APIRouter(
    route_class=PageRoute,
    prefix="/pushes",
    dependencies=[Depends(by_session())],
    include_in_schema=False,
)

ROWS = 50
TEXTS = {"no": "编号", "company": "企业名称包含", "uscc": "统一社会信用代码"}
HIDDEN = ("regulator", "park", "claimed_by")
ROUTES = {"assign": "assignment", "inspect": "inspections"}
"""The API's verb → the last part of its route."""

CLAIM = Form(
    key="claim",
    title="认领",
    button="认领",
    explains="代表本单位认领后，由本单位实施检查并反馈。",
)
RELEASE = Form(
    key="release",
    title="释放认领",
    button="释放",
    explains="放回本单位的桌面，由其他人员认领。",
    fields=(Field(name="reason", label="释放理由", kind="area"),),
)


def forms_for(push: Mapping[str, Any], visit: Visit, names: Names) -> list[Form]:
    """In the order a regulator works."""
    made = [
        CLAIM,
        _inspections(visit, names),
        _feedback(push),
        RELEASE,
        _return(names),
        _assignment(names),
    ]
    allowed = {ROUTES.get(verb, verb) for verb in push["allowed"]}
    return [form for form in made if form.key in allowed]


@router.get("")
async def listed(request: Request) -> Response:
    """Newest first; every filter is in the address."""
    query = request.query_params
    asked: dict[str, Any] = {name: query.get(name, "").strip() for name in TEXTS}
    asked |= {name: query.get(name, "") for name in ("state", "overdue", *HIDDEN)}
    told = await visit_of(request).api.get(
        "/pushes", **asked, cursor=query.get("cursor", ""), limit=ROWS
    )
    shown: list[dict[str, Any]] = [
        {"name": name, "label": label, "value": asked[name]} for name, label in TEXTS.items()
    ]
    states = [one for one in words.PUSH_STATES.items() if one[0] != "issued"]
    shown += [
        {"name": "state", "label": "状态", "value": asked["state"], "choices": states},
        {
            "name": "overdue",
            "label": "期限",
            "value": asked["overdue"],
            "choices": [("true", "逾期"), ("false", "未逾期")],
        },
    ]
    return page(
        request,
        "pushes.html",
        rows=told["items"],
        next_cursor=told["next_cursor"],
        shown=shown,
        title="监管推送",
        intro="审批结果送到本单位后，在这里认领、检查、反馈。",
    )


@router.get("/{push}")
async def one(request: Request, push: str) -> Response:
    """One push with its decision, inspections, answers and history."""
    return await _show(request, push)


@router.post("/{push}/{verb}")
async def act(request: Request, push: str, verb: str) -> Response:
    """Does what a form asks."""
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    told = await visit.api.get(f"/pushes/{part(push)}")
    offered = forms_for({**told, "allowed": [verb]}, visit, names)
    if not offered:
        raise Problem("not-found", "没有这种办理")
    form = offered[0]

    async def redraw(drawn: Drawn) -> Response:
        return await _show(request, push, failed=drawn)

    return await verbs.submit(
        request,
        form,
        api_path=f"/pushes/{part(push)}/{form.key}",
        back=f"/pushes/{part(push)}",
        redraw=redraw,
    )


async def _show(request: Request, id_: str, *, failed: Drawn | None = None) -> Response:
    visit = visit_of(request)
    names = await names_of(kit_of(request))
    push = await visit.api.get(f"/pushes/{part(id_)}")
    drawn = [
        forms.draw(form, f"/pushes/{part(id_)}/{form.key}", version=push["version"])
        for form in forms_for(push, visit, names)
    ]
    return page(
        request,
        "push.html",
        422 if failed else 200,
        push=push,
        names=names,
        verbs=verbs.with_failed(drawn, failed, push["version"]),
        timeline=await timeline(visit.api, push["no"], names),
        late=_late(push, kit_of(request).clock.today().isoformat()),
    )


def _late(push: Mapping[str, Any], today: str) -> bool:
    """As the board counts it: unclaimed past its limit, or a rectification overdue."""
    due = push["clock"]["due"]
    unclaimed = push["state"] in {"pushed", "returned"} and due is not None and due < today
    rectification = push.get("rectification_due")
    return unclaimed or (rectification is not None and rectification < today)


def _inspections(visit: Visit, names: Names) -> Form:
    return Form(
        key="inspections",
        title="现场检查",
        button="保存检查记录",
        explains="检查由两名以上执法人员进行，并记录执法证号（行政处罚法第四十二条）。",
        fields=(
            Field(
                name="inspectors",
                label="检查人员（至少两名）",
                kind="choices",
                fewest=2,
                choices=names.inspectors(visit.person.org),
            ),
            Field(name="inspected_at", label="检查时间", kind="moment"),
            Field(name="findings", label="检查情况", kind="area"),
        ),
    )


def _feedback(push: Mapping[str, Any]) -> Form:
    inspections = [
        (one["id"], f"{moment(one['inspected_at'])}　{_people(one)}")
        for one in push.get("inspections") or ()
    ]
    return Form(
        key="feedback",
        title="反馈监管结果",
        button="反馈给园区和决定机关",
        explains="反馈即时送到园区和决定机关的桌面，由其签收。",
        fields=(
            Field(
                name="result", label="监管结果", kind="choice", choices=list(words.FINDINGS.items())
            ),
            Field(name="summary", label="情况说明", kind="area"),
            Field(
                name="inspection",
                label="依据的检查记录",
                kind="choice",
                required=False,
                choices=inspections,
                hint="不选则为最近一次。",
            ),
            Field(
                name="rectification.required",
                label="整改要求",
                kind="area",
                required=False,
                hint="结果为责令整改时填写。",
            ),
            Field(name="rectification.due", label="整改期限", kind="date", required=False),
        ),
    )


def _return(names: Names) -> Form:
    return Form(
        key="return",
        title="不归本单位监管",
        button="退回，请行政审批局指派",
        fields=(
            Field(name="reason", label="理由", kind="area"),
            Field(
                name="suggests",
                label="建议转哪个单位",
                kind="choice",
                required=False,
                choices=names.departments(),
            ),
        ),
    )


def _assignment(names: Names) -> Form:
    return Form(
        key="assignment",
        title="指派",
        button="指派",
        explains="指派后由新的主管部门认领；该部门已有同一决定的推送时并为一件，保留双方记录。",
        fields=(
            Field(name="regulator", label="主管部门", kind="choice", choices=names.departments()),
            Field(name="reason", label="指派理由", kind="area"),
        ),
    )


def _people(inspection: Mapping[str, Any]) -> str:
    return "、".join(str(one["name"]) for one in inspection["inspectors"])
