"""People at work while everything dies: the park decides, regulators answer, desks read."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from eventlog.direct import BROKEN
from shenguan.chaos.callers import Callers, Unanswered
from shenguan.chaos.cases import Numbers, Template, put_whole
from shenguan.chaos.stand import Stand
from shenguan.rehearse.place import PlaceRead

DENIED_SHARE = 0.08
DECIDED_AT_ONCE = 32
WHOLE_AT_ONCE = 40
LOOKS_AGAIN_S = 0.5
PAGE = 40
SOME = 10
GROUNDS = "符合法定条件和赋权范围，准予办理（演练）。"
_TAKEN = (409, 412)
_FILED_EVERY_S = 0.5


@dataclass
class Offices:
    """`reviewed` and `whole` are the templates the cases were made from."""

    stand: Stand
    callers: Callers
    place: PlaceRead
    reviewed: Template
    whole: Template
    seed: int
    ends_at: float = 0.0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a schedule, not a secret

    async def work(
        self, seconds: float, *, reviewed: Sequence[str], numbers: Numbers, whole_rate: float
    ) -> None:
        """Until the time is over and every call has its answer."""
        began = time.monotonic()
        self.ends_at = began + seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(self._decide_at_rate(reviewed, len(reviewed) / seconds))
            group.create_task(self._file_and_decide(numbers, whole_rate))
            for regulator in self._regulators():
                for officer in self._officers(regulator):
                    group.create_task(self._supervise(regulator, officer))
            group.create_task(self._read_desk(self.whole.power.park))

    async def answer_some(self) -> None:
        """A round when all is calm: also on a slow machine every kind of call has been made."""
        for regulator in self._regulators():
            officer = self._officers(regulator)[0]
            try:
                await self._clear_desk(regulator, officer)
                await self._read_once(self.whole.power.park)
            except Unanswered:
                continue

    async def _decide_at_rate(self, nos: Sequence[str], rate: float) -> None:
        """At most so many at once; what does not fit into the time is left undone."""
        began = time.monotonic()
        places = asyncio.Semaphore(DECIDED_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for number, no in enumerate(nos):
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                await places.acquire()
                if time.monotonic() > self.ends_at:
                    return
                task = group.create_task(self._one(self._decide, no))
                task.add_done_callback(lambda _: places.release())

    async def _file_and_decide(self, numbers: Numbers, rate: float) -> None:
        async with asyncio.TaskGroup() as group:
            left = 0.0
            running: set[asyncio.Task[None]] = set()
            while time.monotonic() < self.ends_at:
                left += rate * _FILED_EVERY_S
                nos = numbers.take(min(int(left), WHOLE_AT_ONCE - len(running)))
                left -= int(left)
                await self._filed(nos)
                for no in nos:
                    task = group.create_task(self._one(self._whole_way, no))
                    running.add(task)
                    task.add_done_callback(running.discard)
                await asyncio.sleep(_FILED_EVERY_S)

    async def _filed(self, nos: Sequence[str]) -> None:
        while True:
            try:
                await put_whole(self.stand, self.whole, nos)
            except BROKEN:
                await asyncio.sleep(0.2)
            else:
                return

    async def _one(self, act: Callable[[str], Awaitable[None]], no: str) -> None:
        try:
            await act(no)
        except Unanswered:
            return  # stands in the journal

    async def _decide(self, no: str) -> None:
        """An instant item: one officer, sealed in the same call."""
        power = self.reviewed.power
        paper = next(one for one in power.period["acting"] if "decides" in one["seats"])
        window = self.place.staff.officer(paper["org"], "window")
        seal = self._seal(self.reviewed)
        if self._chance.random() < DENIED_SHARE:
            body = {"grounds": "不符合法定条件（演练）。", "reasons": "材料不实（演练）。"}
            await self._verb("denial", window, no, body | seal)
        else:
            await self._verb("approval", window, no, {"grounds": GROUNDS} | seal)

    async def _whole_way(self, no: str) -> None:
        staff, seats = self.place.staff, self.whole.power.period["seats"]
        opinion = {"opinion": "材料齐全，符合法定条件（演练）。", "recommends": "grant"}
        await self._verb("review", staff.officer(seats["reviews"], "reviewer"), no, opinion)
        approver = staff.officer(seats["decides"], "approver")
        await self._verb("approval", approver, no, {"grounds": GROUNDS})
        await self._verb(
            "seal", staff.officer(seats["seals"], "sealer"), no, self._seal(self.whole)
        )

    async def _verb(self, verb: str, who: str, no: str, body: dict[str, str]) -> None:
        await self.callers.act(verb, who, f"/api/v1/cases/{no}/{verb}", body, on=no)

    def _seal(self, template: Template) -> dict[str, str]:
        period = template.power.period
        org = period["seats"]["seals"]
        return {"seal": self.place.staff.seal(org, period["seal_kind"], self.place.today)}

    def _regulators(self) -> list[str]:
        orgs = [
            org
            for template in (self.reviewed, self.whole)
            for org in template.power.period["seats"]["supervises"]
        ]
        return list(dict.fromkeys(orgs))

    def _officers(self, regulator: str) -> list[str]:
        """All who may claim there: they reach for the same pushes."""
        people = self.place.staff.organisations[regulator]["people"]
        return [one["id"] for one in people if "regulator" in one["roles"]]

    async def _supervise(self, regulator: str, officer: str) -> None:
        while time.monotonic() < self.ends_at:
            try:
                if not await self._clear_desk(regulator, officer):
                    await asyncio.sleep(LOOKS_AGAIN_S)
            except Unanswered:
                continue

    async def _clear_desk(self, regulator: str, officer: str) -> int:
        """Some of what lies there unclaimed: claim, inspect, answer. How much lay there."""
        path = f"/api/v1/pushes?state=pushed&rehearsal=true&limit={PAGE}"
        found = (await self.callers.read(officer, path))["items"]
        inspectors = self.place.staff.inspectors(regulator)
        for push in self._chance.sample(found, min(len(found), SOME)):
            await self._answer(officer, push, inspectors)
        return len(found)

    async def _answer(self, officer: str, found: dict[str, str], inspectors: list[str]) -> None:
        push, base = found["id"], f"/api/v1/pushes/{found['id']}"
        claim = await self.callers.act(
            "claim", officer, f"{base}/claim", {}, on=push, expects=_TAKEN
        )
        if claim.status not in {200, 201}:
            return
        inspection = {
            "inspectors": inspectors,
            "inspected_at": found["pushed_at"],
            "findings": "现场核查，与批准内容一致（演练）。",
        }
        await self.callers.act("inspections", officer, f"{base}/inspections", inspection, on=push)
        answer = {"result": "no-problem", "summary": "未发现问题（演练）。"}
        await self.callers.act("feedback", officer, f"{base}/feedback", answer, on=push)

    async def _read_desk(self, org: str) -> None:
        while time.monotonic() < self.ends_at:
            try:
                await self._read_once(org)
                await asyncio.sleep(LOOKS_AGAIN_S)
            except Unanswered:
                continue

    async def _read_once(self, org: str) -> None:
        officer = self.place.staff.officer(org, "approver")
        path = f"/api/v1/feedback?state=open&limit={PAGE}"
        for one in (await self.callers.read(officer, path))["items"]:
            path = f"/api/v1/feedback/{one['id']}/acknowledgement"
            await self.callers.act("acknowledgement", officer, path, {}, on=one["id"])
