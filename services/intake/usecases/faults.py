"""What is wrong with a form, field by field, in Chinese."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypedDict

from pydantic import ValidationError

from servicekit.problems import Problem


class Fault(TypedDict):
    """`field` is the path in the request, `label` its Chinese name."""

    field: str
    label: str
    message: str


LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "item": "事项",
        "park": "园区",
        "applicant": "申请人",
        "kind": "申请人类型",
        "name": "名称（姓名）",
        "uscc": "统一社会信用代码",
        "address": "地址",
        "contact": "联系人",
        "legal_representative": "法定代表人",
        "phone": "电话",
        "id_no": "公民身份号码",
        "project": "项目",
        "code": "投资项目代码",
        "place": "项目位置",
        "longitude": "经度",
        "latitude": "纬度",
        "parcel": "宗地号",
        "attested_inside": "位置证明",
        "attested_by": "证明人",
        "attested_on": "证明日期",
        "attestation_paper": "证明文书",
        "uses": "项目性质",
        "investor": "投资主体",
        "technical_renovation": "是否技改",
        "coal_tce": "年综合能源消费量（吨标准煤，当量值）",
        "electricity_wan_kwh": "年电力消费量（万千瓦时）",
        "waste_source_in_park": "建筑垃圾是否产生于园区",
        "discharges_pollutants": "是否排污单位",
        "general_eia": "是否一般建设项目环境影响评价",
        "act": "办理内容",
        "sub_item": "审批子项",
        "facts": "其他事实",
        "materials": "材料",
        "id": "材料编号",
        "requirement": "材料要求",
        "channel": "申请渠道",
        "source_case_no": "来源编号",
        "rehearsal": "演练标记",
        "note": "说明",
        "no": "办件编号",
        "file": "文件",
        "missing": "需补正内容",
        "right_authority": "有权机关",
    }
)

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "缺少此项",
        "extra_forbidden": "不认识的字段",
        "string_type": "应为文本",
        "string_too_short": "不能为空",
        "string_too_long": "文本过长，至多{max_length}字",
        "string_pattern_mismatch": "格式不符",
        "literal_error": "不在可选值内：{expected}",
        "enum": "不在可选值内：{expected}",
        "bool_type": "应为 true 或 false",
        "bool_parsing": "应为 true 或 false",
        "int_parsing": "应为整数",
        "float_type": "应为数值",
        "float_parsing": "应为数值",
        "finite_number": "应为有限的数值",
        "decimal_type": "应为数值",
        "decimal_parsing": "应为数值",
        "decimal_max_digits": "位数过多，至多{max_digits}位",
        "decimal_max_places": "小数位过多，至多{decimal_places}位",
        "decimal_whole_digits": "整数位过多",
        "greater_than_equal": "不应小于{ge}",
        "less_than_equal": "不应大于{le}",
        "list_type": "应为列表",
        "dict_type": "应为对象",
        "model_type": "应为对象",
        "model_attributes_type": "应为对象",
        "too_long": "项数过多，至多{max_length}项",
        "uuid_type": "应为上传材料时给出的编号",
        "uuid_parsing": "应为上传材料时给出的编号",
        "identifier": "{text}",
    }
)


def fault(path: Sequence[str | int], message: str) -> Fault:
    """One fault, e.g. `applicant.uscc`, 申请人·统一社会信用代码."""
    names = [str(part) for part in path]
    known = "·".join(LABELS[name] for name in names if name in LABELS)
    return Fault(field=".".join(names), label=known or ".".join(names), message=message)


def of_validation(error: ValidationError, *under: str) -> list[Fault]:
    """Pydantic's findings; `under` is the path of the part that was read."""
    return [
        fault((*under, *row["loc"]), _told(row["type"], row.get("ctx", {})))
        for row in error.errors(include_url=False, include_input=False)
    ]


def _told(kind: str, context: Mapping[str, Any]) -> str:
    words = _WORDS.get(kind, "格式不符")
    try:
        return words.format(**context)
    except KeyError:
        return "格式不符"


def problem(faults: Sequence[Fault]) -> Problem:
    """`invalid` with every fault."""
    labels = "、".join(dict.fromkeys(one["label"] for one in faults))
    return Problem("invalid", f"以下字段有误：{labels}", errors=[dict(one) for one in faults])
