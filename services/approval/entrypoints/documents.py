"""Papers of a case: the list, the files, and the preview before the seal."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from law.breach import Breach
from servicekit import access, papers
from servicekit.access import kit_of
from servicekit.papers import content_sha256, render
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.approval.adapters import cases, tables
from services.approval.entrypoints import refusals
from services.approval.entrypoints.answers import PROBLEMS, PaperOut, PapersOut
from services.approval.entrypoints.writing import CaseNo
from services.approval.usecases import power as powers
from services.approval.usecases import sealing
from services.approval.usecases.refusal import Refusal
from services.approval.usecases.scene import Entrance

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/cases/{no}", tags=["cases"], responses=PROBLEMS
)

Reader = Annotated[Caller, Depends(access.officers_or_systems(scope="filings:read"))]
Officer = Annotated[Caller, Depends(access.officers())]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "PDF/A"}
}


@router.get("/documents", response_model=PapersOut)
async def list_documents(no: CaseNo, request: Request, caller: Reader) -> PapersOut:
    """Decision and notices, oldest first; `ready` once the file is there."""
    kit = kit_of(request)
    async with kit.reading() as connection:
        await cases.load(connection, no, caller, today=kit.clock.today())
        found = await papers.listed(connection, tables.paper, no=no, caller=caller)
    return PapersOut(items=[PaperOut.model_validate(one) for one in found])


@router.get("/documents/{id}", response_class=Response, responses=PDF)
async def read_document(no: CaseNo, id: UUID, request: Request, caller: Reader) -> Response:
    """The PDF, rendered from the sealed content."""
    return await papers.stream(kit_of(request), tables.paper, no=no, id=id, caller=caller)


@router.get("/paper-preview", response_class=Response, responses=PDF)
async def preview(no: CaseNo, request: Request, caller: Officer) -> Response:
    """What would be sealed, word for word; `X-Content-SHA256` is what the seal will be over."""
    kit = kit_of(request)
    entrance = await Entrance.of(kit, caller)
    async with kit.reading() as connection:
        scene = entrance.on(connection)
        case = await cases.load(connection, no, caller, today=scene.day)
    power = powers.standing(scene.catalogue, case, scene.day)
    try:
        content = sealing.preview(scene, case, power.seal)
    except Breach as breach:
        raise refusals.problem(Refusal(breach, case)) from breach
    made = await asyncio.to_thread(render.preview, content)
    return Response(
        made,
        media_type="application/pdf",
        headers={"X-Content-SHA256": content_sha256(content), "Cache-Control": "no-store"},
    )
