"""Every page with recorded, with empty and with overlong data."""

from typing import Any

import pytest

from tests.console import samples
from tests.console.conftest import Opened
from tests.console.page import Page

PUBLIC = (
    "/",
    "/keys",
    "/items",
    f"/items/{samples.ITEM}",
    "/verify",
    f"/verify/{samples.CODE}",
    "/verify/ABCD1234ABCD1234ABCD",
    "/nowhere",
    "/signed-in",
)
DESKS = {
    "zg-park-chen": (
        "/desk",
        "/filings",
        f"/filings/{samples.NO}",
        "/filings/new",
        f"/filings/new?item={samples.ITEM}",
        "/feedback",
        f"/feedback/{samples.NO}/{samples.FEEDBACK}",
    ),
    "zg-park-sun": ("/desk", "/cases", f"/cases/{samples.NO}", "/search", "/search?q=赣州"),
    "zg-fagai-cha": ("/desk", "/pushes", f"/pushes/{samples.PUSH}"),
    "zg-xingzheng-shenpi-gu": (
        "/desk",
        "/oversight",
        "/board",
        "/board?rehearsal=true",
        "/board/list",
        "/catalogue",
        "/catalogue/competence",
    ),
    "zg-xingzheng-shenpi-huang": ("/desk",),
    "zg-government-fu": ("/desk", "/cases", "/pushes"),
}


async def faults_of(console: Opened) -> list[str]:
    found: list[str] = []
    stranger = console.browser()
    for path in PUBLIC:
        found += [f"{path}: {one}" for one in Page((await stranger.get(path)).text).faults]
    for officer, paths in DESKS.items():
        browser = await console.officer(officer)
        for path in paths:
            answer = await browser.get(path)
            if answer.status_code >= 500:
                found.append(f"{path}: {answer.status_code}")
            found += [f"{path}: {one}" for one in Page(answer.text).faults]
    return found


async def test_every_page_is_whole_with_recorded_data(console: Opened) -> None:
    assert await faults_of(console) == []


async def test_every_page_is_whole_with_empty_lists(console: Opened) -> None:
    for path in ("/items", "/delegations", "/filings", "/cases", "/pushes", "/feedback"):
        console.api.says("GET", path, samples.page())
    console.api.says("GET", f"/filings/{samples.NO}/documents", [])
    console.api.says("GET", f"/filings/{samples.NO}/timeline", {"entries": [], "incomplete": []})
    bare = samples.RECORDED["item"] | {"guides": [], "delegations": [], "list_row": None}
    console.api.says("GET", f"/items/{samples.ITEM}", bare)
    assert await faults_of(console) == []


async def test_every_page_is_whole_with_overlong_data(console: Opened) -> None:
    for key, (status, body) in list(console.api.answers.items()):
        longer: Any = body if isinstance(body, bytes) else samples.lengthened(body)
        console.api.answers[key] = (status, longer)
    assert await faults_of(console) == []


async def test_every_page_is_whole_while_a_service_is_away(console: Opened) -> None:
    for method, path in list(console.api.answers):
        if path.startswith("/api/v1/"):
            console.api.refuses(method, path.removeprefix("/api/v1"), 503, "unavailable")
    stranger = await console.officer("zg-park-sun")
    for path in ("/cases", "/items", f"/verify/{samples.CODE}"):
        answer = await stranger.get(path)
        assert (answer.status_code, Page(answer.text).faults) == (503, [])
        assert "这是接口给出的说明" in answer.text
    assert (await stranger.get("/cases")).headers["Refresh"] == "2"
    bench = await stranger.get("/desk")
    assert bench.status_code == 200
    assert "—" in bench.text


FORMS: dict[str, tuple[str, Any, str]] = {
    "filing": (
        f"/filings/{samples.NO}",
        samples.filing(
            "received", "acceptance", "correction-notice", "corrections", "refusal", "withdrawal"
        ),
        "zg-park-chen",
    ),
    "case": (
        f"/cases/{samples.NO}",
        samples.case(
            "under-review",
            *("review", "approval", "seal", "outside-decision", "denial", "return"),
            *("suspensions", "extension", "handover", "withdrawal"),
        ),
        "zg-park-sun",
    ),
    "suspended case": (
        f"/cases/{samples.NO}",
        samples.case("suspended", "end", "extension"),
        "zg-park-sun",
    ),
    "push": (
        f"/pushes/{samples.PUSH}",
        samples.push("claimed", "release", "return", "inspect", "feedback", "claim", "assign"),
        "zg-fagai-cha",
    ),
}


@pytest.mark.parametrize("which", FORMS)
async def test_every_form_of_an_object_has_labels_and_its_own_key(
    console: Opened, which: str
) -> None:
    path, body, officer = FORMS[which]
    console.api.says("GET", path, body)
    browser = await console.officer(officer)
    answer = await browser.get(path)
    assert Page(answer.text).faults == []
    assert answer.text.count('class="verb"') == len(body["allowed"])
    keys = [line for line in answer.text.splitlines() if 'name="key"' in line]
    assert len(set(keys)) == len(body["allowed"])


async def test_only_what_the_api_allows_is_offered(console: Opened) -> None:
    console.api.says("GET", f"/cases/{samples.NO}", samples.case("awaiting-decision"))
    browser = await console.officer("zg-park-sun")
    assert 'class="verb"' not in (await browser.get(f"/cases/{samples.NO}")).text


async def test_rehearsals_are_marked_on_every_row(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    for path in ("/filings", "/feedback", f"/filings/{samples.NO}"):
        assert ">演练</span>" in (await browser.get(path)).text


async def test_late_is_said_in_a_word(console: Opened) -> None:
    row = samples.RECORDED["case_row"] | {
        "status": "under-review",
        "overdue": True,
        "promised_due": "2026-01-05",
    }
    console.api.says("GET", "/cases", samples.page(row))
    browser = await console.officer("zg-park-sun")
    page = (await browser.get("/cases")).text
    assert 'class="mark overdue"' in page
    assert "逾期" in page


async def test_a_missing_part_of_the_timeline_is_named(console: Opened) -> None:
    told = samples.RECORDED["timeline"] | {"incomplete": ["supervision"]}
    console.api.says("GET", f"/filings/{samples.NO}/timeline", told)
    browser = await console.officer("zg-park-sun")
    page = (await browser.get(f"/cases/{samples.NO}")).text
    assert "监管暂时没有应答" in page
    assert "zg-" not in page.partition("办理经过")[2].partition("步骤和责任")[0]


async def test_the_next_page_is_one_link_away(console: Opened) -> None:
    row = samples.RECORDED["filing_row"]
    console.api.says("GET", "/filings", samples.page(row, next_cursor="abc"))
    browser = await console.officer("zg-park-chen")
    page = (await browser.get("/filings?status=accepted")).text
    assert 'rel="next" href="/filings?status=accepted&amp;cursor=abc"' in page
    await browser.get("/filings?status=accepted&cursor=abc")
    assert console.api.asked[-1].query["cursor"] == "abc"


async def test_papers_and_materials_open_under_a_policy_of_their_own(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    paper = samples.RECORDED["documents"][0]["id"]
    for path in (
        f"/filings/{samples.NO}/papers/{paper}",
        f"/cases/{samples.NO}/preview",
        f"/materials/{samples.MATERIAL}",
    ):
        answer = await browser.get(path)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
