"""Decide and seal over HTTP at approval, against the same statements in raw asyncpg."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.approval.builders import APPROVER, SEALER, WINDOW
from tests.bench import cases
from tests.bench.cases import GROUNDS, INSTANT_SEAL, PARK_SEAL, Officers, Template
from tests.bench.connection import Connection, Run, closed, connections
from tests.bench.floors.deciding import Call, Seen
from tests.bench.machine import Load, median, percentile
from tests.bench.rows import Mark, Row
from tests.bench.stand import Running, Stand
from tests.support.service import Service

HANDS = 8
GUESS = 2_500
"""Turns a second that a window is given cases for; what is left over is decided by the next."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way to decide and seal: its requests for a case, and the same for the floor."""

    name: str
    template: Template
    requests: Callable[[str], Sequence[bytes]]
    calls: Sequence[Call]


async def measure(stand: Stand) -> list[Row]:
    """Both forms, each window of ours between windows of the floor."""
    service = await stand.part("approval")
    connection = await stand.connect(service)
    officers = Officers.of(stand)
    one, two = await cases.instant(service), await cases.reviewed(service)
    forms = [
        Form(
            "decide and seal, one call",
            one,
            lambda no: [officers.decide_and_seal(no)],
            await _one_call(service, connection, one),
        ),
        Form(
            "decide, then seal, two calls",
            two,
            lambda no: [officers.decide(no), officers.seal(no)],
            await _two_calls(service, connection, two),
        ),
    ]
    made: list[Row] = []
    async with stand.process("serve", service) as web, AsyncExitStack() as stack:
        over_http = await stack.enter_async_context(connections(web.port, HANDS))
        raw = [await stand.connect(service) for _ in range(HANDS)]
        for form in forms:
            made += await _form(
                stand, form, connection=connection, web=web, over_http=over_http, raw=raw
            )
        for one_raw in raw:
            await one_raw.close()
    await connection.close()
    return made


async def _form(
    stand: Stand,
    form: Form,
    *,
    connection: Any,
    web: Running,
    over_http: Sequence[Connection],
    raw: Sequence[Any],
) -> list[Row]:
    waiting: list[str] = []

    async def ours(hand: int) -> None:
        for request in form.requests(waiting.pop()):
            await over_http[hand].ask(request)

    async def floor(hand: int) -> None:
        no = waiting.pop()
        for call in form.calls:
            await call.run(raw[hand], no)

    async def window(turn: Any, seconds: float) -> Run:
        wanted = int(GUESS * seconds) + HANDS
        if len(waiting) < wanted:
            waiting.extend(await cases.copies(connection, form.template, wanted - len(waiting)))
        return await closed(turn, hands=HANDS, seconds=seconds)

    seconds = stand.effort.seconds
    await window(ours, min(1.0, seconds))
    await window(floor, min(1.0, seconds))
    pairs: list[tuple[Run, Run]] = []
    used = 0.0
    loads: list[Load] = []
    for _ in range(stand.effort.rounds):
        with stand.watched() as load:
            before = web.cpu()
            run = await window(ours, seconds)
            used += web.cpu() - before
            pairs.append((run, await window(floor, seconds)))
        loads += load
    took = [one for run, _ in pairs for one in run.took]
    ratios = [run.rate / below.rate for run, below in pairs]
    rate, floor_rate = median([run.rate for run, _ in pairs]), median([b.rate for _, b in pairs])
    shown = f"ratios {min(ratios):.2f}–{max(ratios):.2f}; {_worst(loads)}"
    return [
        Row(
            f"{form.name}: 1/s",
            rate,
            rate / median(ratios),
            Mark("at least", 0.40, of="ratio"),
            f"{shown}; floor's own median {floor_rate:,.0f}/s",
        ),
        Row(f"{form.name}: p50 ms", percentile(took, 0.5)),
        Row(f"{form.name}: the server's CPU ms", 1000 * used / len(took)),
        Row(f"{form.name}: p99 ms", percentile(took, 0.99), None, Mark("at most", 20.0)),
    ]


async def _one_call(service: Service, connection: Any, template: Template) -> list[Call]:
    (no,) = await cases.copies(connection, template, 1)
    before = await Seen.of(connection, no)
    await say(service, WINDOW, no, "approval", {**GROUNDS, "seal": INSTANT_SEAL})
    return [Call.between(before, await Seen.of(connection, no))]


async def _two_calls(service: Service, connection: Any, template: Template) -> list[Call]:
    (no,) = await cases.copies(connection, template, 1)
    opened = await Seen.of(connection, no)
    await say(service, APPROVER, no, "approval", GROUNDS)
    decided = await Seen.of(connection, no)
    await say(service, SEALER, no, "seal", {"seal": PARK_SEAL})
    sealed = await Seen.of(connection, no)
    return [Call.between(opened, decided), Call.between(decided, sealed)]


async def say(service: Service, who: str, no: str, verb: str, body: dict[str, Any]) -> None:
    answer = await service.client(officer=who).post(
        f"/api/v1/cases/{no}/{verb}", json=body, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 200, answer.text


def _worst(loads: Sequence[Load]) -> str:
    others, steal = max(one.others for one in loads), max(one.steal for one in loads)
    return f"others ≤ {others:.0f} %, steal ≤ {steal:.0f} %"
