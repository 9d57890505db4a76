"""Chinese names of what the API calls by code; texts of the law stay where the law is."""

from collections.abc import Mapping

MODES: Mapping[str, str] = {
    "direct": "直接赋权",
    "substantive-review": "下放实质性审核权",
    "window-forward": "窗口前移",
    "stationed-office": "派驻机构审批",
    "direct-report": "审批直报",
}

SEATS: Mapping[str, str] = {
    "accepts": "受理",
    "reviews": "审核",
    "decides": "决定",
    "seals": "用印",
    "answers": "承担法律责任",
    "supervises": "监管",
}

ROLES: Mapping[str, str] = {
    "window": "窗口",
    "helper": "帮办代办",
    "reviewer": "审查",
    "approver": "决定",
    "sealer": "用印",
    "regulator": "监管",
    "inspector": "执法检查",
    "overseer": "统筹监督",
    "leader": "领导",
    "editor": "目录编辑",
    "publisher": "目录发布",
    "admin": "系统管理",
}

RESULT_KINDS: Mapping[str, str] = {
    "permit": "行政许可",
    "recordal": "备案",
    "confirmation": "行政确认",
    "other": "其他行政权力",
}

FILING_STATES: Mapping[str, str] = {
    "received": "待受理",
    "correction-asked": "待补正",
    "accepted": "已受理",
    "refused": "不予受理",
    "withdrawn": "已撤回",
}

CASE_STATES: Mapping[str, str] = {
    "under-review": "审核中",
    "awaiting-report-seal": "待上报会章",
    "awaiting-decision": "待决定",
    "reported": "已上报待决定",
    "suspended": "特别程序中",
    "decided": "已决定待用印",
    "awaiting-co-seal": "待见章盖章",
    "issued": "已办结（准予）",
    "denied": "已办结（不予）",
    "withdrawn": "已撤回",
}

PUSH_STATES: Mapping[str, str] = {
    "issued": "待推送",
    "pushed": "待认领",
    "claimed": "已认领",
    "answered": "已反馈",
    "returned": "已退回，待指派",
    "merged": "已并入另一推送",
}

FINDINGS: Mapping[str, str] = {
    "no-problem": "未发现问题",
    "rectification": "责令整改",
    "penalty": "行政处罚",
    "transfer": "移送有关机关",
    "not-found": "查无下落",
}

CHANNELS: Mapping[str, str] = {
    "platform": "一网通办",
    "window": "窗口",
    "self-service": "自助终端",
    "helper": "帮办代办",
}

APPLICANT_KINDS: Mapping[str, str] = {
    "company": "企业",
    "individual-business": "个体工商户",
    "public-body": "机关或者事业单位",
    "other-organisation": "其他组织",
}

PAPER_KINDS: Mapping[str, str] = {
    "acceptance": "受理通知书",
    "refusal": "不予受理通知书",
    "correction": "补正告知书",
    "extension": "延期通知书",
    "suspension": "特别程序告知书",
    "permit": "准予行政许可决定书",
    "recordal": "备案回执",
    "confirmation": "行政确认决定书",
    "other": "办理结果通知书",
    "denial": "不予许可决定书",
}

CASE_STEPS: Mapping[str, str] = {
    "acceptance": "受理",
    "review": "审核",
    "return": "退回审核",
    "report": "上报",
    "report-co-seal": "上报会章",
    "suspension": "进入特别程序",
    "resumption": "结束特别程序",
    "extension": "延长期限",
    "decision": "决定",
    "seal": "用印",
    "result-co-seal": "见章盖章",
    "withdrawal": "撤回",
    "handover": "席位移交",
    "outside-decision": "记录上级决定",
}

PUSH_STEPS: Mapping[str, str] = {
    "pushed": "推送送达",
    "claim": "认领",
    "claimed": "认领",
    "release": "释放认领",
    "released": "释放认领",
    "return": "退回（非本单位）",
    "returned": "退回（非本单位）",
    "assign": "指派",
    "reassigned": "指派",
    "merged": "并入",
    "inspect": "现场检查",
    "inspected": "现场检查",
    "feedback": "反馈",
}

PARTS: Mapping[str, str] = {
    "catalog": "目录",
    "intake": "收件",
    "approval": "审批",
    "supervision": "监管",
}

DONE: Mapping[str, str] = {
    "acceptance": "已受理，受理通知书正在生成。",
    "refusal": "已作出不予受理决定，通知书正在生成。",
    "correction-notice": "已一次性告知补正，告知书正在生成。",
    "corrections": "补正材料已提交。",
    "filing": "已收件。",
    "review": "审核意见已提交。",
    "return": "已退回。",
    "approval": "已作出准予决定，待用印。",
    "denial": "已作出不予决定，待用印。",
    "seal": "已用印，文书正在生成。",
    "suspensions": "已进入特别程序，计时中止。",
    "end": "特别程序结束，恢复计时。",
    "extension": "已延长办理期限。",
    "withdrawal": "已办理撤回。",
    "handover": "已办理席位移交。",
    "outside-decision": "已记录上级机关的决定。",
    "claim": "已认领。",
    "release": "已释放认领。",
    "assignment": "已指派。",
    "inspections": "检查记录已保存。",
    "feedback": "监管反馈已送达园区和决定机关。",
    "acknowledgement": "已签收。",
}
"""Said after a redirect, by the verb that was done; unknown words say nothing."""


def named(names: Mapping[str, str], code: object) -> str:
    """The name; the code itself where a newer service knows more than we."""
    return names.get(str(code), str(code)) if code not in (None, "") else "—"
