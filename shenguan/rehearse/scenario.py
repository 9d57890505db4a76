"""One item through the whole loop. Each step looks at what is there and does what comes next,

so that an interrupted rehearsal goes on where it stopped and a finished one does nothing.
"""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shenguan.rehearse.caller import Callers, Refused
from shenguan.rehearse.facts import project_for
from shenguan.rehearse.paper import sample_pdf
from shenguan.rehearse.place import PlaceRead, Power
from shenguan.rehearse.report import Row

APPLICANT = {
    "kind": "company",
    "name": "赣州演练科技有限公司",
    "uscc": "91360702MA35YL000W",
    "address": "江西省赣州市章贡高新技术产业园区演练路1号",
}
CONTACT = {"name": "演练联系人", "phone": "13800000000"}
FEEDBACK_NAMES = {"no-problem": "未发现问题", "rectification": "责令整改"}
MAX_STEPS = 12


class Stuck(Exception):
    """The loop did not move on; the message says at which state."""


@dataclass
class Journey:
    """One filing of one power. Under the same `run_name` it is filed once, however often run."""

    callers: Callers
    place: PlaceRead
    power: Power
    platform: str
    run_name: str = "REHEARSAL"
    fresh: bool = False
    row: Row = field(init=False)

    def __post_init__(self) -> None:
        power = self.power
        self.row = Row(power.item, power.item_name, power.mode)

    async def run(self) -> Row:
        """The row; `failed` set where a step was refused."""
        try:
            filing = await self.filed()
            await self.accepted(filing)
            case = await self.issued(str(self.row.no))
            for regulator in case["seats"]["supervises"]:
                await self.supervised(case, regulator)
            await self.acknowledged(case)
        except (Refused, Stuck, LookupError) as error:
            self.row.failed = str(error) or type(error).__name__
        return self.row

    @property
    def _source_no(self) -> str:
        return f"{self.run_name}-{self.power.park}-{self.power.item}"

    def _key(self, step: str) -> str:
        return f"{self._source_no}:{step}"

    async def filed(self) -> dict[str, Any]:
        """Files, where it was not filed before."""
        known = await self.callers.get(
            self.platform, "/api/v1/filings", source_case_no=self._source_no
        )
        if known["items"]:
            filing: dict[str, Any] = known["items"][0]
        else:
            filing = await self._file()
            self.fresh = True
        self.row.no = filing["no"]
        return filing

    async def _file(self) -> dict[str, Any]:
        filed: dict[str, Any] = await self.callers.post(
            self.platform, "/api/v1/filings", await self.form(), key=self._key("filing")
        )
        return filed

    async def form(self) -> dict[str, Any]:
        """The filing as it is handed in; its materials are uploaded first."""
        power = self.power
        project = project_for(
            power.period["rule"],
            name=f"{power.item_name}演练项目",
            point=self.place.points[power.park],
        )
        return {
            "item": power.item,
            "park": power.park,
            "channel": "platform",
            "source_case_no": self._source_no,
            "rehearsal": True,
            "applicant": {**APPLICANT, "contact": CONTACT},
            "project": project,
            "materials": await self._materials(),
        }

    async def _materials(self) -> list[dict[str, str]]:
        handed_in = []
        for wanted in self.power.guide["materials"]:
            if not wanted["required"]:
                continue
            stored = await self.callers.upload(
                self.platform,
                "/api/v1/materials",
                f"{wanted['name']}.pdf",
                sample_pdf(wanted["name"]),
                key=self._key(f"material:{wanted['id']}"),
            )
            handed_in.append({"id": stored["id"], "requirement": wanted["id"]})
        return handed_in

    async def accepted(self, filing: dict[str, Any]) -> None:
        """受理."""
        who = self._officer("accepts", "window", "approver")
        if filing["status"] == "received":
            await self.callers.post(
                who, f"/api/v1/filings/{self.row.no}/acceptance", {}, key=self._key("acceptance")
            )
        self.row.accepted_by = self._named(who)

    async def issued(self, no: str) -> dict[str, Any]:
        """The case once it is sealed; each step by who sits there."""
        reader = self._officer("reviews", "reviewer", "approver")
        for _ in range(MAX_STEPS):
            case: dict[str, Any] = await self.callers.get(reader, f"/api/v1/cases/{no}")
            if case["status"] == "issued":
                self._read_case(case)
                return case
            await self._advance(case)
        raise Stuck(f"办件 {no} 未能办结")

    async def _advance(self, case: dict[str, Any]) -> None:
        status, base = case["status"], f"/api/v1/cases/{case['no']}"
        if status == "under-review":
            who = self._officer("reviews", "reviewer", "approver", "window")
            body = {"opinion": "经审核，申请材料齐全，符合法定条件。", "recommends": "grant"}
            await self.callers.post(who, f"{base}/review", body, key=self._key("review"))
        elif status == "awaiting-decision":
            who = self._officer("decides", "approver", "window")
            body = {"grounds": "符合法定条件和赋权范围，准予办理。"}
            await self.callers.post(who, f"{base}/approval", body, key=self._key("approval"))
        elif status == "decided":
            who = self._officer("seals", "sealer", "window")
            period = self.power.period
            seal = self._seal(period["seats"]["seals"], period["seal_kind"])
            await self.callers.post(who, f"{base}/seal", seal, key=self._key("seal"))
        elif status in {"awaiting-co-seal", "awaiting-report-seal"}:
            await self._co_seal(base, "result" if status == "awaiting-co-seal" else "report")
        elif status == "reported":
            await self._record_outside(base)
        else:
            raise Stuck(f"办件 {case['no']} 停在 {status}")

    def _seal(self, org: str, kind: str) -> dict[str, str]:
        return {"seal": self.place.staff.seal(org, kind, self.place.today)}

    async def _co_seal(self, base: str, on: str) -> None:
        for one in self.power.period["co_seals"]:
            if one["on"] == on:
                who = self.place.staff.officer(one["org"], "sealer")
                seal = self._seal(one["org"], one["seal_kind"])
                await self.callers.post(who, f"{base}/seal", seal, key=self._key(f"seal:{on}"))

    async def _record_outside(self, base: str) -> None:
        """审批直报: the province decided outside the system; its paper is handed in with it."""
        who = self.place.staff.officer(self.power.period["recorder"], "approver", "reviewer")
        content = base64.b64encode(sample_pdf("上级机关决定")).decode()
        body = {
            "outcome": "granted",
            "decision_no": f"演练〔{self.place.today.year}〕1号",
            "decided_on": self.place.today.isoformat(),
            "grounds": "上级机关审查同意。",
            "paper": {"name": "决定.pdf", "content": content},
        }
        await self.callers.post(who, f"{base}/outside-decision", body, key=self._key("outside"))

    def _read_case(self, case: dict[str, Any]) -> None:
        row, decision = self.row, case["decision"]
        row.reviewed_by = self._named(case["reviewed_by"]["id"]) if case["reviewed_by"] else None
        row.decided_by = self._named(decision["decided_by"]["id"])
        row.sealed_by = self._named(decision["sealed_by"]["by"]["id"])
        row.decision_no = decision["no"]

    async def supervised(self, case: dict[str, Any], regulator: str) -> None:
        """Claimed, looked at and answered by this regulator."""
        staff = self.place.staff
        inspectors = staff.inspectors(regulator)
        who = staff.officer(regulator, "regulator", "inspector")
        push = await self.pushed(who, case["no"])
        base = f"/api/v1/pushes/{push['id']}"
        key = f"push:{regulator}"
        if push["state"] == "pushed":
            push = await self.callers.post(who, f"{base}/claim", {}, key=self._key(f"{key}:claim"))
        if push["state"] == "claimed":
            await self._inspect(who, base, inspectors, key=key)
        self.row.regulator = staff.name(regulator)
        self.row.push_seconds = _between(push["issued_at"], push["pushed_at"])
        holder = push["claim"]["by"] if push["claim"] else who
        self.row.claimed_by = staff.person(holder)
        self.row.feedback = FEEDBACK_NAMES["no-problem"]

    async def _inspect(self, who: str, base: str, inspectors: list[str], *, key: str) -> None:
        now = datetime.fromisoformat((await self.callers.get(who, "/development/clock"))["now"])
        await self.callers.post(
            who,
            f"{base}/inspections",
            {
                "inspectors": inspectors,
                "inspected_at": now.isoformat(timespec="seconds"),
                "findings": "现场核查，与批准内容一致（演练）。",
            },
            key=self._key(f"{key}:inspection"),
        )
        await self.callers.post(
            who,
            f"{base}/feedback",
            {"result": "no-problem", "summary": "经现场检查，未发现问题（演练）。"},
            key=self._key(f"{key}:feedback"),
        )

    async def pushed(self, who: str, no: str) -> dict[str, Any]:
        """The push on `who`'s desk, when it is there."""
        deadline = time.monotonic() + self.callers.patience_s
        while time.monotonic() < deadline:
            page = await self.callers.get(who, "/api/v1/pushes", no=no)
            if page["items"]:
                push: dict[str, Any] = page["items"][0]
                return push
            await asyncio.sleep(0.1)
        raise Stuck(f"办件 {no} 的推送 {self.callers.patience_s:.0f} 秒内没有到达监管部门")

    async def acknowledged(self, case: dict[str, Any]) -> None:
        """Read by every desk the feedback lands on; a province may have nobody here to read it."""
        desks = dict.fromkeys([self.power.park, case["seats"]["decides"]])
        for desk in filter(self.place.staff.has_people, desks):
            who = self.place.staff.officer(desk, "approver", "reviewer", "window")
            await self._acknowledge(who, case["no"], len(case["seats"]["supervises"]))
        self.row.acknowledged = True

    async def _acknowledge(self, who: str, no: str, expected: int) -> None:
        deadline = time.monotonic() + self.callers.patience_s
        while time.monotonic() < deadline:
            found = (await self.callers.get(who, "/api/v1/feedback", no=no))["items"]
            if len(found) >= expected:
                for one in found:
                    if one["state"] == "open":
                        await self.callers.post(
                            who,
                            f"/api/v1/feedback/{one['id']}/acknowledgement",
                            {"note": "已知悉（演练）"},
                            key=self._key(f"acknowledgement:{one['id']}:{who}"),
                        )
                return
            await asyncio.sleep(0.1)
        raise Stuck(f"办件 {no} 的监管反馈 {self.callers.patience_s:.0f} 秒内没有回到园区")

    def _officer(self, seat: str, *roles: str) -> str:
        """An officer of the seat, or of the organisation a paper lets act in it."""
        org = self.power.period["seats"][seat]
        if self.power.guide["instant"]:
            for paper in self.power.period["acting"]:
                if paper["for_org"] == org and seat in paper["seats"]:
                    return self.place.staff.officer(paper["org"], "window", *roles)
        return self.place.staff.officer(org, *roles)

    def _named(self, officer: str) -> str:
        return self.place.staff.person(officer)


def _between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
