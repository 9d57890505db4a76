"""What regulators answered, on the desk of the caller's organisation."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.shape import Officer
from contracts.supervision import Inspector, Rectification
from law.breach import Breach
from servicekit import access, pages, writes
from servicekit.access import kit_of
from servicekit.pages import Cursor, Limit
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.approval.adapters import queries
from services.approval.entrypoints import refusals
from services.approval.entrypoints.answers import PROBLEMS, Local
from services.approval.entrypoints.writing import PRINTABLE, Body, Words
from services.approval.usecases import feedback
from services.approval.usecases.scene import Entrance

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/feedback", tags=["feedback"], responses=PROBLEMS
)

OfDesk = Annotated[Caller, Depends(access.officers())]
Acknowledges = Annotated[Caller, Depends(access.officers(*feedback.DESK_ROLES))]
Text = Annotated[str | None, Query(max_length=40, pattern=PRINTABLE)]
FeedbackId = Annotated[str, Path(max_length=100, pattern=PRINTABLE)]
State = Literal["open", "acknowledged"]


class FeedbackOut(BaseModel):
    """`late`: told after its day; `repeats`: how often it was told again."""

    id: str
    no: str
    item: str
    item_name: str
    park: str
    company: str
    push: str
    regulator: str
    decision_no: str
    inspection: str | None
    result: str
    summary: str
    rectification: Rectification | None
    inspectors: tuple[Inspector, ...]
    by: Officer
    given_at: Local
    received_at: Local
    late: bool
    repeats: int
    rehearsal: bool
    state: State
    version: int
    acknowledged_by: Officer | None
    acknowledged_at: Local | None
    note: str | None


class DeskOut(BaseModel):
    items: list[FeedbackOut]
    next_cursor: str | None


class AcknowledgementIn(Body):
    note: Words | None = None


class AcknowledgedOut(BaseModel):
    id: str
    no: str
    state: State
    version: int


@router.get("", response_model=DeskOut)
async def list_feedback(
    request: Request,
    caller: OfDesk,
    *,
    state: State | None = None,
    no: Text = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeskOut:
    """Newest first."""
    kit = kit_of(request)
    after = pages.decode(cursor, datetime.fromisoformat, str) if cursor else None
    async with kit.reading() as connection:
        found = await queries.desk(
            connection,
            caller.org or "",
            state=state,
            no=no,
            after=(after[0], after[1]) if after else None,
            limit=limit,
        )
    page = pages.page(found, limit, lambda row: pages.encode(row["received_at"], row["id"]))
    hide = access.only_leads(caller)
    return DeskOut(
        items=[_shown(row, hide=hide) for row in page["items"]], next_cursor=page["next_cursor"]
    )


@router.post("/{id}/acknowledgement", response_model=AcknowledgedOut)
async def acknowledge(
    id: FeedbackId, request: Request, caller: Acknowledges, body: AcknowledgementIn
) -> Response:
    """The caller's organisation has read it; once an organisation."""
    entrance = await Entrance.of(kit_of(request), caller)

    async def act(connection: AsyncConnection) -> Answer:
        scene = entrance.on(connection)
        try:
            return Answer(200, await feedback.acknowledge(scene, id, note=body.note))
        except Breach as breach:
            raise refusals.problem(breach) from breach

    return await writes.once(request, caller, act)


def _shown(row: dict[str, Any], *, hide: bool) -> FeedbackOut:
    name = row["applicant_name"]
    return FeedbackOut.model_validate(
        {**row, "by": row["officer"], "company": access.masked(name) if hide else name}
    )
