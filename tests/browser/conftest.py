"""The whole system in one process, and a real Chromium to look at it."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.person import Person
from tests.support import system as systems
from tests.support import used
from tests.support.leash import Leash
from tests.support.postgres import PostgresServer
from tests.support.system import System

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""As root there is no sandbox, and a test's browser has nobody to call."""


@pytest.fixture(scope="session")
def leash() -> Iterator[Leash]:
    with systems.leash() as made:
        yield made


@pytest.fixture(scope="session")
async def system(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, leash: Leash
) -> AsyncIterator[System]:
    """`shenguan run` with Zhanggong."""
    run_dir = tmp_path_factory.mktemp("console")
    async with systems.one_process(postgres_server, run_dir, leash) as made:
        yield made


@pytest.fixture(scope="session")
async def browser(pytestconfig: pytest.Config) -> AsyncIterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("没有 Chromium：请安装软件包 chromium 和 fonts-noto-cjk", pytrace=False)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=QUIET)
        used.note(pytestconfig, "Chromium", opened.version)
        yield opened
        await opened.close()


@pytest.fixture
async def people(browser: Browser, system: System) -> AsyncIterator["People"]:
    made = People(browser, system.url)
    yield made
    await made.leave()


class People:
    """Each with a browser profile of their own; at the end nobody's console has said a word."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._there: list[Person] = []

    async def officer(self, sub: str) -> Person:
        """Signed in by the keyboard."""
        person = await self.stranger()
        await person.sign_in(sub)
        return person

    async def stranger(self, *, javascript: bool = True) -> Person:
        """Not signed in."""
        context = await self._browser.new_context(
            base_url=self._url,
            viewport={"width": 1280, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
        )
        person = Person(await context.new_page())
        self._there.append(person)
        return person

    async def leave(self) -> None:
        for person in self._there:
            await person.page.context.close()
        said = [line for person in self._there for line in person.said]
        assert said == []
