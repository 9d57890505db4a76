"""The whole rehearsal of failure: prepare, work while everything dies, settle, count, say."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eventlog.direct import BROKEN
from servicekit.clock import SHANGHAI
from shenguan.chaos import blows, cases, controls, counting, log, plan
from shenguan.chaos.callers import Callers, Journal
from shenguan.chaos.counting import Found
from shenguan.chaos.offices import Offices
from shenguan.chaos.stand import Stand, standing
from shenguan.preparing import Progress
from shenguan.rehearse import caller, place

REVIEWED_ITEM, WHOLE_ITEM = "zg-w3", "zg-22"
WHOLE_SHARE = 0.08
CONNECTIONS = 48
PATIENCE_S = 90.0
SETTLES_WITHIN_S = 180.0
CONTROL_PATIENCE_S = 6.0
CONTROL_SETTLES_WITHIN_S = 5.0
LOOKS_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked for; `rate` in decisions a second."""

    seconds: float
    seed: int
    transport: str
    control: str = ""
    rate: float = 120.0

    @property
    def patience_s(self) -> float:
        return CONTROL_PATIENCE_S if self.control else PATIENCE_S

    @property
    def whole_share(self) -> float:
        """Of the decisions; the others begin at the decision, so that machines of two cores make
        enough of them. Order needs cases with several events.
        """
        return 0.6 if self.control == controls.UNORDERED_READER else WHOLE_SHARE

    @property
    def settles_within_s(self) -> float:
        return CONTROL_SETTLES_WITHIN_S if self.control else SETTLES_WITHIN_S


async def rehearse(asked: Asked, run_dir: Path, *, jars: Path) -> int:
    """The exit code: 1 when anything was lost, doubled, out of order or stuck."""
    say = Progress()
    async with standing(run_dir, transport=asked.transport, seed=asked.seed, jars=jars) as stand:
        say(f"PostgreSQL 和{asked.transport}已就绪，数据在 {stand.postgres.home}")
        if asked.control == controls.NO_INBOX:
            await controls.drop_shields(stand.settings)
        await stand.open(asked.control)
        say(f"{len(stand.processes)} 个进程已就绪")
        offices, nos, numbers = await _prepare(stand, asked)
        say(f"已备好 {len(nos)} 件")
        try:
            began = time.monotonic()
            await _work(stand, offices, nos, numbers, asked)
            seconds = time.monotonic() - began
            await stand.until_ready()
            say("已停手，等待收敛")
            await stand.rest()
            await _settle(stand, asked.settles_within_s)
            await offices.answer_some()
            await _settle(stand, asked.settles_within_s)
            records, repeats, inverted = await log.read(stand)
            say("正在清点")
            found = await counting.count(stand, offices.callers.journal, inverted)
        finally:
            offices.callers.close()
        _report(asked, stand, offices.callers.journal, found, seconds)
        _line("papers not yet rendered", await counting.unrendered(stand))
        _line("events in the log", records)
        _line("repeated deliveries in the log", repeats)
    bad = found.lost + found.doubled + found.out_of_order
    unexpected = offices.callers.journal.unexpected
    return 1 if bad or ((found.stuck or unexpected) and not asked.control) else 0


async def _prepare(stand: Stand, asked: Asked) -> tuple[Offices, list[str], cases.Numbers]:
    calls = caller.Callers.from_file(stand.settings.public_url, stand.credentials)
    try:
        officer = next(iter(calls.credentials["officers"]))
        clock = await calls.get(officer, "/development/clock")
        today = datetime.fromisoformat(clock["now"]).astimezone(SHANGHAI).date()
        known = await place.read(calls, officer, today)
        reviewed = await cases.filed(calls, known, REVIEWED_ITEM)
        whole = await cases.with_event(stand, await cases.filed(calls, known, WHOLE_ITEM))
        await cases.mirrored(stand, whole, "under-review")
        await cases.mirrored(stand, reviewed, "under-review")
    finally:
        await calls.close()
    numbers = cases.Numbers(today)
    nos = numbers.take(int(asked.seconds * asked.rate * (1 - asked.whole_share)))
    for first in range(0, len(nos), 2000):
        await cases.put_reviewed(stand, reviewed, nos[first : first + 2000])
    callers = Callers(
        stand.gateway_port,
        stand.credentials,
        patience_s=asked.patience_s,
        connections=CONNECTIONS,
    )
    return Offices(stand, callers, known, reviewed, whole, asked.seed), nos, numbers


async def _work(
    stand: Stand, offices: Offices, nos: list[str], numbers: cases.Numbers, asked: Asked
) -> None:
    names = list(stand.processes)
    if asked.control:
        hurt = plan.control_blows(asked.seconds, asked.seed, names)
    else:
        broker = stand.kafka is not None
        hurt = plan.blows(asked.seconds, asked.seed, names, broker=broker)
    async with asyncio.TaskGroup() as group:
        group.create_task(blows.deal(stand, hurt, asked.seed))
        group.create_task(
            offices.work(
                asked.seconds,
                reviewed=nos,
                numbers=numbers,
                whole_rate=asked.rate * asked.whole_share,
            )
        )


async def _settle(stand: Stand, within: float) -> None:
    """Until nothing waits anywhere; gives up, for the count to say so, when time is over."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if not await counting.waiting(stand) and not await counting.unheard(stand):
                return
        except BROKEN:
            pass
        await asyncio.sleep(LOOKS_EVERY_S)


def _report(asked: Asked, stand: Stand, journal: Journal, found: Found, seconds: float) -> None:
    tally = stand.tally
    decisions = len(journal.of("approval", "denial"))
    _line("transport", asked.transport)
    _line("seed", asked.seed)
    _line("seconds", f"{seconds:.1f}")
    _line("kills", tally.kills)
    _line("database crashes", tally.database_crashes)
    _line("broker crashes", tally.broker_crashes)
    _line("rewinds", tally.rewinds)
    _line("decisions", decisions)
    _line("decisions per second", f"{decisions / seconds:.1f}")
    _line("acknowledged calls", len(journal.done))
    _line("repeated calls", journal.again.total())
    _line("feedback", len(journal.of("feedback")))
    _line("lost", found.lost.total())
    _line("doubled", found.doubled.total())
    _line("out of order", found.out_of_order.total())
    _line("stuck", found.stuck.total())
    _line("unexpected answers", len(journal.unexpected))
    _line("processes that ended by themselves", len(tally.ended))
    _details([*map(str, found.stuck.items()), *found.examples, *journal.unexpected[:10]])
    _details([*tally.ended[:10], *(f"{why}: {n}" for why, n in journal.again.most_common(8))])


def _details(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"  · {line}")


def _line(name: str, number: object) -> None:
    print(f"{name}: {number}", flush=True)
