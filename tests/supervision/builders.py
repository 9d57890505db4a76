"""What approval would tell, with what a test does not care about filled in."""

from datetime import UTC, datetime
from typing import Any

from contracts import approval
from contracts.catalog import Seats
from contracts.intake import Applicant, Competence, Paper, Place, Project
from contracts.shape import Officer
from law.casenumber import make

PARK = "zg-park"
OVERSEER = "zg-xingzheng-shenpi"
ISSUED_AT = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)
APPROVER = Officer(id="zg-park-sun", name="孙平（示例）", org=PARK, role="approver")
SHA = "ab" * 32


def a_number(serial: int, *, rehearsal: bool = False) -> str:
    return make(ISSUED_AT.date(), serial, rehearsal=rehearsal)


def seats(*regulators: str, decides: str = PARK) -> Seats:
    return Seats(
        accepts=PARK,
        reviews=PARK,
        decides=decides,
        seals=decides,
        answers=decides,
        supervises=regulators,
    )


def an_issued(no: str, *regulators: str, **changed: Any) -> approval.Issued:
    values = {
        "no": no,
        "viewers": tuple(sorted({PARK, OVERSEER, *regulators})),
        "item": "zg-02",
        "item_name": "企业投资项目备案",
        "park": PARK,
        "applicant": Applicant(
            kind="company", name="赣州青峰药业有限公司", uscc="91360700716542735K"
        ),
        "project": Project(name="智能化改造项目", place=Place(longitude=114.9, latitude=25.8)),
        "decision": approval.DecisionFact(
            no="章高新审〔2026〕12号",
            outcome="granted",
            result_kind="recordal",
            decided_on=ISSUED_AT.date(),
            grounds="符合备案条件",
            content_sha256=SHA,
            code="0123456789ABCDEFGHJK",
        ),
        "decided_by": APPROVER,
        "sealed_by": approval.SealUse(
            seal="zg-park-approval", name="审批专用章", org=PARK, by=APPROVER
        ),
        "issued_at": ISSUED_AT,
        "mode": "direct",
        "seats": seats(*regulators, decides=changed.pop("decides", PARK)),
        "answers": PARK,
        "liability": "由园区承担",
        "regulators": regulators,
        "push_limit_days": 3,
        "competence": Competence(granted=True, day=ISSUED_AT.date(), catalog_position=1),
    }
    return approval.Issued.model_validate(values | changed)


def a_revoked(no: str, *regulators: str) -> approval.Revoked:
    return approval.Revoked(
        no=no,
        decision_no="章高新审〔2026〕12号",
        reason="以欺骗手段取得",
        by=APPROVER,
        revoked_at=ISSUED_AT,
        regulators=regulators,
        decision_version=2,
    )


def a_paper(no: str) -> approval.DocumentReady:
    return approval.DocumentReady(
        no=no,
        paper=Paper(
            id="0192f6d0-0000-7000-8000-00000000000a",
            kind="recordal",
            number="章高新审〔2026〕12号",
            title="备案通知书",
            dated=ISSUED_AT.date(),
            content_sha256=SHA,
            file_sha256=SHA,
            code="0123456789ABCDEFGHJK",
        ),
    )


def an_acknowledgement(no: str, feedback: str, desk: str = PARK) -> approval.FeedbackAcknowledged:
    return approval.FeedbackAcknowledged(
        no=no,
        feedback=feedback,
        desk=desk,
        by=APPROVER,
        note="已阅",
        acknowledged_at=ISSUED_AT,
    )
