"""Acting on a push: claim, release, return, assignment, inspections, feedback."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.shape import Moment, OrganisationId
from eventlog.envelope import new_id
from servicekit import access, writes
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.supervision.adapters import known, queries, sight
from services.supervision.adapters.pushes import Stored
from services.supervision.adapters.sight import Sight
from services.supervision.domain.finding import Rectification, Result
from services.supervision.domain.push import Person
from services.supervision.entrypoints.refusals import refused
from services.supervision.entrypoints.shown import (
    EARLIEST,
    LATEST,
    WRITING,
    FeedbackOut,
    InspectionOut,
    PushOut,
)
from services.supervision.usecases import answer, assign, claim, inspect
from services.supervision.usecases.claim import Hand

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/pushes/{id}", tags=["pushes"], responses=WRITING
)

Regulator = Annotated[Caller, Depends(access.officers("regulator", "inspector"))]
Overseer = Annotated[Caller, Depends(access.officers("overseer"))]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def _in_our_time(moment: datetime) -> datetime:
    if moment < EARLIEST:
        msg = "时间早于 2000 年"
        raise ValueError(msg)
    return moment


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReleaseIn(Body):
    reason: Words


class ReturnIn(Body):
    """“Not mine”; `suggests` names whose it is, if known."""

    reason: Words
    suggests: OrganisationId | None = None


class AssignmentIn(Body):
    regulator: OrganisationId
    reason: Words


class InspectionIn(Body):
    """`inspectors`: two or more officers' ids; certificate numbers come from the catalogue."""

    inspectors: Annotated[list[str], Field(min_length=1, max_length=20)]
    inspected_at: Annotated[Moment, AfterValidator(_in_our_time)]
    findings: Words


class RectificationIn(Body):
    required: Words
    due: Annotated[date, Field(ge=EARLIEST.date(), le=LATEST)]


class FeedbackIn(Body):
    """Without `inspection`, it rests on the organisation's newest one."""

    result: Result
    summary: Words
    inspection: UUID | None = None
    rectification: RectificationIn | None = None


_HANDS = ("regulator", "inspector")

Act = Callable[[AsyncConnection, Hand], Awaitable[Answer]]


@router.post("/claim", response_model=PushOut)
async def claim_push(id: UUID, request: Request, caller: Regulator) -> Response:
    """Takes the push for the caller's organisation; of many at once, one."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        return _shown(await claim.claim(kit, connection, id, hand), hand)

    return await _once(request, caller, act)


@router.post("/release", response_model=PushOut)
async def release_push(
    id: UUID,
    request: Request,
    caller: Regulator,
    body: ReleaseIn,
) -> Response:
    """Puts it back on the organisation's desk."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        stored = await claim.release(kit, connection, id, hand, reason=body.reason)
        return _shown(stored, hand)

    return await _once(request, caller, act)


@router.post("/return", response_model=PushOut)
async def return_push(
    id: UUID,
    request: Request,
    caller: Regulator,
    body: ReturnIn,
) -> Response:
    """“Not mine”: the overseer assigns it anew."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        if body.suggests is not None:
            hand.sight.catalogue.organisation(body.suggests)
        stored = await claim.give_back(
            kit, connection, id, hand, reason=body.reason, suggests=body.suggests
        )
        return _shown(stored, hand)

    return await _once(request, caller, act)


@router.post("/assignment", response_model=PushOut)
async def assign_push(
    id: UUID,
    request: Request,
    caller: Overseer,
    body: AssignmentIn,
) -> Response:
    """Gives what was returned or nobody claimed to a regulator; one who has one keeps that."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        stored = await assign.assign(
            kit,
            connection,
            id,
            hand,
            regulator=body.regulator,
            reason=body.reason,
        )
        return _shown(stored, hand)

    return await _once(request, caller, act)


@router.post("/inspections", response_model=InspectionOut, status_code=201)
async def record_inspection(
    id: UUID,
    request: Request,
    caller: Regulator,
    body: InspectionIn,
) -> Response:
    """Records a check by two or more officers of the organisation that claimed."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        row = await inspect.record(
            kit,
            connection,
            id,
            hand,
            inspection=new_id(),
            officers=body.inspectors,
            inspected_at=body.inspected_at,
            findings=body.findings,
        )
        return Answer(201, InspectionOut.of(row))

    return await _once(request, caller, act)


@router.post(
    "/feedback",
    response_model=FeedbackOut,
    status_code=201,
    responses={200: {"model": FeedbackOut, "description": "此前已有相同内容的反馈"}},
)
async def give_feedback(
    id: UUID,
    request: Request,
    caller: Regulator,
    body: FeedbackIn,
) -> Response:
    """What was found, to the park and the decider; 200 with what exists for the same again."""
    kit = kit_of(request)
    ordered = body.rectification

    async def act(connection: AsyncConnection, hand: Hand) -> Answer:
        row, fresh = await answer.answer(
            kit,
            connection,
            id,
            hand,
            result=body.result,
            summary=body.summary,
            inspection=body.inspection,
            rectification=Rectification(ordered.required, ordered.due) if ordered else None,
        )
        read = [] if fresh else await queries.acknowledgements_of(connection, row["id"])
        return Answer(201 if fresh else 200, FeedbackOut.of(row, list(read)))

    return await _once(request, caller, act)


async def _once(request: Request, caller: Caller, act: Act) -> Response:
    kit = kit_of(request)
    seen = await sight.of(kit, caller)
    hand = Hand(
        caller=caller,
        by=_person(caller, seen, request),
        sight=seen,
        expected=_expected(request),
        at=kit.clock.now(),
    )

    async def run(connection: AsyncConnection) -> Answer:
        async with refused():
            return await act(connection, hand)

    return await writes.once(request, caller, run)


def _person(caller: Caller, seen: Sight, request: Request) -> Person:
    org = caller.org or ""
    wanted = ("overseer",) if request.url.path.endswith("/assignment") else _HANDS
    role = next((one for one in wanted if one in seen.roles), wanted[0])
    name = known.name_of(seen.catalogue, org=org, sub=caller.sub, otherwise=caller.name)
    return Person(id=caller.sub, name=name, org=org, role=role)


def _expected(request: Request) -> int | None:
    """The version of If-Match; Problem `changed-meanwhile` for a tag that was never given out."""
    header = request.headers.get("if-match", "").strip()
    if header in {"", "*"}:
        return None
    tag = header.removeprefix("W/").strip('"')
    if not tag.isdecimal():
        raise Problem("changed-meanwhile", "If-Match 不是本推送给出的 ETag")
    return int(tag)


def _shown(stored: Stored, hand: Hand) -> Answer:
    return Answer(
        200,
        PushOut.of(stored.row, hand.sight, hand.caller.org),
        headers={"ETag": f'"{stored.row["version"]}"'},
    )
