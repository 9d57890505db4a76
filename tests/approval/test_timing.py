"""Special procedures, the one extension, and days counted by hand on the real calendar of 2026."""

from datetime import datetime

import pytest

from contracts.approval import Extended, Opened, Resumed, Suspended
from servicekit.papers import PaperContent
from services.approval.adapters import tables
from tests.approval.builders import (
    APPROVER,
    LEADER,
    REVIEWER,
    SEALER,
    SHANGHAI,
    SYSTEM,
    WINDOW,
    Power,
)
from tests.approval.office import Office

HEARING = {"reason": "听证", "expected_days": 5}
LONGER = {"days": 10, "reason": "需要征求有关部门意见"}


@pytest.mark.parametrize(
    ("accepted", "promised", "statutory", "provisional"),
    [
        # Monday; ten and twenty working days, nothing in between
        ("2026-03-02T09:00", "2026-03-16", "2026-03-30", False),
        # Saturday evening counts from Monday on, like Friday
        ("2026-02-28T20:00", "2026-03-13", "2026-03-27", False),
        # across Spring Festival: 15-23 February off, 14 and 28 February worked
        ("2026-02-09T09:00", "2026-02-28", "2026-03-13", False),
        # beyond the years whose notice is loaded
        ("2026-12-28T09:00", "2027-01-11", "2027-01-25", True),
    ],
)
async def test_deadlines_are_counted_in_working_days(
    office: Office, accepted: str, promised: str, statutory: str, provisional: bool
):
    moment = datetime.fromisoformat(accepted).replace(tzinfo=SHANGHAI)
    no = await office.opened(accepted_at=moment)
    opened = Opened.model_validate((await office.told(no))[0].data)
    assert (
        opened.promised_due.isoformat(),
        opened.statutory_due.isoformat(),
        opened.due_provisional,
    ) == (promised, statutory, provisional)


async def test_a_special_procedure_stops_the_clock_by_its_written_notice(own_office: Office):
    office = own_office
    no = await office.opened()
    after = await office.must(REVIEWER, no, "suspensions", HEARING)
    assert after["status"] == "suspended"
    told = Suspended.model_validate((await office.told(no, Suspended.TYPE))[0].data)
    assert (told.reason, told.expected_days) == ("听证", 5)
    assert told.notice_no.startswith("章高新特告〔2026〕")
    # the noticed five days are taken off, provisionally
    statutory = after["deadlines"]["statutory"]
    assert (statutory["due"], statutory["provisional"], statutory["paused"]) == (
        "2026-04-07",
        True,
        True,
    )
    paper = (await office.service.execute(tables.paper.select().where(tables.paper.c.no == no)))[0]
    assert (paper["kind"], paper["number"]) == ("suspension", told.notice_no)
    content = PaperContent.read(paper["content"])
    assert "听证" in content.paragraphs[0]
    assert [one.id for one in content.seals] == ["zg-park-approval"]

    refused = await office.do(REVIEWER, no, "review", {"opinion": "可", "recommends": "grant"})
    assert (refused.status_code, refused.json()["state"]) == (409, "suspended")

    office.service.clock.forward_to(datetime(2026, 3, 5, 10, tzinfo=SHANGHAI))
    wrong = await office.do(REVIEWER, no, "suspensions/none/end")
    assert wrong.status_code == 404
    after = await office.must(REVIEWER, no, f"suspensions/{told.suspension}/end")
    resumed = Resumed.model_validate((await office.told(no, Resumed.TYPE))[0].data)
    # three of the five days were needed: 3, 4 and 5 March
    assert (resumed.promised_due.isoformat(), resumed.statutory_due.isoformat()) == (
        "2026-03-19",
        "2026-04-02",
    )
    assert after["status"] == "under-review"
    assert after["deadlines"]["statutory"]["used"] == 0


async def test_the_clock_runs_on_when_the_noticed_time_is_used_up(own_office: Office):
    office = own_office
    no = await office.opened()
    await office.must(REVIEWER, no, "suspensions", {"reason": "专家评审", "expected_days": 2})
    office.service.clock.forward_to(datetime(2026, 3, 9, 10, tzinfo=SHANGHAI))
    shown = (await office.read(REVIEWER, no))["deadlines"]["statutory"]
    assert (shown["paused"], shown["used"]) == (False, 3)


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "领导出差", "expected_days": 5},
        {"reason": "听证"},
        {"reason": "听证", "expected_days": 0},
        {"expected_days": 5},
    ],
)
async def test_no_other_reason_and_no_unmeasured_time_stops_the_clock(office: Office, body):
    no = await office.opened()
    answer = await office.do(REVIEWER, no, "suspensions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await office.types(no) == ["approval.opened.v1"]


async def test_a_second_special_procedure_waits_for_the_end_of_the_first(office: Office):
    no = await office.opened()
    await office.must(REVIEWER, no, "suspensions", HEARING)
    answer = await office.do(REVIEWER, no, "suspensions", HEARING)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed-now")
    assert "end" in answer.json()["allowed"]


async def test_the_head_extends_once_by_ten_days_at_most(office: Office):
    no = await office.opened()
    for who in (APPROVER, REVIEWER, SEALER, "zg-xingzheng-shenpi-ping"):
        answer = await office.do(who, no, "extension", LONGER)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")
    too_long = await office.do(LEADER, no, "extension", {**LONGER, "days": 11})
    assert (too_long.status_code, too_long.json()["rule"]) == (422, "extension-too-long")

    after = await office.must(LEADER, no, "extension", LONGER)
    # 4 to 6 April are Qingming: ten more working days after 30 March
    told = Extended.model_validate((await office.told(no, Extended.TYPE))[0].data)
    assert (told.promised_due.isoformat(), told.statutory_due.isoformat()) == (
        "2026-03-30",
        "2026-04-14",
    )
    assert after["deadlines"]["extension"]["approved_by"] == LEADER
    listed = (await office.client(SYSTEM).get(f"/api/v1/cases/{no}/documents")).json()["items"]
    assert [(one["kind"], one["title"]) for one in listed] == [("extension", "延期通知书")]

    second = await office.do(LEADER, no, "extension", {**LONGER, "days": 1})
    assert (second.status_code, second.json()["rule"]) == (409, "second-extension")
    assert second.json()["state"] == "under-review"


async def test_what_has_run_out_cannot_be_extended(own_office: Office):
    office = own_office
    no = await office.opened(Power(statutory_days=3, promised_days=1))
    office.service.clock.forward_to(datetime(2026, 3, 6, 9, tzinfo=SHANGHAI))
    answer = await office.do(LEADER, no, "extension", LONGER)
    assert (answer.status_code, answer.json()["rule"]) == (409, "extension-after-due")
    shown = (await office.read(REVIEWER, no))["deadlines"]["statutory"]
    assert (shown["due"], shown["overdue"], shown["overdue_days"]) == ("2026-03-05", True, 1)
    late = await office.client(WINDOW).get(
        "/api/v1/cases", params={"due_before": "2026-03-06", "no": no}
    )
    assert [(one["no"], one["overdue"]) for one in late.json()["items"]] == [(no, True)]
