"""What is done with a filing: by the seat *accepts*, and by the applicant's side."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from eventlog.envelope import new_id
from servicekit import access, writes
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.intake.adapters.records import Record
from services.intake.domain.filing import Missing
from services.intake.entrypoints import answers
from services.intake.entrypoints.answers import FiledOut
from services.intake.entrypoints.filing_routes import Applicants, raw_of, taken
from services.intake.entrypoints.problemsets import WRITING
from services.intake.entrypoints.refusals import refused
from services.intake.entrypoints.requests import (
    CorrectionNoticeIn,
    IfMatch,
    RefusalIn,
    WithdrawalIn,
    occasion,
)
from services.intake.usecases import applying, deciding
from services.intake.usecases.form import CorrectionForm
from services.intake.usecases.occasion import Occasion

router = APIRouter(
    route_class=StrictRoute,
    prefix="/api/v1/filings/{no}",
    tags=["filings"],
    responses=WRITING,
)

Accepters = Annotated[Caller, Depends(access.officers("window", "approver"))]
Act = Callable[[AsyncConnection, Occasion], Awaitable[Record]]


async def _verb(request: Request, caller: Caller, if_match: str | None, act: Act) -> Response:
    on = await occasion(request, caller, if_match)

    async def once(connection: AsyncConnection) -> Answer:
        async with refused(on.version):
            record = await act(connection, on)
        return Answer(200, answers.filed(record), headers={"ETag": f'"{record.filing.version}"'})

    return await writes.once(request, caller, once)


@router.post("/acceptance", response_model=FiledOut)
async def acceptance(
    request: Request,
    caller: Accepters,
    no: str,
    if_match: IfMatch = None,
) -> Response:
    """受理. After the fifth working day it finds that the law had accepted already."""
    paper = new_id()
    return await _verb(
        request,
        caller,
        if_match,
        lambda connection, on: deciding.accept(connection, on, no, paper=paper),
    )


@router.post("/refusal", response_model=FiledOut)
async def refusal(
    request: Request, caller: Accepters, no: str, body: RefusalIn, if_match: IfMatch = None
) -> Response:
    """不予受理, with its ground and, for want of power, the right authority."""
    paper = new_id()
    said = deciding.Refusal(body.reason, (body.text,), body.right_authority)
    return await _verb(
        request,
        caller,
        if_match,
        lambda connection, on: deciding.refuse(connection, on, no, said, paper=paper),
    )


@router.post("/correction-notice", response_model=FiledOut)
async def correction_notice(
    request: Request,
    caller: Accepters,
    no: str,
    body: CorrectionNoticeIn,
    if_match: IfMatch = None,
) -> Response:
    """一次性告知: everything missing, once."""
    paper = new_id()
    missing = [Missing(text=one.text, requirement=one.requirement) for one in body.missing]
    return await _verb(
        request,
        caller,
        if_match,
        lambda connection, on: deciding.ask_correction(connection, on, no, missing, paper=paper),
    )


@router.post("/corrections", response_model=FiledOut)
async def corrections(
    request: Request, caller: Applicants, no: str, body: CorrectionForm, if_match: IfMatch = None
) -> Response:
    """补正: missing materials, and facts anew."""
    on = await occasion(request, caller, if_match)
    raw, paper = await raw_of(request), new_id()

    async def once(connection: AsyncConnection) -> Answer:
        async with refused(on.version):
            result = await applying.correct(connection, on, no, body, raw, paper=paper)
        return taken(request, result, 200)

    return await writes.once(request, caller, once)


@router.post("/withdrawal", response_model=FiledOut)
async def withdrawal(
    request: Request,
    caller: Applicants,
    no: str,
    body: WithdrawalIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """撤回, before acceptance; afterwards it is approval's."""
    reason = body.reason if body else None
    return await _verb(
        request,
        caller,
        if_match,
        lambda connection, on: applying.withdraw(connection, on, no, reason),
    )
