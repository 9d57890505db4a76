"""What the tests of law share: the calendar in use, and builders named for what they build."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import settings

from law.delegation import Agreement, Delegation, Item, ItemKind, Period
from law.place import Boundary, Point
from law.project import Project
from law.scope import parse
from law.seals import SealKind
from law.seats import Mode, fill
from law.workingday import Calendar
from tests.law.generate_calendar import FILE

quick = settings(deadline=None, max_examples=60)

CALENDAR = Calendar.from_years(json.loads(FILE.read_text(encoding="utf-8")))
SQUARE = (((114.0, 25.0), (115.0, 25.0), (115.0, 26.0), (114.0, 26.0), (114.0, 25.0)),)
INSIDE = Point(114.5, 25.5)
OUTSIDE = Point(116.0, 25.5)
SCOPE = (
    "江西章贡高新技术产业园区范围内项目，商品房、纯商业性质的项目除外（随园区范围线变更动态调整）"
)
ORDINARY: dict[str, Any] = {
    "all": [
        {"inside-park-line": True, "clause": "江西章贡高新技术产业园区范围内项目"},
        {"not": {"use": "commodity-housing", "clause": "商品房"}},
        {"not": {"use": "purely-commercial", "clause": "纯商业性质的项目除外"}},
        {"note": "按当日有效的范围线判断", "clause": "随园区范围线变更动态调整"},
    ]
}


def a_boundary(**changes: Any) -> Boundary:
    facts: dict[str, Any] = {
        "park": "zg-park",
        "valid_from": date(2024, 1, 1),
        "valid_to": None,
        "polygons": (SQUARE,),
    }
    return Boundary(**(facts | changes))


def a_project(**changes: Any) -> Project:
    facts: dict[str, Any] = {
        "place": INSIDE,
        "uses": frozenset({"industrial"}),
        "coal_tce": Decimal(1200),
        "electricity_wan_kwh": Decimal(100),
    }
    return Project(**(facts | changes))


def an_item(number: str = "22", **changes: Any) -> Item:
    facts: dict[str, Any] = {
        "id": f"zg-{number}",
        "name": "企业投资项目备案",
        "kind": ItemKind.RECORDAL,
        "department": "zg-fagai",
        "authority": "zg-xingzheng-shenpi",
    }
    return Item(**(facts | changes))


def a_period(**changes: Any) -> Period:
    facts: dict[str, Any] = {
        "from_day": date(2024, 1, 1),
        "to_day": None,
        "mode": Mode.DIRECT,
        "seats": fill(
            Mode.DIRECT,
            park="zg-park",
            department="zg-xingzheng-shenpi",
            regulators=["zg-fagai"],
        ),
        "scope_text": SCOPE,
        "rule": parse(ORDINARY),
        "granted_by": "zg-xingzheng-shenpi",
        "seal": SealKind.PARK_APPROVAL,
        "agreement": Agreement(no="赋权协议〔2023〕22号", mark="示例"),
        "push_limit_days": 3,
        "sources": ("区府发〔2023〕5号 附件1 第22项",),
    }
    return Period(**(facts | changes))


def a_delegation(number: str = "22", *periods: Period) -> Delegation:
    return Delegation(
        id=f"zg-{number}:zg-park",
        item=f"zg-{number}",
        park="zg-park",
        periods=periods or (a_period(),),
    )
