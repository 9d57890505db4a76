"""Special procedures, the extension, withdrawal, hand-over."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from law.clock import PauseReason
from servicekit import access
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.approval.entrypoints.answers import PROBLEMS, AfterOut
from services.approval.entrypoints.writing import Body, CaseNo, IfMatch, Words, write
from services.approval.usecases import leaving, timing
from services.approval.usecases.timing import Special

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/cases/{no}", tags=["cases"], responses=PROBLEMS
)

Handler = Annotated[Caller, Depends(access.officers("reviewer", "approver", "window"))]
Head = Annotated[Caller, Depends(access.officers("leader", "approver"))]
Side = Annotated[
    Caller, Depends(access.officers_or_systems("window", "helper", scope="filings:write"))
]
HandsOver = Annotated[Caller, Depends(access.officers("approver", "overseer"))]


class SuspensionIn(Body):
    """One of the eight of 许可法 45; the notice with its length is drawn up with it."""

    reason: PauseReason
    expected_days: Annotated[int, Field(ge=1, le=365)]


class EndIn(Body):
    pass


class ExtensionIn(Body):
    days: Annotated[int, Field(ge=1, le=365)]
    reason: Words


class WithdrawalIn(Body):
    reason: Words | None = None


class HandoverIn(Body):
    reason: Words


@router.post("/suspensions", response_model=AfterOut)
async def suspend(
    no: CaseNo, request: Request, caller: Handler, body: SuspensionIn, if_match: IfMatch = None
) -> Response:
    """Seats *reviews* and *decides*; the answer's `deadlines.suspensions` has the id."""
    special = Special(reason=body.reason, expected_days=body.expected_days)
    return await write(
        request, caller, no, lambda scene: timing.suspend(scene, no, special, if_match=if_match)
    )


@router.post("/suspensions/{id}/end", response_model=AfterOut)
async def resume(
    no: CaseNo,
    id: str,
    request: Request,
    caller: Handler,
    *,
    body: EndIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """The special procedure is over."""
    del body
    return await write(
        request, caller, no, lambda scene: timing.resume(scene, no, id, if_match=if_match)
    )


@router.post("/extension", response_model=AfterOut)
async def extend(
    no: CaseNo, request: Request, caller: Head, body: ExtensionIn, if_match: IfMatch = None
) -> Response:
    """Once, at most ten days, by the head of the deciding authority."""
    return await write(
        request,
        caller,
        no,
        lambda scene: timing.extend(
            scene, no, days=body.days, reason=body.reason, if_match=if_match
        ),
    )


@router.post("/withdrawal", response_model=AfterOut)
async def withdraw(
    no: CaseNo, request: Request, caller: Side, body: WithdrawalIn, if_match: IfMatch = None
) -> Response:
    """The applicant's side, or the window on its word; before the decision."""
    return await write(
        request,
        caller,
        no,
        lambda scene: leaving.withdraw(scene, no, reason=body.reason, if_match=if_match),
    )


@router.post("/handover", response_model=AfterOut)
async def hand_over(
    no: CaseNo, request: Request, caller: HandsOver, body: HandoverIn, if_match: IfMatch = None
) -> Response:
    """The case goes to the seats in force today."""
    return await write(
        request,
        caller,
        no,
        lambda scene: leaving.hand_over(scene, no, reason=body.reason, if_match=if_match),
    )
