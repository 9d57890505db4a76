"""What approval tells is mirrored: status, viewers, seats."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts import approval, supervision
from contracts.catalog import Seats
from contracts.shape import Officer
from eventlog.envelope import new_id
from eventlog.failures import Missing, Refused
from services.intake.entrypoints import events
from services.intake.usecases import mirror
from tests.intake.builders import reach
from tests.intake.test_verbs import STRANGER
from tests.support.service import Service

AT = datetime(2027, 3, 2, tzinfo=UTC)
BY = Officer(id="zg-park-sun", name="孙平", org="zg-park", role="approver")
VIEWERS = ("zg-park", "zg-xingzheng-shenpi", "zg-fagai")


def reviewed(no: str, viewers: tuple[str, ...] = VIEWERS) -> approval.Reviewed:
    return approval.Reviewed(
        no=no, viewers=viewers, opinion="同意", recommends="grant", by=BY, reviewed_at=AT
    )


async def shown(service: Service, no: str) -> dict:
    return (await service.client(system="ywtb").get(f"/api/v1/filings/{no}")).json()


async def test_a_case_status_is_mirrored_once(shared: Service):
    no = await reach(shared, "accepted")
    envelope = await shared.receive(reviewed(no), key=no, aggregate="case")
    seen = await shown(shared, no)
    assert (seen["status"], seen["case_status"]) == ("accepted", "awaiting-decision")
    assert not await shared.redeliver(envelope)
    assert (await shown(shared, no))["version"] == seen["version"]


async def test_handed_over_changes_seats_and_who_may_see(shared: Service):
    no = await reach(shared, "accepted")
    newcomer = shared.client(officer=STRANGER)
    assert (await newcomer.get(f"/api/v1/filings/{no}")).status_code == 404
    seats = Seats(
        accepts="zg-park", reviews="zg-renshe", decides="zg-renshe", seals="zg-renshe",
        answers="zg-renshe", supervises=("zg-fagai",),
    )  # fmt: skip
    event = approval.HandedOver(
        no=no,
        viewers=(*VIEWERS, "zg-renshe"),
        seats=seats,
        reason="赋权调整",
        by=BY,
        handed_over_at=AT,
    )
    await shared.receive(event, key=no, aggregate="case")
    assert (await newcomer.get(f"/api/v1/filings/{no}")).status_code == 200
    assert (await newcomer.get(f"/api/v1/filings/{no}/documents")).json()
    assert (await shown(shared, no))["competence"]["seats"]["reviews"] == "zg-renshe"


async def test_a_reassigned_regulator_may_read(shared: Service):
    no = await reach(shared, "accepted")
    event = supervision.Reassigned(
        no=no, push="p", regulator="zg-renshe", from_regulator="zg-fagai", by=BY, reason="归口",
        reassigned_at=AT,
    )  # fmt: skip
    await shared.receive(event, key=no, aggregate="push:p")
    got = await shared.client(officer=STRANGER).get(f"/api/v1/filings/{no}")
    assert got.status_code == 200


@pytest.mark.parametrize("kind", sorted(set(mirror.CASE_STATUS)))
async def test_every_mirrored_event_has_a_handler(shared: Service, kind):
    assert kind in events.handlers(shared.kit)


async def test_a_case_of_no_filing_waits_for_its_cause(shared: Service):
    with pytest.raises(Missing):
        await shared.receive(reviewed("20270301000000016"), key="20270301000000016")


async def test_an_event_that_is_no_event_is_refused(shared: Service):
    no = await reach(shared, "accepted")
    whole = approval.Withdrawn(no=no, withdrawn_at=AT)
    envelope = await shared.receive(whole, key=no)
    bare = replace(envelope, id=new_id(), data={"no": no})
    with pytest.raises(Refused):
        await shared.redeliver(bare)


async def test_issued_and_denied_end_it(shared: Service):
    no = await reach(shared, "accepted")
    event = approval.Withdrawn(no=no, viewers=VIEWERS, withdrawn_at=AT)
    await shared.receive(event, key=no, aggregate="case")
    assert (await shown(shared, no))["case_status"] == "withdrawn"
    extended = approval.Extended(
        no=no, days=5, reason="专家评审", approved_by=BY, notice_no="1号", extended_at=AT,
        promised_due=date(2027, 4, 1), statutory_due=date(2027, 4, 1),
    )  # fmt: skip
    await shared.receive(extended, key=no, aggregate="case")
    assert (await shown(shared, no))["case_status"] == "withdrawn"
