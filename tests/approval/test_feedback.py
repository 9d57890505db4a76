"""Feedback is kept once, marked when late or repeated, and lies on each desk it concerns."""

from uuid import uuid4

import pytest

from contracts.shape import Officer
from contracts.supervision import Reassigned
from eventlog.failures import Missing
from law.seats import Mode
from services.approval.adapters import tables
from tests.approval.builders import (
    APPROVER,
    DEPARTMENT_SEAL,
    LEADER,
    REVIEWER,
    SYSTEM,
    WINDOW,
    Power,
)
from tests.approval.office import Office


async def desk_of(office: Office, who: str, no: str) -> list[dict]:
    answer = await office.client(who).get("/api/v1/feedback", params={"no": no})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_told_again_under_a_new_event_it_is_marked_and_kept_once(office: Office):
    no = await office.issued()
    event = await office.feedback(no)
    first = await office.service.receive(event, key=no, aggregate="feedback")
    assert not await office.service.redeliver(first)
    for _ in range(2):
        await office.service.receive(event, key=no, aggregate="feedback")
    assert [(one["id"], one["repeats"]) for one in await desk_of(office, APPROVER, no)] == [
        (event.feedback, 2)
    ]


async def test_late_feedback_is_marked(office: Office):
    no = await office.issued()
    event = await office.feedback(
        no,
        late=True,
        result="rectification",
        rectification={
            "required": "补装消防设施",
            "due": "2026-04-01",
        },
    )
    await office.service.receive(event, key=no, aggregate="feedback")
    [on_case] = (await office.read(REVIEWER, no))["feedback"]
    assert (on_case["id"], on_case["desks"]) == (
        event.feedback,
        [{"org": "zg-park", "state": "open", "acknowledged_at": None}],
    )
    [found] = await desk_of(office, REVIEWER, no)
    assert (found["late"], found["rectification"]["due"]) == (True, "2026-04-01")


async def test_the_park_and_the_decider_each_have_a_desk(office: Office):
    power = Power(Mode.SUBSTANTIVE_REVIEW)
    no = await office.reviewed(power)
    await office.must("zg-renshe-jue", no, "approval", {"grounds": "《条例》"})
    await office.must("zg-renshe-yin", no, "seal", {"seal": DEPARTMENT_SEAL})
    event = await office.feedback(no)
    await office.service.receive(event, key=no, aggregate="feedback")
    url = f"/api/v1/feedback/{event.feedback}/acknowledgement"
    for who, state in ((WINDOW, "zg-park"), ("zg-renshe-jue", "zg-renshe")):
        assert [one["state"] for one in await desk_of(office, who, no)] == ["open"]
        done = await office.client(who).post(
            url, json={}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert done.status_code == 200, done.text
        assert [one["acknowledged_by"]["org"] for one in await desk_of(office, who, no)] == [state]
    told = await office.told(no, "approval.feedback-acknowledged.v1")
    assert [one.data["desk"] for one in told] == ["zg-park", "zg-renshe"]


async def test_feedback_waits_for_the_issue_it_speaks_of(office: Office):
    done = await office.issued()
    decided = await office.decided()
    for no in (decided, "20260302999999991"):
        event = (await office.feedback(done)).model_copy(update={"no": no})
        with pytest.raises(Missing):
            await office.service.receive(event, key=no, aggregate="feedback")


async def test_who_has_no_desk_or_no_business_there_acknowledges_nothing(office: Office):
    no = await office.issued()
    event = await office.feedback(no)
    await office.service.receive(event, key=no, aggregate="feedback")
    url = f"/api/v1/feedback/{event.feedback}/acknowledgement"
    for who, status in (("zg-renshe-jue", 404), (LEADER, 403), (SYSTEM, 403)):
        answer = await office.client(who).post(
            url, json={}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == status, answer.text
    [masked] = await desk_of(office, LEADER, no)
    assert "*" in masked["company"]


async def test_the_desk_is_read_page_by_page(office: Office):
    for _ in range(3):
        no = await office.issued()
        event = await office.feedback(no)
        await office.service.receive(event, key=no, aggregate="feedback")
    seen, cursor = [], None
    for _ in range(3):
        page = await office.client(APPROVER).get(
            "/api/v1/feedback", params={"limit": 1, **({"cursor": cursor} if cursor else {})}
        )
        seen += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert len(set(seen)) == 3
    broken = await office.client(APPROVER).get("/api/v1/feedback", params={"cursor": "x"})
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")


async def test_viewers_follow_a_reassignment(office: Office):
    no = await office.issued()
    first = await office.feedback(no)
    await office.service.receive(first, key=no, aggregate="feedback")
    assert (await office.read("zg-gongxin-cha", no))["no"] == no
    event = Reassigned(
        no=no,
        push=str(uuid4()),
        regulator="zg-yingji",
        from_regulator="zg-gongxin",
        by=Officer(id="o", name="o", org="zg-xingzheng-shenpi", role="overseer"),
        reason="属应急管理职责",
        reassigned_at=office.service.clock.now(),
    )
    await office.service.receive(event, key=no, aggregate="push")
    assert (await office.read("zg-yingji-cha", no))["seats"]["supervises"] == ["zg-yingji"]
    gone = await office.client("zg-gongxin-cha").get(f"/api/v1/cases/{no}")
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    papers = await office.service.execute(tables.paper.select().where(tables.paper.c.no == no))
    assert all("zg-gongxin" not in one["viewers"] for one in papers)
