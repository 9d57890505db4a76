"""The facts of a project that scope rules ask for. Every one of them may be unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from law.place import Place

Fact = bool | str | Decimal


class Use(StrEnum):
    """What the project is for (项目性质)."""

    COMMODITY_HOUSING = "commodity-housing"
    PURELY_COMMERCIAL = "purely-commercial"
    INDUSTRIAL = "industrial"
    WAREHOUSING = "warehousing"
    RESEARCH = "research"
    PUBLIC_FACILITY = "public-facility"
    MIXED_COMMERCIAL = "mixed-commercial"
    OTHER = "other"


class Investor(StrEnum):
    GOVERNMENT = "government"
    ENTERPRISE = "enterprise"


USES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Use.COMMODITY_HOUSING: "商品房",
        Use.PURELY_COMMERCIAL: "纯商业",
        Use.INDUSTRIAL: "工业",
        Use.WAREHOUSING: "仓储物流",
        Use.RESEARCH: "研发",
        Use.PUBLIC_FACILITY: "公共设施",
        Use.MIXED_COMMERCIAL: "含商业的混合用途",
        Use.OTHER: "其他",
    }
)

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "place": "项目位置",
        "uses": "项目性质",
        "investor": "投资主体",
        "technical_renovation": "是否技改",
        "coal_tce": "年综合能源消费量（吨标准煤，当量值）",
        "electricity_wan_kwh": "年电力消费量（万千瓦时）",
        "waste_source_in_park": "建筑垃圾是否产生于园区",
        "discharges_pollutants": "是否排污单位",
        "general_eia": "是否一般建设项目环境影响评价",
        "sub_item": "审批子项",
        "act": "办理内容",
        "boundary": "园区范围线",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """None means not known, never "no". An empty set of uses is not known either.

    `coal_tce`: tonnes of standard coal a year by equivalent value (年综合能源消费量, 当量值).
    `electricity_wan_kwh`: 万千瓦时 a year; 500 is 5 GWh. `act`: which of two acts in one row, such
    as "review" or "recordal" of row 21. `more`: facts only one place's rules ask for.
    """

    place: Place | None = None
    uses: frozenset[str] | None = None
    investor: Investor | None = None
    technical_renovation: bool | None = None
    coal_tce: Decimal | None = None
    electricity_wan_kwh: Decimal | None = None
    waste_source_in_park: bool | None = None
    discharges_pollutants: bool | None = None
    general_eia: bool | None = None
    sub_item: str | None = None
    act: str | None = None
    more: Mapping[str, Fact | None] = field(default_factory=dict, hash=False)


SCALARS: Final[frozenset[str]] = frozenset(f.name for f in fields(Project)) - {
    "place",
    "uses",
    "more",
}


def fact(project: Project, name: str) -> Fact | None:
    """The value of a single-valued fact, None when unknown (区府发〔2023〕5号 附件1 实施范围)."""
    value: Fact | None = getattr(project, name) if name in SCALARS else project.more.get(name)
    return value


def label(name: str) -> str:
    """The Chinese name of a fact, as the form and the refusal write it (区府发〔2023〕5号
    附件1).
    """
    return LABELS.get(name, name)
