"""Forms: what the API is sent, once; and what the page says when it refuses."""

from typing import Any

from tests.console import samples
from tests.console.conftest import Opened, hidden

CASE = f"/cases/{samples.NO}"


async def drawn(browser: Any, path: str) -> dict[str, str]:
    page = (await browser.get(path)).text
    return {name: hidden(page, name) for name in ("csrf", "key", "version")}


async def test_a_form_sends_its_key_and_the_version_it_was_drawn_on(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("under-review", "review"))
    console.api.says("POST", f"{CASE}/review", {"no": samples.NO})
    browser = await console.officer("zg-park-zhao")
    form = await drawn(browser, CASE)
    answer = await browser.post(
        f"{CASE}/review", data={**form, "recommends": "grant", "opinion": "  材料齐全  "}
    )
    assert answer.headers["location"] == f"{CASE}?done=review"
    (sent,) = console.api.writes(f"{CASE}/review")
    assert sent.body == {"recommends": "grant", "opinion": "材料齐全"}
    assert sent.headers["idempotency-key"] == form["key"]
    assert sent.headers["if-match"] == '"7"'
    assert "审核意见已提交" in (await browser.get(answer.headers["location"])).text


async def test_a_double_click_sends_one_key_twice(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("under-review", "review"))
    console.api.says("POST", f"{CASE}/review", {"no": samples.NO})
    browser = await console.officer("zg-park-zhao")
    form = await drawn(browser, CASE) | {"recommends": "grant", "opinion": "齐全"}
    for _ in range(2):
        await browser.post(f"{CASE}/review", data=form)
    first, second = console.api.writes(f"{CASE}/review")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


async def test_what_is_missing_is_said_before_the_api_is_asked(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("under-review", "review"))
    browser = await console.officer("zg-park-zhao")
    form = await drawn(browser, CASE)
    answer = await browser.post(f"{CASE}/review", data={**form, "opinion": "写了一半"})
    assert answer.status_code == 422
    assert console.api.writes(f"{CASE}/review") == []
    assert '<a href="#review-f-recommends">审核结论</a>' in answer.text
    assert ">写了一半</textarea>" in answer.text


async def test_a_problem_is_shown_as_it_is_and_its_field_is_marked(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("decided", "seal"))
    console.api.refuses(
        "POST",
        f"{CASE}/seal",
        422,
        "invalid",
        errors=[{"field": "seal", "message": "这枚印章已停用"}],
    )
    browser = await console.officer("zg-park-zhou")
    form = await drawn(browser, CASE)
    given = {**form, "seal": "zg-park-approval", "content_sha256": "a" * 64}
    answer = await browser.post(f"{CASE}/seal", data=given)
    assert answer.status_code == 422
    for words in ("不能这样办", "这是接口给出的说明", "这是接口给出的下一步", "stub-1"):
        assert words in answer.text
    assert '<a href="#seal-f-seal">印章</a>：这枚印章已停用' in answer.text
    assert hidden(answer.text, "key") != form["key"]
    assert console.api.writes(f"{CASE}/seal")[0].body["content_sha256"] == "a" * 64


async def test_the_seal_is_over_the_paper_that_was_previewed(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("decided", "seal"))
    browser = await console.officer("zg-park-zhou")
    page = (await browser.get(CASE)).text
    assert hidden(page, "content_sha256") == "a" * 64
    assert f'href="{CASE}/preview"' in page


async def test_an_unknown_outcome_keeps_the_key_so_that_a_retry_finds_out(
    console: Opened,
) -> None:
    console.api.says("GET", CASE, samples.case("under-review", "review"))
    console.api.refuses("POST", f"{CASE}/review", 503, "unknown-outcome")
    browser = await console.officer("zg-park-zhao")
    form = await drawn(browser, CASE)
    console.api.says("GET", CASE, samples.case("under-review", "review") | {"version": 8})
    answer = await browser.post(
        f"{CASE}/review", data={**form, "recommends": "grant", "opinion": "齐全"}
    )
    assert hidden(answer.text, "key") == form["key"]
    assert hidden(answer.text, "version") == form["version"]


async def test_a_verb_no_longer_offered_still_says_why(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("issued"))
    console.api.refuses("POST", f"{CASE}/approval", 409, "not-allowed-now", allowed=[])
    browser = await console.officer("zg-park-sun")
    csrf = hidden((await browser.get(CASE)).text, "csrf")
    answer = await browser.post(
        f"{CASE}/approval", data={"csrf": csrf, "key": "k", "grounds": "第十条"}
    )
    assert answer.status_code == 422
    assert "这是接口给出的说明" in answer.text


async def test_lines_become_a_list_and_known_materials_keep_their_ids(console: Opened) -> None:
    path = f"/filings/{samples.NO}"
    missing = [{"requirement": "m1", "name": "申请表"}, {"requirement": "m2", "name": "声明表"}]
    told = samples.filing("received", "correction-notice", missing_materials=missing)
    console.api.says("GET", path, told)
    console.api.says("POST", f"{path}/correction-notice", {"no": samples.NO})
    browser = await console.officer("zg-park-chen")
    form = await drawn(browser, path)
    await browser.post(
        f"{path}/correction-notice", data={**form, "missing": ["申请表", "", "法人签字"]}
    )
    (sent,) = console.api.writes(f"{path}/correction-notice")
    assert sent.body == {"missing": [{"text": "申请表", "requirement": "m1"}, {"text": "法人签字"}]}


async def test_an_inspection_needs_two_officers_with_certificates(console: Opened) -> None:
    path = f"/pushes/{samples.PUSH}"
    console.api.says("GET", path, samples.push("claimed", "inspect"))
    console.api.says("POST", f"{path}/inspections", {}, status=201)
    browser = await console.officer("zg-fagai-cha")
    assert "执法证号 14020000003" in (await browser.get(path)).text
    form = await drawn(browser, path)
    given = {**form, "inspected_at": "2026-11-20T09:30", "findings": "一致"}
    alone = await browser.post(
        f"{path}/inspections", data={**given, "inspectors": ["zg-fagai-cha"]}
    )
    assert alone.status_code == 422
    two = ["zg-fagai-cha", "zg-fagai-xun"]
    await browser.post(f"{path}/inspections", data={**given, "inspectors": two})
    (sent,) = console.api.writes(f"{path}/inspections")
    assert sent.body == {
        "inspectors": two,
        "inspected_at": "2026-11-20T09:30:00+08:00",
        "findings": "一致",
    }


async def test_a_rectification_is_sent_only_where_one_is_ordered(console: Opened) -> None:
    path = f"/pushes/{samples.PUSH}"
    console.api.says("GET", path, samples.push("claimed", "feedback"))
    console.api.says("POST", f"{path}/feedback", {}, status=201)
    browser = await console.officer("zg-fagai-cha")
    form = await drawn(browser, path)
    empty = {"rectification.required": "", "rectification.due": "", "inspection": ""}
    given = {**form, **empty, "result": "no-problem", "summary": "未发现问题"}
    await browser.post(f"{path}/feedback", data=given)
    ordered = {"rectification.required": "补台账", "rectification.due": "2026-12-10"}
    await browser.post(f"{path}/feedback", data={**given, **ordered, "result": "rectification"})
    plain, with_order = (one.body for one in console.api.writes(f"{path}/feedback"))
    assert plain == {"result": "no-problem", "summary": "未发现问题"}
    assert with_order["rectification"] == {"required": "补台账", "due": "2026-12-10"}


async def test_a_special_procedure_ends_on_its_own_route(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("suspended", "end"))
    console.api.says("POST", f"{CASE}/suspensions/s-1/end", {})
    browser = await console.officer("zg-park-sun")
    form = await drawn(browser, CASE)
    answer = await browser.post(f"{CASE}/end", data=form)
    assert answer.headers["location"] == f"{CASE}?done=end"


async def test_an_outside_decision_carries_its_paper(console: Opened) -> None:
    console.api.says("GET", CASE, samples.case("reported", "outside-decision"))
    console.api.says("POST", f"{CASE}/outside-decision", {})
    browser = await console.officer("zg-park-sun")
    form = await drawn(browser, CASE)
    given = {**form, "outcome": "granted", "decided_on": "2026-11-20", "grounds": "省厅第12号"}
    without = await browser.post(f"{CASE}/outside-decision", data=given)
    assert without.status_code == 422
    assert "请选择文件" in without.text
    await browser.post(
        f"{CASE}/outside-decision",
        data=given,
        files={"paper": ("决定.pdf", b"%PDF", "application/pdf")},
    )
    (sent,) = console.api.writes(f"{CASE}/outside-decision")
    assert sent.body["paper"] == {"name": "决定.pdf", "content": "JVBERg=="}
    assert sent.body["grounds"] == ["省厅第12号"]


NEW = f"/filings/new?item={samples.ITEM}"
FACTS = {
    "park": "zg-park",
    "applicant.kind": "company",
    "applicant.name": "赣州某某有限公司",
    "applicant.uscc": "91360702MA35YL000W",
    "applicant.contact.name": "王小明",
    "project.name": "技改",
    "project.place.longitude": "115.015",
    "project.place.latitude": "25.8",
    "project.uses": "industrial",
}


async def test_a_filing_is_judged_before_it_is_handed_in(console: Opened) -> None:
    verdict = {
        "acceptable": False,
        "competence": {
            "granted": False,
            "reasons": ["项目为商品房"],
            "right_authority": {"id": "zg-gongxin", "name": "区工业和信息化局"},
        },
        "errors": [{"field": "applicant.uscc", "label": "信用代码", "message": "校验位不符"}],
        "missing_materials": [{"requirement": "m1", "name": "申请表"}],
    }
    console.api.says("POST", "/filings/validate", verdict)
    browser = await console.officer("zg-park-chen")
    csrf = hidden((await browser.get(NEW)).text, "csrf")
    given = {"csrf": csrf, "key": "k1", "intent": "check", **FACTS}
    page = (await browser.post(NEW, data=given)).text
    for words in ("不在园区权限内", "项目为商品房", "区工业和信息化局", "校验位不符", "申请表"):
        assert words in page
    assert console.api.writes("/filings") == []
    assert hidden(page, "key") == "k1"


async def test_materials_are_uploaded_once_and_come_back_with_a_faulty_form(
    console: Opened,
) -> None:
    console.api.says("POST", "/materials", {"id": "mat-1", "name": "申请表.pdf"}, status=201)
    console.api.refuses("POST", "/filings", 422, "invalid")
    browser = await console.officer("zg-park-chen")
    csrf = hidden((await browser.get(NEW)).text, "csrf")
    given = {"csrf": csrf, "key": "k1", **FACTS}
    file = ("申请表.pdf", b"%PDF-1.7", "application/pdf")
    for _ in range(2):
        page = (await browser.post(NEW, data=given, files={"file.m1": file})).text
    first, second = console.api.writes("/materials")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body
    assert hidden(page, "kept.m1") == "mat-1|申请表.pdf"
    console.api.says("POST", "/filings", {"no": samples.NO}, status=201)
    answer = await browser.post(NEW, data={**given, "kept.m1": "mat-1|申请表.pdf"})
    assert answer.headers["location"] == f"/filings/{samples.NO}?done=filing"
    sent = console.api.writes("/filings")[-1].body
    assert sent["materials"] == [{"id": "mat-1", "requirement": "m1"}]
    assert sent["channel"] == "window"
    assert sent["project"]["place"] == {"longitude": 115.015, "latitude": 25.8}
    assert len(console.api.writes("/materials")) == 2


async def test_the_chain_of_reasons_is_shown_with_its_sources(console: Opened) -> None:
    browser = await console.officer("zg-park-sun")
    csrf = hidden((await browser.get("/catalogue/competence")).text, "csrf")
    given = {"csrf": csrf, "item": samples.ITEM, "park": "zg-park", "project.uses": "industrial"}
    page = (await browser.post("/catalogue/competence", data=given)).text
    judged = samples.RECORDED["judged"]
    for link in judged["chain"]:
        assert link["text"] in page
        assert link["source"] in page
    assert judged["right_authority_text"] in page


async def test_the_bench_counts_what_waits_and_links_to_its_list(console: Opened) -> None:
    rows = [samples.RECORDED["filing_row"]] * 3
    console.api.says("GET", "/filings", samples.page(*rows))
    browser = await console.officer("zg-park-chen")
    page = (await browser.get("/desk")).text
    assert 'href="/filings?status=received"' in page
    assert "<b>3</b>" in page


async def test_a_search_asks_by_what_was_typed(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    wanted = {
        samples.NO.lower(): ("no", samples.NO),
        "91360702MA35YL000W": ("uscc", "91360702MA35YL000W"),
        "演练科技": ("company", "演练科技"),
    }
    for typed, (name, value) in wanted.items():
        console.api.asked.clear()
        await browser.get("/search", params={"q": typed})
        asked = [one for one in console.api.asked if one.path == "/api/v1/cases"]
        assert asked[0].query[name] == value


async def test_the_visitors_own_address_is_told_to_the_gateway(console: Opened) -> None:
    browser = console.browser()
    await browser.get(f"/verify/{samples.CODE}", headers={"X-Forwarded-For": "203.0.113.7"})
    assert console.api.asked[-1].headers["x-forwarded-for"] == "203.0.113.7"


async def test_verification_tells_not_found_and_too_often_apart(console: Opened) -> None:
    browser = console.browser()
    path = f"/verifications/{samples.CODE}"
    assert "现在有效" in (await browser.get(f"/verify/{samples.CODE}")).text
    console.api.refuses("GET", path, 404, "not-found")
    assert "没有找到这份文书" in (await browser.get(f"/verify/{samples.CODE}")).text
    console.api.refuses("GET", path, 429, "too-many-requests")
    often = await browser.get(f"/verify/{samples.CODE}")
    assert often.status_code == 429
    assert "查询过于频繁" in often.text
    typed = await browser.get("/verify", params={"code": " k7fm k8a2-whkz "})
    assert typed.headers["location"] == "/verify/k7fmk8a2whkz"
