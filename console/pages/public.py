"""What everybody may read: the front page, verification of a paper, the guide to items."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import words
from console.answers import PageRoute
from console.api import Refused, part
from console.names import names_of
from console.view import page
from console.visits import anonymous, welcome
from servicekit.access import kit_of
from servicekit.kit import Kit

router = APIRouter(
    route_class=PageRoute, dependencies=[Depends(welcome())], include_in_schema=False
)

MEANINGS = {
    "有效": "这份文书由所列机关作出，现在有效。",
    "已过有效期": "这份文书由所列机关作出，有效期已经届满。",
    "注销": "这份文书由所列机关作出，现已注销，不再有效。",
}
PAGE = 200


@router.get("/")
async def front(request: Request) -> Response:
    """What this is, and where to verify."""
    return page(request, "home.html")


@router.get("/keys")
async def keys(request: Request) -> Response:
    """The keyboard's help, for those without a script."""
    return page(request, "keys.html")


@router.get("/verify")
async def ask(request: Request, code: str = "") -> Response:
    """A form; with a code, its answer's own address."""
    code = "".join(code.split()).replace("-", "")[:60]
    if code:
        return RedirectResponse(f"/verify/{part(code)}", 303)
    return page(request, "verify.html", code="", found=None, problem=None, state="", meaning="")


@router.get("/verify/{code}")
async def verify(request: Request, code: str) -> Response:
    """What may be said of the paper to anybody who holds it."""
    found: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    status = 200
    try:
        found = await anonymous(request).get(f"/verifications/{part(code)}")
    except Refused as refused:
        status, problem = refused.status, _in_words(refused)
    state = str((found or {}).get("state", "有效"))
    return page(
        request,
        "verify.html",
        status,
        code=code[:60],
        found=found,
        problem=problem,
        state=state,
        meaning=MEANINGS.get(state, ""),
    )


@router.get("/items")
async def items(
    request: Request, name: str = "", result_kind: str = "", cursor: str = ""
) -> Response:
    """Every item a park may handle."""
    told = await anonymous(request).get(
        "/items", name=name, result_kind=result_kind, cursor=cursor, limit=PAGE
    )
    shown = [
        {"name": "name", "label": "事项名称包含", "value": name},
        {
            "name": "result_kind",
            "label": "办理结果",
            "value": result_kind,
            "choices": list(words.RESULT_KINDS.items()),
        },
    ]
    return page(
        request, "items.html", items=told["items"], next_cursor=told["next_cursor"], shown=shown
    )


@router.get("/items/{item}")
async def item(request: Request, item: str) -> Response:
    """One item: its guide, who has the power, from when and within which scope."""
    told = await anonymous(request).get(f"/items/{part(item)}")
    kit = kit_of(request)
    today = kit.clock.today().isoformat()
    running = [one for one in told["guides"] if _holds(one, today)]
    guide = max(running, key=lambda one: int(one["guide_version"]), default=None)
    return page(
        request,
        "item.html",
        item=told,
        guide=guide,
        delegations=await _named(kit, told["delegations"]),
        siblings=told.get("siblings") or [],
    )


async def _named(kit: Kit, delegations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = await names_of(kit)
    return [
        {
            **one,
            "park_name": names.org(one["park"]),
            "periods": [
                {
                    **period,
                    "granted_by_name": names.org(period["granted_by"]),
                    "seat_names": names.seats(period["seats"]),
                }
                for period in one["periods"]
            ],
        }
        for one in delegations
    ]


def _holds(guide: dict[str, Any], today: str) -> bool:
    until = guide.get("valid_to")
    return str(guide["valid_from"]) <= today and (until is None or today <= str(until))


def _in_words(refused: Refused) -> dict[str, Any]:
    match refused.code:
        case "not-found":
            return {
                "title": "没有找到这份文书",
                "detail": "没有与此核验码对应的文书。",
                "next_step": "请核对核验码；仍查不到的，请向文书落款的机关核实。",
            }
        case "too-many-requests":
            wait = refused.problem.get("retry_after") or "60"
            return {
                "title": "查询过于频繁",
                "detail": "为防止有人猜测核验码，查询次数有限制。",
                "next_step": f"请在 {wait} 秒后重试。",
            }
    return refused.problem
