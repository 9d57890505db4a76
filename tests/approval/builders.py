"""Filings accepted, powers made for one test, cases brought to a state by doing."""

from datetime import date, datetime, timedelta, timezone
from itertools import count
from uuid import uuid4

from contracts import catalog, intake
from contracts.shape import Officer
from law import casenumber
from law.competence import Granted
from law.seats import MODES, Holder, Mode, Seat
from servicekit import judging
from servicekit.replica import Catalogue
from services.approval.usecases import power as powers
from tests.support.catalogue import published

SHANGHAI = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
"""The day most tests begin on: a Monday without holidays near."""

PARK, DEPARTMENT, OFFICE = "zg-park", "zg-renshe", "zg-xingzheng-shenpi"
PROVINCE, CITY = "jx-fagai", "gz-fagai"
REGULATOR = "zg-gongxin"

REVIEWER, OTHER_REVIEWER = "zg-park-zhao", "zg-park-qian"
APPROVER, OTHER_APPROVER = "zg-park-li", "zg-park-sun"
SEALER, WINDOW, LEADER = "zg-park-zhou", "zg-park-chen", "zg-park-zheng"
PARK_SEAL, RETIRED_SEAL = "zg-park-approval", "zg-park-approval-2020"
DEPARTMENT_SEAL, OFFICE_SEAL = "zg-renshe-department", "zg-xingzheng-shenpi-department"
SYSTEM = "ywtb"

_HOLDERS = {
    Holder.PARK: PARK,
    Holder.DEPARTMENT: DEPARTMENT,
    Holder.OFFICE: OFFICE,
    Holder.UPPER: PROVINCE,
    Holder.REGULATOR: REGULATOR,
}
_serials = count(1)
_items = count(1)
_UNPUBLISHED = catalog.Publication(id="00000000-0000-7000-8000-000000000000", count=0)


def a_number(day: date = date(2026, 3, 2), *, rehearsal: bool = False) -> str:
    """A case number nobody has yet."""
    return casenumber.make(day, next(_serials), rehearsal=rehearsal)


def seats_of(mode: Mode) -> catalog.Seats:
    """The default table's seats, filled with organisations of the profile."""
    table = {seat: _HOLDERS[holder] for seat, holder in MODES[mode].items()}
    split = mode is Mode.SUBSTANTIVE_REVIEW
    return catalog.Seats(
        accepts=table[Seat.ACCEPTS],
        reviews=table[Seat.REVIEWS],
        decides=table[Seat.DECIDES],
        seals=table[Seat.SEALS],
        answers=table[Seat.ANSWERS],
        answers_for_review=table[Seat.REVIEWS] if split else None,
        supervises=(table[Seat.SUPERVISES],),
    )


class Power:
    """One item and its delegation, of its own for a test, as catalogue objects."""

    def __init__(
        self,
        mode: Mode = Mode.DIRECT,
        *,
        result_kind: str = "permit",
        instant: bool = False,
        statutory_days: int = 20,
        promised_days: int = 10,
        licence_valid_months: int | None = None,
        **period: object,
    ) -> None:
        self.item_id = f"fx-{next(_items)}-{mode.value}"
        self.version = 0
        park_seals = mode is Mode.DIRECT
        self.item = catalog.Item.model_validate(
            {
                "publication": _UNPUBLISHED,
                "version": 0,
                "id": self.item_id,
                "name": f"示例事项{self.item_id}",
                "power_type": "行政许可",
                "result_kind": result_kind,
                "tenant": "zhanggong",
            }
        )
        self.guide = catalog.Guide(
            publication=_UNPUBLISHED,
            version=0,
            id=f"{self.item_id}:1",
            item=self.item_id,
            guide_version=1,
            valid_from=date(2024, 1, 2),
            statutory_days=statutory_days,
            promised_days=promised_days,
            instant=instant,
            four_eyes=not instant,
            licence_valid_months=licence_valid_months,
            tenant="zhanggong",
        )
        self.period = catalog.Period.model_validate(
            {
                "valid_from": date(2024, 1, 2),
                "mode": mode.value,
                "granted_by": DEPARTMENT,
                "seats": seats_of(mode),
                "seal_kind": "park-approval" if park_seals else "department-approval",
                "scope_text": "",
                "agreement": {
                    "name": "协议（示例）",
                    "number": "示例〔2024〕1号",
                    "signed_on": date(2024, 1, 2),
                },
                "push_limit_days": 3,
                "recorder": PARK if mode is Mode.DIRECT_REPORT else None,
                "copy_to": (CITY,) if mode is Mode.DIRECT_REPORT else (),
                "sources": ("示例文件 一",),
                **period,
            }
        )

    def objects(self, *periods: catalog.Period) -> tuple[catalog.CatalogEvent, ...]:
        """As one publication, each time at a newer version; other periods than its own may be
        given."""
        delegation = catalog.Delegation(
            publication=_UNPUBLISHED,
            version=0,
            id=f"{self.item_id}:{PARK}",
            item=self.item_id,
            park=PARK,
            periods=periods or (self.period,),
            tenant="zhanggong",
        )
        self.version += 1
        made: list[catalog.CatalogEvent] = [
            one.model_copy(update={"version": self.version})
            for one in (self.item, self.guide, delegation)
        ]
        return published(made, publication=str(uuid4()))


def ended(period: catalog.Period, day: date) -> catalog.Period:
    """The same period until the day, inclusive."""
    return period.model_copy(update={"valid_to": day})


def outside_authorities() -> tuple[catalog.CatalogEvent, ...]:
    """A province's and a city's authority, who do not work in the system."""
    made: list[catalog.CatalogEvent] = [
        catalog.Organisation.model_validate(
            {
                "publication": _UNPUBLISHED,
                "version": 0,
                "id": org,
                "name": name,
                "short_name": name,
                "kind": kind,
                "uscc": uscc,
                "region_code": region,
                "tenant": "zhanggong",
            }
        )
        for org, name, kind, uscc, region in (
            (
                PROVINCE,
                "江西省发展改革委（示例）",
                "province",
                "11360000014500126J",
                "360000",
            ),
            (CITY, "赣州市发展改革委（示例）", "city", "113607000147112345", "360700"),
        )
    ]
    return published(made, publication=str(uuid4()))


def a_project(**facts: object) -> intake.Project:
    return intake.Project.model_validate(
        {
            "name": "年产三万套电机生产线项目",
            "place": {
                "attested_inside": True,
                "attested_by": "zg-park-chen",
                "attested_on": "2026-03-02",
                "attestation_paper": "现场踏勘记录",
            },
            "uses": ("industrial",),
            "investor": "enterprise",
            **facts,
        }
    )


def an_applicant() -> intake.Applicant:
    return intake.Applicant(
        kind="company",
        name="赣州江南电机有限公司",
        uscc="91360702MA35D8XY1G",
        address="章贡高新区火炬大道8号",
    )


def accepted(
    catalogue: Catalogue,
    item: str,
    *,
    no: str | None = None,
    accepted_at: datetime = MONDAY,
    source: str = SYSTEM,
    personal: str | None = None,
    by_silence: bool = False,
) -> intake.Accepted:
    """What intake tells of an accepted filing, with the catalogue's own answer of the day."""
    project = a_project()
    day = accepted_at.astimezone(SHANGHAI).date()
    answer = catalogue.competence(item=item, park=PARK, project=project, day=day)
    assert isinstance(answer, Granted), answer
    known = catalogue.item(item)
    guide = catalogue.guide_on(item, day)
    assert guide is not None
    filing = intake.FilingSnapshot(
        no=no or a_number(day),
        item=item,
        item_name=known.name,
        park=PARK,
        guide_version=guide.guide_version,
        applicant=an_applicant(),
        project=project,
        materials=(
            intake.Material(
                id="m-1",
                requirement="m1",
                name="申请书.pdf",
                media_type="application/pdf",
                size=1024,
                sha256="0" * 64,
            ),
        ),
        channel="platform",
        source_system=source,
        source_case_no="SRC-1",
        received_at=accepted_at - timedelta(hours=1),
        competence=powers.competence(catalogue, answer),
        personal=personal,
        viewers=tuple(catalogue.viewers(judging.public_seats(answer.seats), PARK)),
    )
    officer = Officer(id=WINDOW, name="陈晓", org=answer.seats.accepts, role="window")
    return intake.Accepted(
        filing=filing,
        accepted_at=accepted_at,
        by_silence=by_silence,
        by=None if by_silence else officer,
    )


def with_seats(period: catalog.Period, **seats: object) -> catalog.Period:
    """The same period with other organisations in some seats."""
    return period.model_copy(update={"seats": period.seats.model_copy(update=seats)})
