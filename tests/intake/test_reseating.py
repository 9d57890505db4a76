"""Seats that move before acceptance."""

from contracts import catalog
from services.intake.entrypoints.worker import SeatFollower
from tests.intake.builders import act, reach
from tests.support.catalogue import published, zhanggong
from tests.support.service import Service

NEW = "zg-xingzheng-shenpi"


async def reseat(service: Service, **seats: str) -> None:
    given = next(
        one for one in zhanggong() if isinstance(one, catalog.Delegation) and one.item == "zg-04"
    )
    period = given.periods[0]
    moved = period.model_copy(update={"seats": period.seats.model_copy(update=seats)})
    await service.learn_catalogue(
        published([given.model_copy(update={"periods": (moved,)})], publication="second")
    )


async def follow(service: Service, follower: SeatFollower) -> int:
    async with service.kit.engine.begin() as connection:
        return await follower(connection)


async def test_open_filings_follow_the_seats_and_closed_ones_do_not(intake: Service):
    follower = SeatFollower(intake.kit)
    asked, accepted = await reach(intake, "correction-asked"), await reach(intake, "accepted")
    assert await follow(intake, follower) == 0
    await reseat(intake, reviews="zg-renshe")
    assert await follow(intake, follower) == 1
    assert await follow(intake, follower) == 0
    newcomer = intake.client(officer="zg-renshe-jue")
    assert (await newcomer.get(f"/api/v1/filings/{asked}")).status_code == 200
    assert (await newcomer.get(f"/api/v1/filings/{asked}/documents")).json()
    assert (await newcomer.get(f"/api/v1/filings/{accepted}")).status_code == 404


async def test_whoever_accepts_now_accepts_even_before_that(intake: Service):
    no = await reach(intake, "received")
    await reseat(intake, accepts="zg-renshe")
    before = intake.client(officer="zg-park-chen")
    assert (await act(before, no, "acceptance")).json()["code"] == "not-your-seat"
    now = intake.client(officer="zg-renshe-jue")
    assert (await act(now, no, "acceptance")).status_code == 200
    told = (await intake.told("intake.accepted.v1"))[-1]
    assert "zg-renshe" in told.data["filing"]["viewers"]
    assert told.data["filing"]["competence"]["seats"]["accepts"] == "zg-renshe"
