"""One Chinese sentence for each type of event, as a case's timeline shows it.

A type nobody here knows yet still stands in the timeline, by its name.
"""

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
Sentence = Callable[[Data], str]

_OUTCOMES = {"granted": "准予", "denied": "不予"}
_RECOMMENDS = {"grant": "准予", "deny": "不予"}
_RESULTS = {
    "no-problem": "未发现问题",
    "rectification": "责令整改",
    "penalty": "行政处罚",
    "transfer": "移送",
    "not-found": "未找到检查对象",
}


def sentence(type_: str, data: Data) -> str:
    """The sentence; the bare type for an unknown one or a shape nobody foresaw."""
    tell = SENTENCES.get(type_)
    if tell is None:
        return f"发生了 {type_}"
    try:
        return tell(data)
    except (KeyError, TypeError, AttributeError):
        return f"发生了 {type_}"


def _who(data: Data, key: str = "by") -> str:
    by = data.get(key)
    return f"{by['name']}" if by else "系统"


def _because(data: Data) -> str:
    return f"，理由：{data['reason']}" if data.get("reason") else ""


def _received(data: Data) -> str:
    filing = data["filing"]
    return (
        f"收到{filing['applicant']['name']}“{filing['item_name']}”的申请，收件编号 {filing['no']}"
    )


def _accepted(data: Data) -> str:
    if data.get("by_silence"):
        return "逾期未告知，自收到申请材料之日起即为受理（许可法第三十二条）"
    return f"{_who(data)}受理了申请"


def _correction_asked(data: Data) -> str:
    missing = "；".join(one["text"] for one in data["missing"])
    return f"{_who(data)}一次性告知补正（{data['notice_no']}）：{missing}"


def _document_ready(data: Data) -> str:
    paper = data["paper"]
    return f"文书《{paper['title']}》已生成（{paper['number']}）"


def _opened(data: Data) -> str:
    provisional = "（暂定）" if data.get("due_provisional") else ""
    return (
        f"办件进入审批，承诺 {data['promised_due']} 前、法定 {data['statutory_due']} 前办结"
        f"{provisional}"
    )


def _reviewed(data: Data) -> str:
    return f"{_who(data)}完成审查，建议{_RECOMMENDS[data['recommends']]}：{data['opinion']}"


def _suspended(data: Data) -> str:
    return (
        f"{_who(data)}中止计时{_because(data)}，预计 {data['expected_days']} 天"
        f"（{data['notice_no']}）"
    )


def _extended(data: Data) -> str:
    by = _who(data, "approved_by")
    return f"{by}批准延长 {data['days']} 个工作日{_because(data)}（{data['notice_no']}）"


def _issued(data: Data) -> str:
    number = data["decision"].get("no") or "无文号"
    return (
        f"{data['sealed_by']['by']['name']}加盖“{data['sealed_by']['name']}”，决定送达（{number}）"
    )


def _denied(data: Data) -> str:
    return f"不予许可决定送达（{data['decision']['no']}）：{'；'.join(data['reasons'])}"


def _acknowledged(data: Data) -> str:
    note = f"：{data['note']}" if data.get("note") else ""
    return f"{_who(data)}签收监管反馈{note}"


def _pushed(data: Data) -> str:
    due = f"，应于 {data['due']} 前送达" if data.get("due") else ""
    what = "撤销决定" if data.get("cause") == "revoked" else "审批结果"
    return f"{what}（{data['decision_no']}）推送至监管部门 {data['regulator']}{due}"


def _returned_push(data: Data) -> str:
    suggests = f"，建议转 {data['suggests']}" if data.get("suggests") else ""
    return f"{_who(data)}退回推送{_because(data)}{suggests}"


def _inspected(data: Data) -> str:
    names = "、".join(one["name"] for one in data["inspectors"])
    return f"{names}实施现场检查：{data['findings']}"


def _feedback(data: Data) -> str:
    late = "（逾期）" if data.get("late") else ""
    return f"{_who(data)}反馈监管结果{late}：{_RESULTS[data['result']]}。{data['summary']}"


SENTENCES: Mapping[str, Sentence] = {
    "intake.received.v1": _received,
    "intake.accepted.v1": _accepted,
    "intake.refused.v1": lambda data: f"{_who(data)}不予受理{_because(data)}",
    "intake.correction-asked.v1": _correction_asked,
    "intake.corrected.v1": lambda _: "申请人补正了材料",
    "intake.withdrawn.v1": lambda data: f"申请人撤回了申请{_because(data)}",
    "intake.document-ready.v1": _document_ready,
    "approval.opened.v1": _opened,
    "approval.reviewed.v1": _reviewed,
    "approval.returned.v1": lambda data: f"{_who(data)}退回审查{_because(data)}",
    "approval.suspended.v1": _suspended,
    "approval.resumed.v1": lambda data: f"{_who(data)}恢复计时，承诺期限为 {data['promised_due']}",
    "approval.extended.v1": _extended,
    "approval.decided.v1": lambda data: f"{_who(data)}决定{_OUTCOMES[data['outcome']]}，待用印",
    "approval.issued.v1": _issued,
    "approval.denied.v1": _denied,
    "approval.withdrawn.v1": lambda data: f"申请人撤回了申请，办件终止{_because(data)}",
    "approval.revoked.v1": lambda data: (
        f"{_who(data)}撤销决定 {data['decision_no']}{_because(data)}"
    ),
    "approval.handed-over.v1": lambda data: f"{_who(data)}办理席位移交{_because(data)}",
    "approval.document-ready.v1": _document_ready,
    "approval.feedback-acknowledged.v1": _acknowledged,
    "supervision.pushed.v1": _pushed,
    "supervision.claimed.v1": lambda data: f"{_who(data)}代表 {data['regulator']} 认领了推送",
    "supervision.released.v1": lambda data: f"{_who(data)}释放认领{_because(data)}",
    "supervision.returned.v1": _returned_push,
    "supervision.reassigned.v1": lambda data: (
        f"{_who(data)}将推送由 {data['from_regulator']} 改派 {data['regulator']}{_because(data)}"
    ),
    "supervision.inspected.v1": _inspected,
    "supervision.feedback.v1": _feedback,
}
