"""The board's read model: fed by events in any order, cut to the viewer, every number with its
list.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import approval, supervision
from contracts.catalog import Seats
from contracts.intake import Applicant, Competence, Place, Project
from contracts.shape import Officer
from eventlog.failures import Missing
from tests.console.conftest import Opened, open_console
from tests.support.postgres import PostgresServer

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
BY = Officer(id="zg-gongxin-cha", name="伍学", org="zg-gongxin", role="regulator")
VIEWERS = ("zg-gongxin", "zg-park", "zg-xingzheng-shenpi")
SHA = "0" * 64


def seats(decides: str = "zg-park") -> Seats:
    others = dict.fromkeys(("accepts", "reviews", "seals", "answers"), "zg-park")
    return Seats(**others, decides=decides, supervises=("zg-gongxin",))


def issued(no: str, *, decides: str = "zg-park", regulators: Any = ("zg-gongxin",)) -> Any:
    return approval.Issued(
        no=no,
        viewers=VIEWERS,
        item="zg-03",
        item_name="节能报告备案",
        park="zg-park",
        applicant=Applicant(kind="company", name="某公司", uscc="91360702MA35YL000W"),
        project=Project(name="技改", place=Place()),
        decision=approval.DecisionFact(
            no="章高新审〔2026〕1号",
            outcome="granted",
            result_kind="recordal",
            decided_on=date(2026, 11, 20),
            grounds="第十条",
            content_sha256=SHA,
            code="ABCD",
        ),
        decided_by=BY,
        sealed_by=approval.SealUse(seal="s", name="章", org="zg-park", by=BY),
        issued_at=AT,
        mode="direct",
        seats=seats(decides),
        answers="zg-park",
        liability="园区",
        regulators=regulators,
        competence=Competence(granted=True, day=date(2026, 11, 20), catalog_position=1),
    )


def pushed(no: str, *, due: date | None = date(2026, 11, 25)) -> Any:
    return supervision.Pushed(
        no=no,
        push=f"push-{no}",
        regulator="zg-gongxin",
        viewers=VIEWERS,
        item="zg-03",
        item_name="节能报告备案",
        park="zg-park",
        decision_no="章高新审〔2026〕1号",
        decision_version=1,
        cause="issued",
        issued_at=AT,
        pushed_at=AT + timedelta(seconds=1),
        due=due,
        in_time=None if due is None else True,
    )


def of(no: str, kind: Any, **members: Any) -> Any:
    told = {"no": no, "push": f"push-{no}", "regulator": "zg-gongxin", "viewers": VIEWERS}
    return kind(**told | {"by": BY} | members)


def answered(no: str, feedback: str = "f1", rectification: Any = None) -> Any:
    return of(
        no,
        supervision.Feedback,
        feedback=f"{feedback}-{no}",
        result="rectification" if rectification else "no-problem",
        summary="情况",
        rectification=rectification,
        given_at=AT,
        decision_no="章高新审〔2026〕1号",
    )


def acknowledged(no: str, desk: str, feedback: str = "f1") -> Any:
    return approval.FeedbackAcknowledged(
        no=no, feedback=f"{feedback}-{no}", desk=desk, by=BY, acknowledged_at=AT
    )


@pytest.fixture
async def board(postgres_server: PostgresServer, tmp_path: Path) -> AsyncIterator[Opened]:
    """A console of its own: everything on it is counted."""
    async with open_console(postgres_server, tmp_path) as opened:
        yield opened


async def numbers(console: Opened, officer: str = "zg-park-chen", query: str = "") -> list[int]:
    """应推送 已推送 按时推送 已认领 已反馈 已签收 退回待指派 逾期."""
    page = (await (await console.officer(officer)).get(f"/board{query}")).text
    return [int(number) for number in re.findall(r"</span> <b>(\d+)</b>", page)]


async def hear(console: Opened, no: str, *events: Any, rehearsal: bool = False) -> None:
    for event in events:
        await console.hear(event, key=no, rehearsal=rehearsal)


A, B = "20261120000000018", "20261120000000026"


async def test_a_decision_is_owed_pushed_claimed_answered_acknowledged(board: Opened) -> None:
    claimed = of(A, supervision.Claimed, claimed_at=AT)
    expected = [
        (issued(A), [1, 0, 0, 0, 0, 0, 0, 0]),
        (pushed(A), [1, 1, 1, 0, 0, 0, 0, 0]),
        (claimed, [1, 1, 1, 1, 0, 0, 0, 0]),
        (answered(A), [1, 1, 1, 1, 1, 0, 0, 0]),
        (acknowledged(A, "zg-park"), [1, 1, 1, 1, 1, 1, 0, 0]),
    ]
    for event, counts in expected:
        await hear(board, A, event)
        assert await numbers(board) == counts


async def test_the_push_may_arrive_before_the_decision(board: Opened) -> None:
    await hear(board, A, pushed(A), issued(A))
    assert await numbers(board) == [1, 1, 1, 0, 0, 0, 0, 0]


async def test_the_decider_acknowledges_besides_the_park(board: Opened) -> None:
    await hear(board, A, issued(A, decides="zg-renshe"), pushed(A), answered(A))
    await hear(board, A, acknowledged(A, "zg-park"), acknowledged(A, "zg-park"))
    assert (await numbers(board))[5] == 0
    await hear(board, A, acknowledged(A, "zg-renshe"))
    assert (await numbers(board))[5] == 1


async def test_an_answer_told_twice_is_one(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A), answered(A), answered(A))
    await hear(board, A, acknowledged(A, "zg-park"))
    assert (await numbers(board))[4:6] == [1, 1]


async def test_what_comes_before_its_cause_waits(board: Opened) -> None:
    with pytest.raises(Missing):
        await hear(board, A, of(A, supervision.Claimed, claimed_at=AT))
    with pytest.raises(Missing):
        await hear(board, A, acknowledged(A, "zg-park"))


async def test_released_and_returned_pushes_are_no_longer_claimed(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A), of(A, supervision.Claimed, claimed_at=AT))
    await hear(board, A, of(A, supervision.Released, reason="调岗", released_at=AT))
    assert (await numbers(board))[3] == 0
    await hear(board, A, of(A, supervision.Returned, reason="不归我", returned_at=AT))
    assert (await numbers(board))[6] == 1


async def test_a_push_merged_into_another_counts_once(board: Opened) -> None:
    await hear(board, A, issued(A, regulators=("zg-gongxin", "zg-fagai")), pushed(A))
    other = pushed(A).model_copy(update={"push": "other", "regulator": "zg-fagai"})
    moved = {"from_regulator": "zg-fagai", "merged_into": f"push-{A}", "reason": "同一事"}
    merged = of(A, supervision.Reassigned, push="other", reassigned_at=AT, **moved)
    await hear(board, A, other, merged)
    assert (await numbers(board))[:2] == [1, 1]


async def test_late_is_unclaimed_past_the_limit_or_a_rectification_overdue(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A, due=date(2026, 1, 5)))
    assert (await numbers(board))[7] == 1
    await hear(board, A, of(A, supervision.Claimed, claimed_at=AT))
    assert (await numbers(board))[7] == 0
    ordered = supervision.Rectification(required="补台账", due=date(2026, 1, 9))
    await hear(board, A, answered(A, rectification=ordered))
    assert (await numbers(board))[7] == 1
    await hear(board, A, answered(A, "f2"))
    assert (await numbers(board))[7] == 0


async def test_rehearsals_count_only_when_asked_for(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A), rehearsal=True)
    assert await numbers(board) == [0] * 8
    assert (await numbers(board, query="?rehearsal=true"))[:2] == [1, 1]


async def test_an_organisation_counts_only_what_it_may_see(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A))
    seeing = {"zg-park-chen": 1, "zg-gongxin-cha": 1, "zg-xingzheng-shenpi-gu": 1}
    blind = {"zg-fagai-cha": 0, "zg-shuili-jian": 0}
    leading = {"zg-government-fu": 1, "zg-park-zheng": 1}
    for officer, count in {**seeing, **blind, **leading}.items():
        assert (await numbers(board, officer))[0] == count, officer


async def test_every_number_opens_the_rows_it_counts(board: Opened) -> None:
    await hear(board, A, issued(A), pushed(A), of(A, supervision.Claimed, claimed_at=AT))
    await hear(board, B, issued(B), pushed(B))
    browser = await board.officer("zg-park-chen")
    page = (await browser.get("/board")).text
    links = re.findall(r'<a href="(/board/list\?number=\w+)"><span', page)
    counts = await numbers(board)
    assert len(links) == len(counts)
    for address, count in zip(links, counts, strict=True):
        rows = (await browser.get(address.replace("&amp;", "&"))).text
        assert rows.count('<th scope="row"') == count, address
    narrowed = (await browser.get("/board/list?number=claimed&regulator=zg-gongxin")).text
    assert A in narrowed
    assert B not in narrowed
    assert A not in (await browser.get("/board/list?number=claimed&regulator=zg-fagai")).text


async def test_a_number_nobody_defined_is_not_found(board: Opened) -> None:
    browser = await board.officer("zg-park-chen")
    assert (await browser.get("/board/list?number=everything")).status_code == 404


async def test_the_part_that_renews_itself_says_as_of_when(board: Opened) -> None:
    browser = await board.officer("zg-park-chen")
    assert 'hx-get="/board/numbers"' in (await browser.get("/board")).text
    piece = (await browser.get("/board/numbers")).text
    assert "截至" in piece
    assert "<html" not in piece


async def test_a_moved_clock_shows_on_every_page(board: Opened) -> None:
    board.api.answers["GET", "/development/clock"] = (200, {"offset_seconds": 5 * 86_400})
    board.app.state.business_time._asked = float("-inf")
    browser = await board.officer("zg-park-chen")
    for path in ("/", "/desk", "/board", "/verify"):
        assert "演练时钟" in (await browser.get(path)).text
