"""Review, decision, seal, and what comes from outside."""

import base64
import binascii
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from law.decision import Outcome, Remedies
from servicekit import access
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.approval.entrypoints.answers import PROBLEMS, AfterOut
from services.approval.entrypoints.writing import Body, CaseNo, IfMatch, Words, write
from services.approval.usecases import deciding, outside, reviewing, sealing
from services.approval.usecases.deciding import Draft
from services.approval.usecases.outside import Original

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/cases/{no}", tags=["cases"], responses=PROBLEMS
)

Reviewer = Annotated[Caller, Depends(access.officers("reviewer", "window"))]
Approver = Annotated[Caller, Depends(access.officers("approver", "window"))]
Sealer = Annotated[Caller, Depends(access.officers("sealer", "approver", "window"))]

SealId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MOST_UPLOAD = 28_000_000
"""Bytes of a body that carries a paper in base64."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[Words], BeforeValidator(_listed), Field(min_length=1, max_length=20)]
"""One text or several."""


class ReviewIn(Body):
    opinion: Words
    recommends: Literal["grant", "deny"]


class ReturnIn(Body):
    reason: Words


class ApprovalIn(Body):
    """`grounds`: the provisions; `seal`: sealed in the same call, where one hand may do both."""

    grounds: Texts
    seal: SealId | None = None


class RemediesIn(Body):
    """Who reconsiders, and which court; by default the authority above and the court."""

    review_by: Words
    court: Words = deciding.COURT


class DenialIn(Body):
    grounds: Texts
    reasons: Texts
    remedies: RemediesIn | None = None
    seal: SealId | None = None


class SealIn(Body):
    """`content_sha256`: the preview's `X-Content-SHA256`; 412 when the paper is another by now."""

    seal: SealId
    content_sha256: Sha256 | None = None


def _decoded(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("不是有效的 base64") from error
    return value


class PaperIn(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    content: Annotated[str, AfterValidator(_decoded)]
    """Base64 of a PDF."""


class OutsideIn(Body):
    """The decision of an authority outside the system, with its paper."""

    outcome: Literal["granted", "denied"]
    decision_no: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    decided_on: date
    grounds: Texts
    reasons: Annotated[tuple[Words, ...], Field(max_length=20)] = ()
    remedies: Annotated[tuple[Words, ...], Field(max_length=5)] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    paper: PaperIn


@router.post("/review", response_model=AfterOut)
async def review(
    no: CaseNo, request: Request, caller: Reviewer, body: ReviewIn, if_match: IfMatch = None
) -> Response:
    """Seat *reviews*."""
    return await write(
        request,
        caller,
        no,
        lambda scene: reviewing.review(
            scene, no, opinion=body.opinion, recommends=body.recommends, if_match=if_match
        ),
    )


@router.post("/return", response_model=AfterOut)
async def put_back(
    no: CaseNo, request: Request, caller: Approver, body: ReturnIn, if_match: IfMatch = None
) -> Response:
    """Back to the reviewer; seat *decides*."""
    return await write(
        request,
        caller,
        no,
        lambda scene: reviewing.put_back(scene, no, reason=body.reason, if_match=if_match),
    )


@router.post("/approval", response_model=AfterOut)
async def approve(
    no: CaseNo, request: Request, caller: Approver, body: ApprovalIn, if_match: IfMatch = None
) -> Response:
    """Seat *decides*; of several at once, one."""
    draft = Draft(outcome=Outcome.GRANTED, grounds=tuple(body.grounds), seal=body.seal)
    return await write(
        request, caller, no, lambda scene: deciding.decide(scene, no, draft, if_match=if_match)
    )


@router.post("/denial", response_model=AfterOut)
async def deny(
    no: CaseNo, request: Request, caller: Approver, body: DenialIn, if_match: IfMatch = None
) -> Response:
    """Seat *decides*; with reasons and remedies (行政许可法第三十八条)."""
    draft = Draft(
        outcome=Outcome.DENIED,
        grounds=tuple(body.grounds),
        reasons=tuple(body.reasons),
        remedies=Remedies(**body.remedies.model_dump()) if body.remedies else None,
        seal=body.seal,
    )
    return await write(
        request, caller, no, lambda scene: deciding.decide(scene, no, draft, if_match=if_match)
    )


@router.post("/seal", response_model=AfterOut)
async def seal(
    no: CaseNo, request: Request, caller: Sealer, body: SealIn, if_match: IfMatch = None
) -> Response:
    """The seal the case waits for: on the report, under the decision, or beside the first."""
    return await write(
        request,
        caller,
        no,
        lambda scene: sealing.seal(
            scene, no, seal=body.seal, content_sha256=body.content_sha256, if_match=if_match
        ),
    )


@router.post("/outside-decision", response_model=AfterOut, max_body_size=MOST_UPLOAD)
async def record_outside(
    no: CaseNo, request: Request, caller: Approver, body: OutsideIn, if_match: IfMatch = None
) -> Response:
    """The seat's named recorder enters what the authority above decided."""
    if body.outcome == "denied" and not body.reasons:
        message = "不予决定须写明理由"
        raise Problem("invalid", message, errors=[{"field": "reasons", "message": message}])
    original = Original(
        outcome=Outcome(body.outcome),
        number=body.decision_no,
        decided_on=body.decided_on,
        grounds=tuple(body.grounds),
        reasons=body.reasons,
        remedies=body.remedies,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        name=body.paper.name,
        content=base64.b64decode(body.paper.content),
    )
    return await write(
        request, caller, no, lambda scene: outside.record(scene, no, original, if_match=if_match)
    )
