"""`/internal/verifications/{code}`: what the public may know of a paper, for the gateway."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from servicekit import access
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from services.intake.adapters.tables import paper

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


class VerifiedOut(BaseModel):
    """As approval answers it; notices do not run out."""

    code: str
    kind: str
    number: str
    title: str
    dated: date
    authority: str
    holder: str
    state: Literal["有效"] = "有效"
    valid_from: date | None = None
    valid_to: date | None = None
    content_sha256: str
    rehearsal: bool


@router.get(
    "/internal/verifications/{code}",
    response_model=VerifiedOut,
    dependencies=[Depends(access.internal())],
)
async def verification(request: Request, code: str) -> VerifiedOut:
    """Problem `not-found` for a code of no paper here."""
    kit = kit_of(request)
    async with kit.reading() as connection:
        row = (
            (await connection.execute(select(paper).where(paper.c.code == code.upper())))
            .mappings()
            .first()
        )
    if row is None:
        raise Problem("not-found", "没有这个查验码的文书")
    content = row["content"]
    return VerifiedOut(
        code=row["code"],
        kind=row["kind"],
        title=row["title"],
        number=row["number"],
        dated=row["dated"],
        authority=content["authority"],
        holder=content["addressee"],
        content_sha256=row["content_sha256"],
        rehearsal=row["rehearsal"],
    )
