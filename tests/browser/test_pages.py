"""Every page, at its own size and with the text doubled: nothing serious for axe, nothing wider
than the window, not a word in the console.
"""

from collections.abc import Sequence

from playwright.async_api import expect

from tests.browser import loop
from tests.browser.conftest import People
from tests.browser.person import Person

PUBLIC = ("/", "/keys", "/items", "/items/zg-03", "/verify", "/verify/ABCD1234ABCD1234ABCD", "/no")
BY_OFFICER = {
    "zg-park-chen": ("/desk", "/filings", "/filings/new", f"/filings/new?item={loop.ITEM}"),
    "zg-park-sun": ("/desk", "/cases", "/feedback", "/catalogue", "/catalogue/competence"),
    "zg-gongxin-cha": ("/desk", "/pushes", "/pushes?state=pushed"),
    "zg-xingzheng-shenpi-gu": ("/oversight", "/board", "/board/list?number=pushed", "/search?q=赣"),
    "zg-government-fu": ("/desk", "/board", "/cases"),
}


async def look(person: Person, path: str) -> list[str]:
    """What is wrong with the page at 100 % and with doubled text."""
    wrong: list[str] = []
    await person.page.goto(path)
    for size in ("100 %", "200 %"):
        if size == "200 %":
            await person.double_the_text()
        wrong += [f"{path} {size}: {fault}" for fault in await person.faults()]
        wider = await person.wider_than_the_window()
        wrong += [f"{path} {size}: {wider} px too wide"] if wider else []
    return wrong


async def look_at_all(person: Person, paths: Sequence[str]) -> list[str]:
    return [fault for path in paths for fault in await look(person, path)]


async def test_public_pages_are_accessible_at_every_text_size(people: People) -> None:
    assert await look_at_all(await people.stranger(), PUBLIC) == []


async def test_desks_are_accessible_at_every_text_size(people: People) -> None:
    wrong = []
    for officer, paths in BY_OFFICER.items():
        wrong += await look_at_all(await people.officer(officer), paths)
    assert wrong == []


async def test_a_case_is_accessible_at_every_step(people: People) -> None:
    """Every form is open: all of its fields are looked at."""
    window = await people.officer("zg-park-chen")
    no = await loop.file(window, "赣州无障碍科技有限公司")
    wrong = await look(window, f"/filings/{no}")
    await loop.accept(window, no)
    reviewer = await people.officer("zg-park-zhao")
    wrong += await look(reviewer, f"/cases/{no}")
    await reviewer.page.goto(f"/cases/{no}")
    for key in ("review", "suspensions"):
        await reviewer.open_verb(key)
    assert await reviewer.faults() == []
    await loop.review(reviewer, no)
    wrong += await look(await people.officer("zg-park-sun"), f"/cases/{no}")
    assert wrong == []


async def test_the_window_at_half_its_width_loses_nothing(people: People) -> None:
    """200 % zoom of 1280 px is a window of 640."""
    person = await people.officer("zg-park-chen")
    await person.page.set_viewport_size({"width": 640, "height": 450})
    wrong = [
        (path, wider)
        for path in ("/desk", "/filings", "/filings/new?item=zg-03", "/board", "/catalogue")
        if await person.page.goto(path) and (wider := await person.wider_than_the_window())
    ]
    assert wrong == []


async def test_errors_take_the_focus_and_name_their_fields(people: People) -> None:
    person = await people.officer("zg-park-chen")
    page = person.page
    await page.goto(f"/filings/new?item={loop.ITEM}")
    await person.type("申请人名称", "赣州错填有限公司")
    await page.keyboard.press("Control+Enter")
    summary = page.locator(".problem")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("统一社会信用代码")
    await person.press(summary.get_by_role("link", name="统一社会信用代码"))
    field = page.get_by_label("统一社会信用代码")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("申请人名称")).to_have_value("赣州错填有限公司")


async def test_the_keys_are_explained_on_a_question_mark(people: People) -> None:
    person = await people.officer("zg-park-chen")
    await person.page.wait_for_load_state()
    await person.page.keyboard.press("?")
    dialog = person.page.get_by_role("dialog", name="快捷键")
    await expect(dialog).to_be_visible()
    await person.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await person.page.keyboard.press("/")
    await expect(person.page.locator("#search")).to_be_focused()


async def test_the_first_tab_leads_past_the_head(people: People) -> None:
    person = await people.stranger()
    await person.page.goto("/")
    await person.page.keyboard.press("Tab")
    await expect(person.page.get_by_role("link", name="跳到正文")).to_be_focused()
    await person.page.keyboard.press("Enter")
    await expect(person.page.locator("main")).to_be_focused()


async def test_a_case_is_found_by_number_code_and_company(people: People) -> None:
    person = await people.officer("zg-park-chen")
    company = "赣州查得到材料有限公司"
    no = await loop.file(person, company)
    for asked in (no, company[2:6], loop.USCC):
        await person.page.goto("/desk")
        await person.page.keyboard.press("/")
        await person.page.keyboard.insert_text(asked)
        await person.page.keyboard.press("Enter")
        await expect(person.page.locator("main")).to_contain_text(no)


async def test_filing_works_without_a_script(people: People) -> None:
    person = await people.stranger(javascript=False)
    page = person.page
    await page.goto("/sign-in?to=/filings/new")
    await page.locator("button[value='zg-park-chen']").click()
    await page.get_by_label("办理事项").select_option(loop.ITEM)
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_label("申请人名称").fill("赣州无脚本有限公司")
    await page.get_by_label("统一社会信用代码").fill(loop.USCC)
    await page.get_by_label("联系人").fill("李四")
    await page.get_by_label("项目名称").fill("技改项目")
    await page.get_by_label("经度（CGCS2000）").fill("115.015")
    await page.get_by_label("纬度（CGCS2000）").fill("25.8")
    await page.get_by_label("工业").check()
    await page.get_by_label("年综合能源消费量（吨标准煤，当量值）").fill("420")
    await page.get_by_label("年电力消费量（万千瓦时）").fill("180")
    await page.get_by_role("button", name="提交收件").click()
    await expect(page.locator(".done")).to_contain_text("已收件")


async def test_the_look_sees_a_fault_when_there_is_one(people: People) -> None:
    person = await people.stranger()
    await person.page.goto("/")
    spoil = """() => {
        document.querySelector('.lead').style.color = '#ddd';
        document.querySelector('main').style.width = '3000px';
    }"""
    await person.page.evaluate(spoil)
    assert [fault["rule"] for fault in await person.faults()] == ["color-contrast"]
    assert await person.wider_than_the_window() > 0
