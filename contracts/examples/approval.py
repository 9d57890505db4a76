"""Samples of `approval.v1`."""

from datetime import date

from contracts import approval
from contracts.examples import intake, people
from contracts.examples.people import (
    APPROVER,
    NO,
    PARK,
    REGULATOR,
    REVIEWER,
    SEALER,
    SEATS,
    VIEWERS,
    moment,
)
from contracts.shape import EventData

DECISION_NO = "章高新审〔2026〕12号"


def _decision(outcome: str, grounds: str) -> approval.DecisionFact:
    return approval.DecisionFact.model_validate(
        {
            "no": DECISION_NO,
            "outcome": outcome,
            "result_kind": "permit",
            "decided_on": date(2026, 3, 10),
            "grounds": grounds,
            "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "code": "7K3M9QX2T5V8N4HBC6RD",
            "valid_from": date(2026, 3, 10),
        }
    )


SEAL = approval.SealUse(
    seal="zg-park-approval", name="章贡高新区审批专用章（样章·示例）", org=PARK, by=SEALER
)

EVENTS: tuple[EventData, ...] = (
    approval.Opened(
        no=NO,
        viewers=VIEWERS,
        item=people.ITEM,
        item_name=people.ITEM_NAME,
        park=PARK,
        applicant=intake.APPLICANT,
        source_system="ywtb",
        mode="direct",
        seats=SEATS,
        accepted_at=moment(3, 9, 30),
        opened_at=moment(3, 9, 30),
        promised_due=date(2026, 3, 17),
        statutory_due=date(2026, 3, 31),
    ),
    approval.Reviewed(
        no=NO,
        viewers=VIEWERS,
        opinion="材料齐全，方案符合技术标准",
        recommends="grant",
        by=REVIEWER,
        reviewed_at=moment(9, 14),
    ),
    approval.Returned(
        no=NO,
        viewers=VIEWERS,
        reason="防治责任范围前后不一致",
        by=APPROVER,
        returned_at=moment(9, 15),
    ),
    approval.Suspended(
        no=NO,
        viewers=VIEWERS,
        suspension="018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8d01",
        reason="专家评审",
        expected_days=10,
        notice_no="章高新告〔2026〕2号",
        by=REVIEWER,
        suspended_at=moment(5, 9),
    ),
    approval.Resumed(
        no=NO,
        viewers=VIEWERS,
        suspension="018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8d01",
        by=REVIEWER,
        resumed_at=moment(9, 9),
        promised_due=date(2026, 3, 19),
        statutory_due=date(2026, 4, 2),
    ),
    approval.Extended(
        no=NO,
        viewers=VIEWERS,
        days=10,
        reason="需现场核实",
        approved_by=APPROVER,
        notice_no="章高新延〔2026〕1号",
        extended_at=moment(10, 9),
        promised_due=date(2026, 4, 2),
        statutory_due=date(2026, 4, 17),
    ),
    approval.Decided(
        no=NO, viewers=VIEWERS, outcome="granted", by=APPROVER, decided_at=moment(10, 10)
    ),
    approval.Issued(
        no=NO,
        viewers=VIEWERS,
        item=people.ITEM,
        item_name=people.ITEM_NAME,
        park=PARK,
        applicant=intake.APPLICANT,
        project=intake.PROJECT,
        decision=_decision("granted", "《中华人民共和国水土保持法》第二十五条"),
        decided_by=APPROVER,
        reviewed_by=REVIEWER,
        sealed_by=SEAL,
        issued_at=moment(10, 11),
        mode="direct",
        seats=SEATS,
        answers=PARK,
        liability="park",
        regulators=(REGULATOR,),
        push_limit_days=3,
        competence=intake.COMPETENCE,
    ),
    approval.Denied(
        no=NO,
        viewers=VIEWERS,
        item=people.ITEM,
        item_name=people.ITEM_NAME,
        park=PARK,
        decision=_decision("denied", "《中华人民共和国水土保持法》第二十四条"),
        reasons=("选址位于水土流失重点治理区且未提出避让方案",),
        remedies=("六十日内向章贡区人民政府申请行政复议", "六个月内向人民法院提起行政诉讼"),
        decided_by=APPROVER,
        sealed_by=SEAL,
        denied_at=moment(10, 11),
    ),
    approval.Withdrawn(no=NO, viewers=VIEWERS, reason="项目终止", withdrawn_at=moment(6, 9)),
    approval.Revoked(
        no=NO,
        viewers=VIEWERS,
        decision_no=DECISION_NO,
        reason="申请人以欺骗手段取得（许可法第六十九条）",
        by=APPROVER,
        revoked_at=moment(30, 9),
        regulators=(REGULATOR,),
        decision_version=2,
    ),
    approval.HandedOver(
        no=NO,
        viewers=VIEWERS,
        seats=SEATS,
        reason="赋权调整，席位移交",
        by=APPROVER,
        handed_over_at=moment(6, 9),
    ),
    approval.DocumentReady(
        no=NO,
        viewers=VIEWERS,
        paper=intake.paper("permit", DECISION_NO, "准予行政许可决定书", 10),
    ),
    approval.FeedbackAcknowledged(
        no=NO,
        viewers=VIEWERS,
        feedback=people.FEEDBACK,
        desk=PARK,
        by=APPROVER,
        note="已阅，纳入复查",
        acknowledged_at=moment(24, 9),
    ),
)
