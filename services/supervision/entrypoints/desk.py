"""Reading pushes: the desk, one push, the numbers of the board."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from servicekit import access, pages
from servicekit.access import kit_of
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.supervision.adapters import queries, sight
from services.supervision.domain.push import Status
from services.supervision.entrypoints.shown import (
    EARLIEST,
    LATEST,
    READING,
    Count,
    PushOut,
    PushPage,
    PushWhole,
    Summary,
    named,
)

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/pushes", tags=["pushes"], responses=READING
)

READERS = (
    "window",
    "helper",
    "reviewer",
    "approver",
    "sealer",
    "regulator",
    "inspector",
    "overseer",
    "leader",
)
Reader = Annotated[Caller, Depends(access.officers_or_systems(*READERS, scope="filings:read"))]
KitOf = Annotated[Kit, Depends(kit_of)]
Text = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Day = Annotated[date | None, Query(ge=EARLIEST.date(), le=LATEST)]


def _wanted(
    *,
    state: Status | None = None,
    regulator: Text = None,
    park: Text = None,
    item: Text = None,
    claimed_by: Text = None,
    no: Text = None,
    company: Text = None,
    uscc: Text = None,
    overdue: bool | None = None,
    rehearsal: bool | None = None,
) -> queries.Wanted:
    """`company` contains; everything else is equal. `overdue`: see `late` of the summary."""
    return queries.Wanted(
        state=state,
        regulator=regulator,
        park=park,
        item=item,
        claimed_by=claimed_by,
        no=no,
        company=company,
        uscc=uscc,
        overdue=overdue,
        rehearsal=rehearsal,
    )


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


@router.get("", response_model=PushPage)
async def pushes(
    caller: Reader,
    kit: KitOf,
    wanted: Annotated[queries.Wanted, Depends(_wanted)],
    limit: pages.Limit = 50,
    cursor: pages.Cursor = None,
) -> PushPage:
    """The desk of the caller's organisation, or of the overseer's subtree; newest first."""
    after = None
    if cursor is not None:
        at, id_ = pages.decode(cursor, _instant, UUID)
        after = (at, id_)
    seen = await sight.of(kit, caller)
    query = queries.desk(seen.visible, wanted, today=kit.clock.today(), limit=limit, after=after)
    async with kit.reading() as connection:
        rows = (await connection.execute(query)).mappings().all()
    page = pages.page(
        rows,
        limit,
        lambda row: pages.encode(row["pushed_at"].isoformat(), row["id"]),
    )
    return PushPage(
        items=[PushOut.of(row, seen, caller.org) for row in page["items"]],
        next_cursor=page["next_cursor"],
    )


@router.get("/summary", response_model=Summary)
async def summary(
    caller: Reader,
    kit: KitOf,
    since: Day = None,
    until: Day = None,
    rehearsal: bool = False,
) -> Summary:
    """Counts by regulator and park of what the caller may see; rehearsals only when asked for."""
    seen = await sight.of(kit, caller)
    async with kit.reading() as connection:
        rows = await queries.summary(
            connection,
            seen.visible,
            today=kit.clock.today(),
            since=since,
            until=until,
            rehearsal=rehearsal,
        )
    return Summary(
        items=[
            Count.model_validate(
                {
                    **row,
                    "regulator": named(seen, row["regulator"]),
                    "park": named(seen, row["park"]),
                }
            )
            for row in rows
        ]
    )


@router.get("/{id}", response_model=PushWhole)
async def push(caller: Reader, kit: KitOf, id: UUID, response: Response) -> PushWhole:
    """One push with its history, papers, inspections and feedback."""
    seen = await sight.of(kit, caller)
    async with kit.reading() as connection:
        whole = await queries.whole(connection, seen.visible, id)
    if whole is None:
        raise Problem("not-found", "没有此推送，或您无权查看")
    response.headers["ETag"] = f'"{whole.push["version"]}"'
    return PushWhole.whole(whole, seen, caller.org)
