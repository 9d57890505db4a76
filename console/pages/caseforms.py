"""The forms of a case's verbs; which of them are shown is the API's `allowed`."""

from collections.abc import Mapping
from typing import Any

from console.forms import Field, Form
from console.names import Names
from console.visits import Visit
from law.clock import PauseReason

REASONS = [(reason.value, reason.value) for reason in PauseReason]
RECOMMENDS = (("grant", "建议准予"), ("deny", "建议不予"))
OUTCOMES = (("granted", "准予"), ("denied", "不予"))


def forms_for(case: Mapping[str, Any], visit: Visit, names: Names, preview: str) -> list[Form]:
    """In the order an officer looks for them. `preview`: the hash the seal will be over."""
    made = [
        _review(),
        _approval(case, visit, names),
        _seal(case, visit, names, preview),
        _outside(),
        _denial(case, visit, names),
        _return(),
        _suspension(),
        _end(),
        _extension(),
        _handover(),
        _withdrawal(),
    ]
    return [form for form in made if form.key in case["allowed"]]


def path_of(case: Mapping[str, Any], verb: str) -> str:
    """The API's route of a verb, beneath the case."""
    if verb != "end":
        return verb
    running = [one for one in case["deadlines"]["suspensions"] if one["until_day"] is None]
    return f"suspensions/{running[-1]['id']}/end" if running else "end"


def _review() -> Form:
    return Form(
        key="review",
        title="审核",
        button="提交审核意见",
        fields=(
            Field(name="recommends", label="审核结论", kind="choice", choices=RECOMMENDS),
            Field(name="opinion", label="审核意见", kind="area"),
        ),
    )


def _approval(case: Mapping[str, Any], visit: Visit, names: Names) -> Form:
    return Form(
        key="approval",
        title="准予",
        button="作出准予决定",
        explains="决定时按今天的目录重新判断权限；决定内容生成文书，用印前可以预览。",
        fields=(
            Field(
                name="grounds",
                label="决定依据",
                kind="lines",
                longest=1000,
                hint="每行一条，写明法律、法规或者文件的条款。",
            ),
            *_seal_at_once(case, visit, names),
        ),
        grave=True,
    )


def _denial(case: Mapping[str, Any], visit: Visit, names: Names) -> Form:
    return Form(
        key="denial",
        title="不予",
        button="作出不予决定",
        explains="应当说明理由，并告知申请行政复议或者提起行政诉讼的权利（行政许可法第三十八条）。",
        fields=(
            Field(name="grounds", label="决定依据", kind="lines", longest=1000),
            Field(name="reasons", label="不予的理由", kind="lines", longest=1000),
            Field(
                name="remedies.review_by",
                label="行政复议机关",
                required=False,
                longest=200,
                hint="不填则写本级人民政府。",
            ),
            *_seal_at_once(case, visit, names),
        ),
        grave=True,
    )


def _seal_at_once(case: Mapping[str, Any], visit: Visit, names: Names) -> list[Field]:
    """Where one hand may decide and seal."""
    one_hand = case["instant"] or visit.has("sealer")
    if not one_hand or case["seats"]["seals"] != visit.person.org:
        return []
    return [
        Field(
            name="seal",
            label="同时用印",
            kind="choice",
            required=False,
            choices=names.seals(visit.person.org),
        )
    ]


def _seal(case: Mapping[str, Any], visit: Visit, names: Names, preview: str) -> Form:
    orgs = dict.fromkeys([visit.person.org, case["seats"]["seals"]])
    seals = [seal for org in orgs for seal in names.seals(org)]
    return Form(
        key="seal",
        title="用印",
        button="核对无误，用印",
        explains="用印针对预览所见的内容；内容有变时会拒绝并请您重新核对。",
        preview=f"/cases/{case['no']}/preview" if preview else "",
        fields=(
            Field(name="seal", label="印章", kind="choice", choices=seals),
            Field(name="content_sha256", label="", kind="hidden", required=False, value=preview),
        ),
        grave=True,
    )


def _outside() -> Form:
    return Form(
        key="outside-decision",
        title="记录上级机关的决定",
        button="记录",
        fields=(
            Field(name="outcome", label="决定结果", kind="choice", choices=OUTCOMES),
            Field(name="decision_no", label="文号", required=False, longest=100),
            Field(name="decided_on", label="决定日期", kind="date"),
            Field(name="grounds", label="决定依据", kind="lines", longest=1000),
            Field(name="reasons", label="不予的理由", kind="lines", required=False, longest=1000),
            Field(name="valid_from", label="有效期自", kind="date", required=False),
            Field(name="valid_to", label="有效期至", kind="date", required=False),
            Field(name="paper", label="决定文书（PDF）", kind="file", accepts=".pdf"),
        ),
        grave=True,
    )


def _return() -> Form:
    return Form(
        key="return",
        title="退回审核",
        button="退回",
        fields=(Field(name="reason", label="退回理由", kind="area"),),
    )


def _suspension() -> Form:
    return Form(
        key="suspensions",
        title="进入特别程序",
        button="中止计时并告知申请人",
        explains="所需时间书面告知申请人，不计算在办理期限内（行政许可法第四十五条）。",
        fields=(
            Field(name="reason", label="特别程序", kind="choice", choices=REASONS),
            Field(name="expected_days", label="所需天数", kind="number"),
        ),
    )


def _end() -> Form:
    return Form(
        key="end", title="结束特别程序", button="结束，恢复计时", explains="期限从今天起继续计算。"
    )


def _extension() -> Form:
    return Form(
        key="extension",
        title="延长期限",
        button="批准延长",
        explains="经本机关负责人批准，可以延长一次，不超过十日（行政许可法第四十二条）。",
        fields=(
            Field(name="days", label="延长天数", kind="number"),
            Field(name="reason", label="延长理由", kind="area", hint="写入延期通知书。"),
        ),
        grave=True,
    )


def _handover() -> Form:
    return Form(
        key="handover",
        title="席位移交",
        button="移交",
        explains="权力席位已经变更，移交给现在的席位单位后才能继续办理。",
        fields=(Field(name="reason", label="移交说明", kind="area"),),
        grave=True,
    )


def _withdrawal() -> Form:
    return Form(
        key="withdrawal",
        title="撤回申请",
        button="按申请人意愿撤回",
        explains="在作出决定之前，由申请人一方或者受申请人之托的窗口办理。",
        fields=(Field(name="reason", label="撤回原因", kind="area", required=False),),
        grave=True,
    )
