"""`/internal/verifications/{code}`: what the public may know of a paper, for the gateway."""

from datetime import date

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from servicekit import access
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from services.intake.adapters.tables import paper

router = APIRouter(route_class=StrictRoute, tags=["internal"])


class VerificationOut(BaseModel):
    part: str
    kind: str
    title: str
    number: str
    dated: date
    authority: str
    addressee: str
    content_sha256: str
    rehearsal: bool


@router.get(
    "/internal/verifications/{code}",
    response_model=VerificationOut,
    dependencies=[Depends(access.internal())],
)
async def verification(request: Request, code: str) -> VerificationOut:
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
    return VerificationOut(
        part=kit.name,
        kind=row["kind"],
        title=row["title"],
        number=row["number"],
        dated=row["dated"],
        authority=content["authority"],
        addressee=content["addressee"],
        content_sha256=row["content_sha256"],
        rehearsal=row["rehearsal"],
    )
