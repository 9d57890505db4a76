"""Samples of `intake.v1`."""

from datetime import date

from contracts import intake
from contracts.examples import people
from contracts.examples.people import NO, VIEWERS, WINDOW, moment
from contracts.shape import EventData

APPLICANT = intake.Applicant(
    kind="company",
    name="赣州某某新材料有限公司（示例）",
    uscc="91360702MA35J4QX0J",
    address="江西省赣州市章贡区沙河园区（地址示例）",
)
PROJECT = intake.Project(
    name="年产五千吨新材料项目（示例）",
    code="2601-360702-04-01-123456",
    place=intake.Place(longitude=114.97, latitude=25.83),
    uses=("industrial",),
    investor="enterprise",
)
COMPETENCE = intake.Competence(
    granted=True,
    day=date(2026, 3, 2),
    delegation="zg-25:zg-park",
    period=0,
    mode="direct",
    seats=people.SEATS,
    agreement="章高新赋协〔2024〕5号（示例）",
    liability="park",
    push_limit_days=3,
    catalog_position=79,
    reasons=("项目在园区范围内", "不属于商品房、纯商业性质的项目"),
    sources=("区府发〔2023〕5号 附件1 第25项",),
)
FILING = intake.FilingSnapshot(
    no=NO,
    item=people.ITEM,
    item_name=people.ITEM_NAME,
    park=people.PARK,
    guide_version=1,
    applicant=APPLICANT,
    project=PROJECT,
    materials=(
        intake.Material(
            id="018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8a01",
            requirement="zg-25-m1",
            name="水土保持方案报告书.pdf",
            media_type="application/pdf",
            size=482_113,
            sha256="5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592",
        ),
    ),
    channel="platform",
    source_system="ywtb",
    source_case_no="GZ202603020001",
    received_at=moment(2, 10, 15),
    competence=COMPETENCE,
    viewers=VIEWERS,
)


def paper(kind: str, number: str, title: str, day: int) -> intake.Paper:
    """A paper of the case, with digests and code of the right form."""
    return intake.Paper(
        id="018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8c01",
        kind=kind,
        number=number,
        title=title,
        dated=date(2026, 3, day),
        content_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        file_sha256="60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        code="7K3M9QX2T5V8N4HBC6RD",
    )


EVENTS: tuple[EventData, ...] = (
    intake.Received(filing=FILING),
    intake.Accepted(filing=FILING, accepted_at=moment(3, 9, 30), by=WINDOW),
    intake.Refused(
        no=NO,
        reason="项目位于园区范围之外",
        reasons=("坐标不在现行范围线内（示例）",),
        right_authority=people.OVERSEER,
        refused_at=moment(2, 10, 15),
        viewers=VIEWERS,
    ),
    intake.CorrectionAsked(
        no=NO,
        missing=(intake.MissingMaterial(requirement="zg-25-m1", text="缺水土保持方案报告书"),),
        notice_no="章高新补〔2026〕3号",
        asked_at=moment(3, 11),
        by=WINDOW,
        viewers=VIEWERS,
    ),
    intake.Corrected(filing=FILING, corrected_at=moment(4, 15)),
    intake.Withdrawn(no=NO, reason="项目暂缓", withdrawn_at=moment(3, 16), viewers=VIEWERS),
    intake.DocumentReady(
        no=NO,
        paper=paper("acceptance", "章高新受〔2026〕17号", "行政许可申请受理通知书", 3),
        viewers=VIEWERS,
    ),
)
