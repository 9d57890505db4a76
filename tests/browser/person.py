"""Somebody at a browser who has a keyboard and no mouse."""

from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, expect

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
FARTHEST = 150
"""Presses of Tab after which a thing counts as not reachable."""


class Person:
    """`said`: what the browser's console had to say, apart from the answers asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if "Failed to load resource" not in message.text:
            self.said.append(f"{self.page.url}: {message.text}")

    async def sign_in(self, sub: str) -> None:
        """Through the issuer's list of officers."""
        await self.page.goto("/sign-in")
        await self.reach(self.page.locator(f"button[value='{sub}']"))
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("h1")).to_contain_text("工作台")

    async def go(self, letter: str, heading: str) -> None:
        """To a desk, by its two keys."""
        await self.page.wait_for_load_state()
        await self.page.keyboard.press("g")
        await self.page.keyboard.press(letter)
        await expect(self.page.locator("h1")).to_contain_text(heading)

    async def reach(self, what: Locator) -> None:
        """Presses Tab until it has the focus."""
        await expect(what).to_have_count(1)
        for _ in range(FARTHEST):
            if await what.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} cannot be reached by Tab on {self.page.url}")

    async def press(self, what: Locator, key: str = "Enter") -> None:
        """Reaches it and presses a key."""
        await self.reach(what)
        await self.page.keyboard.press(key)

    async def type(self, label: str, text: str) -> None:
        """Types into the field of that label."""
        await self.reach(self.page.get_by_label(label, exact=True).locator("visible=true").first)
        await self.page.keyboard.insert_text(text)

    async def tick(self, *labels: str) -> None:
        """Ticks boxes with the space bar."""
        for label in labels:
            await self.press(self.page.get_by_role("checkbox", name=label), "Space")

    async def pick(self, group: str, choice: str) -> None:
        """Chooses in a group of radio buttons: into the group by Tab, to the choice by arrows."""
        choices = self.page.get_by_role("group", name=group).get_by_role("radio")
        wanted = self.page.get_by_role("group", name=group).get_by_label(choice, exact=True)
        await self._into(choices)
        for _ in range(await choices.count() + 1):
            await self.page.keyboard.press("Space")
            if await wanted.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
            if await wanted.is_checked():
                return
        raise AssertionError(f"{choice} cannot be chosen in {group}")

    async def select(self, label: str, value: str) -> None:
        """Chooses in a list with the arrow key."""
        one = self.page.get_by_label(label, exact=True).locator("visible=true").first
        await self.reach(one)
        for _ in range(FARTHEST):
            if await one.input_value() == value:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not in {label}")

    def row(self, no: str) -> Locator:
        """The row of a case in a list."""
        link = self.page.get_by_role("link", name=no, exact=True)
        return self.page.locator("[data-rows] tbody tr").filter(has=link)

    async def open_row(self, no: str) -> None:
        """Moves down the list with j to a case's row, and opens it with Enter."""
        await self.page.wait_for_load_state()
        rows = self.page.locator("[data-rows] tbody tr")
        wanted = self.row(no)
        await expect(wanted).to_have_count(1)
        for _ in range(await rows.count()):
            await self.page.keyboard.press("j")
            if "here" in (await wanted.get_attribute("class") or ""):
                break
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("main")).to_contain_text(no)

    async def open_verb(self, key: str) -> Locator:
        """Opens a verb's form where it is closed; its element."""
        form = self.page.locator(f"#verb-{key}")
        if await form.get_attribute("open") is None:
            await self.press(form.locator("summary"))
        await expect(form).to_have_attribute("open", "")
        return form

    async def done(self, words: str) -> None:
        """The page says that it was done."""
        await expect(self.page.locator(".done")).to_contain_text(words)

    async def faults(self) -> list[dict[str, Any]]:
        """What axe finds serious or critical on this page."""
        await self.page.evaluate(AXE)
        found: dict[str, Any] = await self.page.evaluate("() => axe.run(document)")
        return [
            {"rule": one["id"], "where": [node["html"][:200] for node in one["nodes"]]}
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    async def wider_than_the_window(self) -> int:
        """Pixels the page can be scrolled sideways."""
        root = "document.documentElement"
        wide: int = await self.page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth")
        return wide

    async def double_the_text(self) -> None:
        """200 % text, as a reader sets it."""
        await self.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")

    async def _into(self, choices: Locator) -> None:
        for _ in range(FARTHEST):
            inside = "all => all.includes(document.activeElement)"
            if await choices.evaluate_all(inside):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError("the group cannot be reached by Tab")
