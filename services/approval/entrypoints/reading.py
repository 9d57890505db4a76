"""Cases as lists and one by one."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from servicekit import access, pages, papers
from servicekit.access import kit_of
from servicekit.kit import Kit
from servicekit.pages import Cursor, Limit
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.approval.adapters import cases, queries, tables
from services.approval.adapters.queries import Filters
from services.approval.domain.state import Status
from services.approval.entrypoints import shown
from services.approval.entrypoints.answers import PROBLEMS, CaseOut, CasesOut
from services.approval.entrypoints.writing import PRINTABLE, CaseNo, arrived
from services.approval.usecases import contact
from services.approval.usecases.scene import Entrance, etag

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/cases", tags=["cases"], responses=PROBLEMS
)

Reader = Annotated[Caller, Depends(access.officers_or_systems(scope="filings:read"))]
Regulator = Annotated[Caller, Depends(access.officers("regulator", "inspector"))]
Text = Annotated[str | None, Query(min_length=1, max_length=100, pattern=PRINTABLE)]


@router.get("", response_model=CasesOut)
async def list_cases(
    request: Request,
    caller: Reader,
    *,
    status: Status | None = None,
    item: Text = None,
    park: Text = None,
    company: Text = None,
    uscc: Text = None,
    no: Text = None,
    due_before: date | None = None,
    mine: bool = False,
    rehearsal: bool | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CasesOut:
    """Newest first. `mine`: what waits for the caller's organisation."""
    kit = kit_of(request)
    filters = Filters(
        status=status.value if status else None,
        item=item,
        park=park,
        company=company,
        uscc=uscc,
        no=no,
        due_before=due_before,
        mine=mine,
        rehearsal=rehearsal,
    )
    after = pages.decode(cursor, datetime.fromisoformat, str) if cursor else None
    async with kit.reading() as connection:
        found = await queries.cases(
            connection,
            caller,
            filters,
            after=(after[0], after[1]) if after else None,
            limit=limit,
        )
    page = pages.page(found, limit, lambda row: pages.encode(row["opened_at"], row["no"]))
    hide = access.only_leads(caller)
    today = kit.clock.today()
    return CasesOut(
        items=[shown.row(one, today, hide=hide) for one in page["items"]],
        next_cursor=page["next_cursor"],
    )


@router.get("/{no}", response_model=CaseOut)
async def read_case(no: CaseNo, request: Request, response: Response, caller: Reader) -> CaseOut:
    """The whole case, with what this caller may do. A number on its way is waited for 2 s."""
    kit = kit_of(request)
    try:
        found, tag = await _read(kit, no, caller)
    except Problem as problem:
        if problem.code != "case-not-yet-here" or not await arrived(kit, no):
            raise
        found, tag = await _read(kit, no, caller)
    response.headers["ETag"] = tag
    return found


@router.get("/{no}/contact")
async def read_contact(
    no: CaseNo, request: Request, caller: Regulator
) -> dict[str, dict[str, str | None]]:
    """Whom a regulator of the case may call; each reading is audited."""
    kit = kit_of(request)
    entrance = await Entrance.of(kit, caller)
    async with kit.gate.place(), kit.engine.begin() as connection:
        return await contact.read(entrance.on(connection), no)


async def _read(kit: Kit, no: str, caller: Caller) -> tuple[CaseOut, str]:
    entrance = await Entrance.of(kit, caller)
    async with kit.reading() as connection:
        scene = entrance.on(connection)
        case = await cases.load(connection, no, caller, today=scene.day)
        made = shown.whole(
            scene,
            case,
            waits_for=await queries.turn(connection, no),
            steps=await queries.steps(connection, no),
            papers=await papers.listed(connection, tables.paper, no=no, caller=caller),
            feedback=await queries.feedback(connection, no),
        )
    return made, etag(case)
