"""Who and where the samples speak of. Names and numbers are invented (示例)."""

from datetime import UTC, datetime, timedelta, timezone

from contracts.catalog import Seats
from contracts.shape import Officer

NO = "20260302000000179"
ITEM = "zg-25"
ITEM_NAME = "生产建设项目水土保持方案审批"
PARK = "zg-park"
OVERSEER = "zg-xingzheng-shenpi"
REGULATOR = "zg-shuili"
PUSH = "018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8b01"
FEEDBACK = "018f3f2e-7a10-7c3e-9b1c-5d2a6e4f8b03"
VIEWERS = (PARK, OVERSEER, REGULATOR)

SEATS = Seats(
    accepts=PARK, reviews=PARK, decides=PARK, seals=PARK, answers=PARK, supervises=(REGULATOR,)
)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """Of March 2026, by the clock of China; events carry it in UTC."""
    china = timezone(timedelta(hours=8))
    return datetime(2026, 3, day, hour, minute, tzinfo=china).astimezone(UTC)


def officer(id_: str, name: str, role: str, org: str = PARK) -> Officer:
    return Officer(id=id_, name=f"{name}（示例）", org=org, role=role)


WINDOW = officer("zg-park-chen", "陈晓", "window")
REVIEWER = officer("zg-park-zhao", "赵宁", "reviewer")
APPROVER = officer("zg-park-sun", "孙平", "approver")
SEALER = officer("zg-park-zhou", "周印", "sealer")
SUPERVISOR = officer("zg-shuili-jian", "水利监管员", "regulator", REGULATOR)
CHIEF = officer("zg-xingzheng-shenpi-gu", "顾言", "overseer", OVERSEER)
