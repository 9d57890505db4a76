"""Samples of `supervision.v1`."""

from datetime import date

from contracts import supervision
from contracts.examples import people
from contracts.examples.approval import DECISION_NO
from contracts.examples.people import (
    CHIEF,
    FEEDBACK,
    NO,
    PARK,
    PUSH,
    REGULATOR,
    SUPERVISOR,
    VIEWERS,
    moment,
)
from contracts.shape import EventData

INSPECTION = "018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8b02"
INSPECTORS = tuple(
    supervision.Inspector(id=id_, name=f"{name}（示例）", org=REGULATOR, certificate_no=number)
    for id_, name, number in (
        ("zg-shuili-cha", "水利检查员甲", "示例-36070200101"),
        ("zg-shuili-xun", "水利检查员乙", "示例-36070200102"),
    )
)

EVENTS: tuple[EventData, ...] = (
    supervision.Pushed(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        item=people.ITEM,
        item_name=people.ITEM_NAME,
        park=PARK,
        decision_no=DECISION_NO,
        decision_version=1,
        cause="issued",
        issued_at=moment(10, 11),
        pushed_at=moment(10, 11, 1),
        due=date(2026, 3, 13),
        in_time=True,
    ),
    supervision.Claimed(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        by=SUPERVISOR,
        claimed_at=moment(11, 9),
    ),
    supervision.Released(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        by=SUPERVISOR,
        reason="调整经办人",
        released_at=moment(11, 10),
    ),
    supervision.Returned(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        by=SUPERVISOR,
        reason="该项目排水监管不属本部门",
        suggests="zg-chengguan",
        returned_at=moment(11, 11),
    ),
    supervision.Reassigned(
        no=NO,
        push=PUSH,
        regulator="zg-chengguan",
        viewers=(*VIEWERS, "zg-chengguan"),
        from_regulator=REGULATOR,
        by=CHIEF,
        reason="按职责改派",
        reassigned_at=moment(12, 9),
    ),
    supervision.Inspected(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        inspection=INSPECTION,
        inspectors=INSPECTORS,
        inspected_at=moment(20, 10),
        findings="弃渣场拦挡措施未按方案落实",
        by=SUPERVISOR,
    ),
    supervision.Feedback(
        no=NO,
        push=PUSH,
        regulator=REGULATOR,
        viewers=VIEWERS,
        feedback=FEEDBACK,
        inspection=INSPECTION,
        result="rectification",
        summary="责令限期完善弃渣场拦挡措施",
        rectification=supervision.Rectification(required="完善拦挡措施", due=date(2026, 4, 20)),
        inspectors=INSPECTORS,
        by=SUPERVISOR,
        given_at=moment(20, 16),
        decision_no=DECISION_NO,
    ),
)
