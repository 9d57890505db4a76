"""What the console is made of: vendored files, its database, its worker, its style sheet."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from console import view, worker
from servicekit import migrations
from servicekit.kit import collecting
from tests.console.conftest import Opened
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
VENDORED = [ROOT / "console" / "static", ROOT / "tests" / "browser" / "vendor"]
OUR_OWN = {"VENDOR.toml", "console.css", "console.js", "mark.svg"}


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_files_of_others_are_as_their_packages_ship_them(folder: Path) -> None:
    listed = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    for one in listed:
        digest = hashlib.sha256((folder / one["path"]).read_bytes()).hexdigest()
        assert digest == one["sha256"], one["path"]
        assert one["licence"] in {"0BSD", "MPL-2.0"}
        assert one["version"]
    found = {path.name for path in folder.iterdir()}
    assert found - OUR_OWN == {one["path"] for one in listed}


async def test_the_database_goes_up_and_down_without_drift(
    postgres_server: PostgresServer,
) -> None:
    urls = await postgres_server.fresh_database("console")
    await migrations.upgrade("console", urls.owner, app_url=urls.app)
    await migrations.check("console", urls.owner)
    await migrations.downgrade("console", urls.owner)
    assert await migrations.current("console", urls.owner) is None
    await postgres_server.drop(urls)


async def test_the_worker_keeps_board_and_catalogue(console: Opened) -> None:
    own = console.kit.settings.console_postgres_url
    settings = console.kit.settings.model_copy(update={"log_postgres_url": own})
    with collecting() as kits:
        assert sorted(worker.roles(settings)) == ["clock", "consumer"]
    for kit in kits:
        await kit.close()


def test_htmx_neither_evaluates_nor_styles() -> None:
    assert '"allowEval": false' in view.HTMX_CONFIG
    assert '"includeIndicatorStyles": false' in view.HTMX_CONFIG


def test_sizes_grow_with_the_readers_text() -> None:
    """Only a chart, which is scaled as a whole, has text in pixels."""
    css = (view.STATIC / "console.css").read_text(encoding="utf-8")
    in_pixels = [line for line in css.splitlines() if re.search(r"font-size:[^;]*px", line)]
    assert all(line.startswith(".chart") for line in in_pixels)
    assert re.findall(r"body \{[^}]*line-height: ([\d.]+)", css) == ["1.65"]
