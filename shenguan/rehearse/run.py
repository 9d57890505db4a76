"""The whole rehearsal: sign in, read the place, run the journeys side by side, show the table."""

import asyncio
import sys
import time
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from servicekit.clock import SHANGHAI
from shenguan.rehearse import place, report
from shenguan.rehearse.caller import Callers
from shenguan.rehearse.report import Row
from shenguan.rehearse.scenario import Journey

SIDE_BY_SIDE = 6
PLATFORM = "ywtb"
WIDE = 170
"""Columns of the table where no terminal says how many there are."""


async def rehearse(
    base_url: str, credentials: Path, *, out: Path, as_json: bool = False
) -> tuple[list[Row], int]:
    """Rows and how many filings were new. The rows are written to `out` as JSON too."""
    console = Console(stderr=as_json, width=None if sys.stdout.isatty() else WIDE)
    callers = Callers.from_file(base_url, credentials)
    began = time.monotonic()
    try:
        read = await place.read(callers, _anyone(callers), await _today(callers))
        journeys = [Journey(callers, read, power, PLATFORM) for power in read.powers]
        rows = await _all(console, journeys)
    finally:
        await callers.close()
    fresh = sum(journey.fresh for journey in journeys)
    report.write(rows, out)
    if not as_json:
        report.show(console, rows, fresh=fresh, seconds=time.monotonic() - began)
    return rows, fresh


async def _all(console: Console, journeys: list[Journey]) -> list[Row]:
    places = asyncio.Semaphore(SIDE_BY_SIDE)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("演练", total=len(journeys))

        async def one(journey: Journey) -> Row:
            async with places:
                row = await journey.run()
            progress.advance(bar)
            return row

        return list(await asyncio.gather(*(one(journey) for journey in journeys)))


def _anyone(callers: Callers) -> str:
    officers: dict[str, object] = callers.credentials["officers"]
    return next(iter(officers))


async def _today(callers: Callers) -> date:
    clock = await callers.get(_anyone(callers), "/development/clock")
    return datetime.fromisoformat(clock["now"]).astimezone(SHANGHAI).date()
