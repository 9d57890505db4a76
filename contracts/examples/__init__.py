"""One case told in events: a good sample of every type, and a bad one that fails on one field."""

from collections.abc import Mapping

from contracts.examples import approval, catalog, intake, supervision
from contracts.examples.bad import Bad, removed
from contracts.shape import EventData

GOOD: Mapping[str, EventData] = {
    event.TYPE: event
    for event in (*catalog.EVENTS, *intake.EVENTS, *approval.EVENTS, *supervision.EVENTS)
}

BAD: Mapping[str, Bad] = {
    "catalog.item.v1": Bad("/data/result_kind", "licence", "结果类型不在可选值内"),
    "catalog.guide.v1": Bad("/data/statutory_days", "二十日", "法定时限应为整数"),
    "catalog.delegation.v1": removed("/data/periods/0/seats/decides", "六个席位缺一不可"),
    "catalog.organisation.v1": Bad("/data/kind", "company", "机构类型不在可选值内"),
    "catalog.calendar.v1": Bad("/data/years/2026/rest/0", "元旦", "休息日应为日期"),
    "intake.received.v1": Bad("/data/filing/no", "2026-0001", "收件编号格式不符"),
    "intake.accepted.v1": Bad("/data/accepted_at", "2026-03-03T09:30:00", "时刻缺少时区"),
    "intake.refused.v1": removed("/data/reason", "不予受理须说明理由（许可法第三十二条）"),
    "intake.correction-asked.v1": removed("/data/missing/0/text", "补正须写明缺什么"),
    "intake.corrected.v1": removed("/data/filing", "补正后须带完整的申请"),
    "intake.withdrawn.v1": Bad("/data/viewers/0", "章贡高新区", "机构应写编号"),
    "intake.document-ready.v1": Bad("/data/paper/content_sha256", "abc", "摘要应为 64 位十六进制"),
    "approval.opened.v1": Bad("/data/mode", "full-grant", "赋权方式不在可选值内"),
    "approval.reviewed.v1": Bad("/data/recommends", "maybe", "审查建议只能是准予或不予"),
    "approval.returned.v1": removed("/data/by/id", "须写明经办人"),
    "approval.suspended.v1": Bad("/data/expected_days", "十天", "天数应为整数"),
    "approval.resumed.v1": Bad("/data/promised_due", "2026年4月", "期限应为日期"),
    "approval.extended.v1": removed("/data/approved_by", "延期须经负责人批准（许可法第四十二条）"),
    "approval.decided.v1": Bad("/data/outcome", "approved", "决定结果不在可选值内"),
    "approval.issued.v1": removed("/data/decision/content_sha256", "决定须带内容摘要"),
    "approval.denied.v1": Bad("/data/reasons", "不符合条件", "理由应为列表"),
    "approval.withdrawn.v1": Bad("/data/withdrawn_at", "昨天", "时刻格式不符"),
    "approval.revoked.v1": Bad("/data/regulators/0", "", "监管部门编号不能为空"),
    "approval.handed-over.v1": Bad("/data/seats/supervises", "zg-shuili", "监管席位应为列表"),
    "approval.document-ready.v1": removed("/data/paper/code", "文书须有核验码"),
    "approval.feedback-acknowledged.v1": removed("/data/feedback", "须写明签收的是哪一条反馈"),
    "supervision.pushed.v1": Bad("/data/cause", "reminder", "推送原因不在可选值内"),
    "supervision.claimed.v1": removed("/data/push", "须写明认领的是哪一条推送"),
    "supervision.released.v1": Bad("/data/released_at", "3月11日", "时刻格式不符"),
    "supervision.returned.v1": removed("/data/reason", "退回须说明理由"),
    "supervision.reassigned.v1": Bad("/data/from_regulator", "区水利局", "机构应写编号"),
    "supervision.inspected.v1": removed(
        "/data/inspectors/0/certificate_no", "检查人员须持证（行政处罚法第四十二条）"
    ),
    "supervision.feedback.v1": Bad("/data/result", "fine", "监管结果不在可选值内"),
}
