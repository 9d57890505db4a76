"""Samples of `catalog.v1`."""

from datetime import date

from contracts import catalog
from contracts.examples import people
from contracts.shape import EventData

_PUBLICATION = catalog.Publication(id="018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8001", count=5)
_SINCE = date(2024, 1, 2)
_TENANT = "zhanggong"

EVENTS: tuple[EventData, ...] = (
    catalog.Item(
        publication=_PUBLICATION,
        version=1,
        id=people.ITEM,
        name=people.ITEM_NAME,
        power_type="行政许可",
        result_kind="permit",
        list_row="附件1 一、25",
        tenant=_TENANT,
    ),
    catalog.Guide(
        publication=_PUBLICATION,
        version=1,
        id=f"{people.ITEM}:1",
        item=people.ITEM,
        guide_version=1,
        valid_from=_SINCE,
        statutory_days=20,
        promised_days=10,
        materials=(
            catalog.MaterialRequirement(id="zg-25-m1", name="水土保持方案报告书", mark="示例"),
        ),
        conditions=("符合水土保持技术标准",),
        legal_basis=("《中华人民共和国水土保持法》第二十五条",),
        mark="示例",
        tenant=_TENANT,
    ),
    catalog.Delegation(
        publication=_PUBLICATION,
        version=1,
        id=f"{people.ITEM}:{people.PARK}",
        item=people.ITEM,
        park=people.PARK,
        periods=(
            catalog.Period(
                valid_from=_SINCE,
                mode="direct",
                granted_by=people.OVERSEER,
                seats=people.SEATS,
                seal_kind="park-approval",
                scope_text=(
                    "江西章贡高新技术产业园区范围内项目，商品房、纯商业性质的项目除外"
                    "（随园区范围线变更动态调整）"
                ),
                rule={
                    "all": [
                        {"inside-park-line": True, "clause": "江西章贡高新技术产业园区范围内项目"},
                        {"not": {"use": "commodity-housing", "clause": "商品房"}},
                        {"not": {"use": "purely-commercial", "clause": "纯商业性质的项目除外"}},
                        {
                            "note": "按办理当日有效的园区范围线判断",
                            "clause": "随园区范围线变更动态调整",
                        },
                    ]
                },
                agreement=catalog.Agreement(
                    name="赋权协议书（区行政审批局—章贡高新区管委会）",
                    number="章高新赋协〔2024〕5号（示例）",
                    signed_on=_SINCE,
                    mark="示例",
                ),
                push_limit_days=3,
                sources=("区府发〔2023〕5号 二（一）",),
            ),
        ),
        tenant=_TENANT,
    ),
    catalog.Organisation(
        publication=_PUBLICATION,
        version=1,
        id=people.PARK,
        name="章贡高新技术产业园区管理委员会",
        short_name="章贡高新区管委会",
        kind="park",
        uscc="11360702MB90000232",
        parent="zg-government",
        overseer=people.OVERSEER,
        region_code="360702",
        people=(
            catalog.Person(
                id="zg-park-sun",
                name="孙平（示例）",
                post="审批服务局副局长",
                roles=("approver",),
                valid_from=_SINCE,
            ),
        ),
        seals=(
            catalog.SealSpecimen(
                id="zg-park-approval",
                name="章贡高新区审批专用章",
                kind="park-approval",
                text="章贡高新区审批专用章（样章·示例）",
                valid_from=_SINCE,
            ),
        ),
        tenant=_TENANT,
        mark="示例",
    ),
    catalog.Calendar(
        publication=_PUBLICATION,
        version=1,
        id="china",
        years={
            "2026": catalog.CalendarYear(
                notice="国务院办公厅关于2026年部分节假日安排的通知",
                rest=(date(2026, 1, 1), date(2026, 1, 2)),
                work=(date(2026, 1, 4),),
            )
        },
    ),
)
