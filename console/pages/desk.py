"""The work bench: what waits for me, counted, each count opening its list; and the search."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console import view
from console.answers import PageRoute
from console.api import Refused
from console.names import names_of
from console.view import page
from console.visits import Visit, by_session, visit_of
from servicekit.access import kit_of

router = APIRouter(
    route_class=PageRoute, dependencies=[Depends(by_session())], include_in_schema=False
)

COUNTED = 100
FOUND = 20
_NO = re.compile(r"(YL)?[0-9]{16}[0-9A-Z]", re.ASCII)
_USCC = re.compile(r"[0-9A-Z]{18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the bench: what the API is asked, and the page that shows the same."""

    title: str
    hint: str
    roles: frozenset[str]
    api: str
    asked: Mapping[str, Any]
    page: str
    shown: Mapping[str, Any]
    urgent: bool = False


def waiting(org: str, sub: str, today: str) -> list[Waiting]:
    """Everything that may wait, by role, the urgent first."""
    review, decide = frozenset({"reviewer"}), frozenset({"approver"})
    window = frozenset({"window", "approver"})
    regulates = frozenset({"regulator", "inspector"})
    overseer = frozenset({"overseer"})
    desk = frozenset({"window", "reviewer", "approver"})
    handles = review | decide | {"sealer"}

    def filings(title: str, hint: str, status: str) -> Waiting:
        asked = {"status": status}
        return Waiting(title, hint, window | {"helper"}, "/filings", asked, "/filings", asked)

    def cases(title: str, hint: str, roles: frozenset[str], status: str) -> Waiting:
        asked = {"status": status, "mine": True}
        shown = {"status": status, "mine": "true"}
        return Waiting(title, hint, roles, "/cases", asked, "/cases", shown)

    def pushes(title: str, hint: str, roles: frozenset[str], asked: dict[str, Any]) -> Waiting:
        shown = {name: "true" if value is True else value for name, value in asked.items()}
        return Waiting(title, hint, roles, "/pushes", asked, "/pushes", shown, "overdue" in asked)

    return [
        Waiting(
            "超过承诺期限",
            "在办件中承诺期限已过的",
            handles,
            "/cases",
            {"due_before": today, "mine": True},
            "/cases",
            {"due_before": today, "mine": "true"},
            urgent=True,
        ),
        pushes("逾期的推送", "无人认领或者整改期限已过", regulates | overseer, {"overdue": True}),
        filings("待受理", "五个工作日内受理、不予受理或者一次性告知补正", "received"),
        filings("等待补正", "已发补正告知书，等申请人补齐", "correction-asked"),
        cases("待审核", "由本单位审核", review, "under-review"),
        cases("特别程序中", "计时中止，结束后恢复", review | decide, "suspended"),
        cases("待决定", "审核已完成，由本单位决定", decide, "awaiting-decision"),
        cases("已上报待记录", "上级机关决定后在此记录", decide, "reported"),
        cases("待用印", "已决定，核对文书后用印", frozenset({"sealer"}), "decided"),
        cases("待上报会章", "上报前由本单位会章", frozenset({"sealer"}), "awaiting-report-seal"),
        cases("待见章盖章", "见主章后加盖本单位印章", frozenset({"sealer"}), "awaiting-co-seal"),
        pushes("待认领", "审批结果已送到本单位", regulates, {"state": "pushed", "regulator": org}),
        pushes("我认领的", "尚未反馈", regulates, {"state": "claimed", "claimed_by": sub}),
        Waiting(
            "待签收的反馈",
            "监管部门的检查结果",
            desk,
            "/feedback",
            {"state": "open"},
            "/feedback",
            {"state": "open"},
        ),
        pushes("退回待指派", "主管部门认为不归其监管", overseer, {"state": "returned"}),
        pushes("尚未认领", "全部主管部门", overseer, {"state": "pushed"}),
    ]


@router.get("/desk")
async def bench(request: Request) -> Response:
    """What waits for me."""
    visit, kit = visit_of(request), kit_of(request)
    mine = [
        one
        for one in waiting(visit.person.org, visit.person.sub, kit.clock.today().isoformat())
        if one.roles & visit.roles
    ]
    counts = await asyncio.gather(*(_count(visit, one) for one in mine))
    tiles = [
        {
            "title": one.title,
            "hint": one.hint,
            "count": count,
            "urgent": one.urgent,
            "href": view.link(one.page, **one.shown),
        }
        for one, count in zip(mine, counts, strict=True)
    ]
    return page(request, "desk.html", tiles=tiles)


@router.get("/search")
async def search(request: Request, q: str = "") -> Response:
    """By case number, credit code or a part of the company's name."""
    visit, text = visit_of(request), q.strip()[:100]
    found: dict[str, list[dict[str, Any]]] = {}
    if text:
        asked = by_what(text)
        kinds = ("filings", "cases", "pushes")
        told = await asyncio.gather(*(_found(visit, kind, asked) for kind in kinds))
        found = dict(zip(kinds, told, strict=True))
    return page(request, "search.html", q=text, found=found, names=await names_of(kit_of(request)))


def by_what(text: str) -> dict[str, str]:
    """The one filter that fits what was typed."""
    plain = text.replace(" ", "").upper()
    if _NO.fullmatch(plain):
        return {"no": plain}
    return {"uscc": plain} if _USCC.fullmatch(plain) else {"company": text}


async def _count(visit: Visit, one: Waiting) -> str:
    """A number, `100+`, or a dash where the service did not answer."""
    try:
        told = await visit.api.get(one.api, limit=COUNTED, **one.asked)
    except Refused:
        return "—"
    return f"{COUNTED}+" if told["next_cursor"] else str(len(told["items"]))


async def _found(visit: Visit, kind: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    try:
        told = await visit.api.get(f"/{kind}", limit=FOUND, **asked)
    except Refused:
        return []
    items: list[dict[str, Any]] = told["items"]
    return items
