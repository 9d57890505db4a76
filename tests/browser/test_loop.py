"""The whole loop through the pages, by keyboard alone."""

from playwright.async_api import expect

from tests.browser import loop
from tests.browser.conftest import People


async def test_a_case_goes_round_the_loop_by_keyboard(people: People) -> None:
    no = await loop.walk(people, "赣州键盘精密制造有限公司")
    overseer = await people.officer("zg-xingzheng-shenpi-gu")
    await overseer.go("b", "审管闭环看板")
    done = overseer.page.locator(".numbers li").filter(has_text="已签收").get_by_role("link")
    await expect(done.locator("b")).not_to_have_text("0", timeout=15_000)
    await overseer.press(done)
    await expect(overseer.page.locator("main")).to_contain_text(no)
