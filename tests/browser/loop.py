"""The steps of the loop as people at keyboards do them; each ends where the next may begin."""

import re
from datetime import datetime

from playwright.async_api import expect

from servicekit.clock import SHANGHAI, real_now
from tests.browser.conftest import People
from tests.browser.person import Person

USCC = "91360702MA35YL000W"
ITEM = "zg-03"
MATERIAL = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def file(window: Person, company: str) -> str:
    """Files on a company's behalf; the case number."""
    page = window.page
    await window.go("s", "收件")
    await window.press(page.get_by_role("link", name="代企业收件"))
    await window.select("办理事项", ITEM)
    await window.press(page.get_by_role("button", name="下一步"))
    await window.type("申请人名称", company)
    await window.type("统一社会信用代码", USCC)
    await window.type("联系人", "王小明")
    await window.type("项目名称", "新建标准厂房节能技改项目")
    await window.type("经度（CGCS2000）（可不填）", "115.015")
    await window.type("纬度（CGCS2000）（可不填）", "25.8")
    await window.tick("工业")
    await window.type("年综合能源消费量（吨标准煤，当量值）（可不填）", "420")
    await window.type("年电力消费量（万千瓦时）（可不填）", "180")
    for input_ in await page.locator("input[type=file]").all():
        await input_.set_input_files(
            {"name": "申请表.pdf", "mimeType": "application/pdf", "buffer": MATERIAL}
        )
    await window.press(page.get_by_role("button", name="先判断权限（不收件）"))
    await expect(page.locator(".verdict")).to_contain_text("在园区权限内，可以收件")
    await window.reach(page.get_by_label("申请人名称"))
    await page.keyboard.press("Control+Enter")
    await window.done("已收件")
    return re.findall(r"/filings/(\w+)", page.url)[0]


async def accept(window: Person, no: str) -> None:
    await window.go("s", "收件")
    await window.open_row(no)
    form = await window.open_verb("acceptance")
    await window.press(form.get_by_role("button", name="受理"))
    await window.done("已受理")


async def review(reviewer: Person, no: str) -> None:
    await reviewer.go("p", "审批")
    await reviewer.open_row(no)
    form = await reviewer.open_verb("review")
    await reviewer.pick("审核结论", "建议准予")
    await reviewer.type("审核意见", "材料齐全，能耗在备案范围内，建议准予备案。")
    await expect(form).to_contain_text("审核意见")
    await reviewer.page.keyboard.press("Control+Enter")
    await reviewer.done("审核意见已提交")


async def approve(approver: Person, no: str) -> None:
    await approver.go("p", "审批")
    await approver.open_row(no)
    form = await approver.open_verb("approval")
    await approver.reach(form.locator(".line input").first)
    await approver.page.keyboard.insert_text("《固定资产投资项目节能审查办法》第十条")
    await approver.page.keyboard.press("Control+Enter")
    await approver.done("已作出准予决定")


async def seal(sealer: Person, no: str) -> None:
    """Looks at the paper, then seals it."""
    page = sealer.page
    await sealer.go("p", "审批")
    await sealer.open_row(no)
    form = await sealer.open_verb("seal")
    preview = form.get_by_role("link", name=re.compile("预览"))
    seen = await page.request.get(await preview.get_attribute("href") or "")
    assert (seen.status, seen.headers["content-type"]) == (200, "application/pdf")
    assert (await seen.body()).startswith(b"%PDF")
    await sealer.pick("印章", "章贡高新区管委会行政审批服务专用章")
    await sealer.press(form.get_by_role("button", name="核对无误，用印"))
    await sealer.done("已用印")


async def claim(regulator: Person, no: str) -> None:
    page = regulator.page
    await regulator.go("j", "监管")
    for _ in range(50):
        if await regulator.row(no).count():
            break
        await page.reload()
    await regulator.open_row(no)
    form = await regulator.open_verb("claim")
    await regulator.press(form.get_by_role("button", name="认领"))
    await regulator.done("已认领")


async def inspect(regulator: Person) -> None:
    page = regulator.page
    form = await regulator.open_verb("inspections")
    boxes = form.get_by_role("checkbox")
    for at in range(2):
        await regulator.press(boxes.nth(at), "Space")
    await regulator.reach(form.get_by_label("检查时间"))
    now: datetime = real_now().astimezone(SHANGHAI)
    await page.keyboard.type(f"{now:%Y}")
    await page.keyboard.press("Tab")
    await form.get_by_label("检查时间").fill(f"{now:%Y-%m-%dT00:00}")
    await regulator.reach(form.get_by_label("检查情况"))
    await page.keyboard.insert_text("现场与备案内容一致，用能设备符合要求。")
    await page.keyboard.press("Control+Enter")
    await regulator.done("检查记录已保存")


async def answer(regulator: Person) -> None:
    page = regulator.page
    form = await regulator.open_verb("feedback")
    await regulator.pick("监管结果", "未发现问题")
    await regulator.reach(form.get_by_label("情况说明"))
    await page.keyboard.insert_text("经两名执法人员现场检查，未发现问题。")
    await page.keyboard.press("Control+Enter")
    await regulator.done("监管反馈已送达")


async def acknowledge(window: Person, no: str) -> None:
    page = window.page
    await window.go("f", "反馈")
    for _ in range(50):
        if await window.row(no).count():
            break
        await page.reload()
    await window.open_row(no)
    form = await window.open_verb("acknowledgement")
    await window.press(form.get_by_role("button", name="签收"))
    await window.done("已签收")


async def walk(people: People, company: str) -> str:
    """The whole loop; the case number."""
    window = await people.officer("zg-park-chen")
    no = await file(window, company)
    await accept(window, no)
    await review(await people.officer("zg-park-zhao"), no)
    await approve(await people.officer("zg-park-sun"), no)
    await seal(await people.officer("zg-park-zhou"), no)
    regulator = await people.officer("zg-gongxin-cha")
    await claim(regulator, no)
    await inspect(regulator)
    await answer(regulator)
    await acknowledge(window, no)
    return no
