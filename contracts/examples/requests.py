"""A good and a bad body for every request that has one, in the story of the sample case."""

from dataclasses import dataclass
from typing import Any

from contracts.examples import people
from contracts.examples.approval import DECISION_NO
from contracts.examples.bad import Bad, removed

UNKNOWN_FIELD = "不认识的字段不接受"


@dataclass(frozen=True, slots=True)
class RequestSample:
    """`path` is the route's template; `bad.field` is a JSON pointer within the body."""

    part: str
    path: str
    good: dict[str, Any]
    bad: Bad

    @property
    def name(self) -> str:
        """`part.route`, as the files are called."""
        route = self.path.removeprefix("/api/v1/").strip("/")
        plain = [step for step in route.split("/") if not step.startswith("{")]
        return f"{self.part}.{'-'.join(plain)}"


_WORDS_MISSING = "须说明理由"
_MATERIAL = "018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8a01"
_PROJECT = {
    "name": "年产五千吨新材料项目（示例）",
    "code": "2601-360702-04-01-123456",
    "place": {"longitude": 114.97, "latitude": 25.83},
    "uses": ["industrial"],
    "investor": "enterprise",
}
_FILING = {
    "item": people.ITEM,
    "park": people.PARK,
    "applicant": {
        "kind": "company",
        "name": "赣州某某新材料有限公司（示例）",
        "uscc": "91360702MA35J4QX0J",
        "address": "江西省赣州市章贡区沙河园区（地址示例）",
        "contact": {"name": "联系人（示例）", "phone": "0797-5550000"},
    },
    "project": _PROJECT,
    "materials": [{"id": _MATERIAL, "requirement": "zg-25-m1"}],
    "channel": "platform",
    "source_case_no": "GZ202603020001",
    "rehearsal": True,
}

_CATALOG = (
    RequestSample(
        "catalog",
        "/api/v1/imports",
        {"file_name": "附件1.tsv", "content_base64": "5bqP5Y+3CeS6i+mhueWQjeensAo="},
        removed("/content_base64", "清单内容缺失"),
    ),
    RequestSample(
        "catalog",
        "/api/v1/competence",
        {
            "item": people.ITEM,
            "park": people.PARK,
            "project": _PROJECT,
            "day": "2026-03-02",
        },
        Bad("/project/place/longitude", 514.97, "经度超出范围"),
    ),
)

_INTAKE = (
    RequestSample(
        "intake", "/api/v1/filings", _FILING, removed("/applicant/uscc", "缺统一社会信用代码")
    ),
    RequestSample(
        "intake",
        "/api/v1/filings/validate",
        _FILING,
        Bad("/channel", "post", "收件渠道不在可选值内"),
    ),
    RequestSample(
        "intake",
        "/api/v1/filings/{no}/refusal",
        {
            "reason": "not-our-power",
            "text": "依法不属于本机关职权范围",
            "right_authority": people.OVERSEER,
        },
        Bad("/reason", "busy", "不予受理的情形不在可选值内（许可法第三十二条）"),
    ),
    RequestSample(
        "intake",
        "/api/v1/filings/{no}/correction-notice",
        {"missing": [{"requirement": "zg-25-m1", "text": "缺水土保持方案报告书"}]},
        Bad("/missing", [], "补正须一次告知全部内容，不能为空"),
    ),
    RequestSample(
        "intake",
        "/api/v1/filings/{no}/corrections",
        {"materials": [{"id": _MATERIAL, "requirement": "zg-25-m1"}], "note": "已补齐"},
        Bad("/materials/0/id", 7, "材料编号应为文本"),
    ),
    RequestSample(
        "intake",
        "/api/v1/filings/{no}/withdrawal",
        {"reason": "项目暂缓"},
        Bad("/reason", "", "理由不能是空文本，可以不填"),
    ),
)

_APPROVAL = (
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/review",
        {"opinion": "材料齐全，方案符合技术标准", "recommends": "grant"},
        Bad("/recommends", "maybe", "审查建议只能是准予或不予"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/return",
        {"reason": "防治责任范围前后不一致"},
        removed("/reason", _WORDS_MISSING),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/approval",
        {"grounds": ["《中华人民共和国水土保持法》第二十五条"]},
        Bad("/grounds", [], "准予须有依据"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/denial",
        {
            "grounds": ["《中华人民共和国水土保持法》第二十四条"],
            "reasons": ["选址位于水土流失重点治理区且未提出避让方案"],
            "remedies": {"review_by": "章贡区人民政府", "court": "章贡区人民法院"},
        },
        removed("/reasons", "不予许可须说明理由（许可法第三十八条）"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/seal",
        {"seal": "zg-park-approval"},
        Bad("/seal", "审批专用章", "印章应写编号"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/outside-decision",
        {
            "outcome": "granted",
            "decision_no": DECISION_NO,
            "decided_on": "2026-03-10",
            "grounds": ["《中华人民共和国水土保持法》第二十五条"],
            "paper": {"name": "批复.pdf", "content": "JVBERi0xLjcK"},
        },
        removed("/paper", "外部决定须附其文书"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/suspensions",
        {"reason": "专家评审", "expected_days": 10},
        Bad("/reason", "人手不足", "中止计时只有八种情形（许可法第四十五条）"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/suspensions/{id}/end",
        {},
        Bad("/days", 3, UNKNOWN_FIELD),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/extension",
        {"days": 10, "reason": "需现场核实"},
        Bad("/days", 0, "延长天数至少一天"),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/withdrawal",
        {"reason": "项目终止"},
        Bad("/cause", "项目终止", UNKNOWN_FIELD),
    ),
    RequestSample(
        "approval",
        "/api/v1/cases/{no}/handover",
        {"reason": "赋权调整，席位移交"},
        removed("/reason", _WORDS_MISSING),
    ),
    RequestSample(
        "approval",
        "/api/v1/feedback/{id}/acknowledgement",
        {"note": "已阅，纳入复查"},
        Bad("/note", "", "备注不能是空文本，可以不填"),
    ),
)

_SUPERVISION = (
    RequestSample(
        "supervision",
        "/api/v1/pushes/{id}/release",
        {"reason": "调整经办人"},
        removed("/reason", _WORDS_MISSING),
    ),
    RequestSample(
        "supervision",
        "/api/v1/pushes/{id}/return",
        {"reason": "该项目排水监管不属本部门"},
        removed("/reason", _WORDS_MISSING),
    ),
    RequestSample(
        "supervision",
        "/api/v1/pushes/{id}/assignment",
        {"regulator": "zg-chengguan", "reason": "按职责改派"},
        Bad("/regulator", "区城管局", "机构应写编号"),
    ),
    RequestSample(
        "supervision",
        "/api/v1/pushes/{id}/inspections",
        {
            "inspectors": ["zg-shuili-cha", "zg-shuili-xun"],
            "inspected_at": "2026-03-20T10:00:00+08:00",
            "findings": "弃渣场拦挡措施未按方案落实",
        },
        Bad("/inspectors", [], "检查人员不能为空（行政处罚法第四十二条：不少于两人）"),
    ),
    RequestSample(
        "supervision",
        "/api/v1/pushes/{id}/feedback",
        {
            "result": "rectification",
            "summary": "责令限期完善弃渣场拦挡措施",
            "rectification": {"required": "完善拦挡措施", "due": "2026-04-20"},
        },
        Bad("/result", "fine", "监管结果不在可选值内"),
    ),
)

_GATEWAY = (
    RequestSample(
        "gateway",
        "/development/clock",
        {"moment": "2026-03-12T09:00:00+08:00"},
        Bad("/seconds", 0, "业务时钟只能向前拨"),
    ),
)

REQUESTS: tuple[RequestSample, ...] = (
    *_CATALOG,
    *_INTAKE,
    *_APPROVAL,
    *_SUPERVISION,
    *_GATEWAY,
)
