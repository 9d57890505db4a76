"""What the gateway asks on its own account: whether a code is a paper of ours."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel

from servicekit import access
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from services.approval.adapters import queries

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


class VerifiedOut(BaseModel):
    """What the public may know of a paper. `state`: 有效, 已过有效期, 注销."""

    code: str
    kind: str
    number: str
    title: str
    dated: date
    authority: str
    holder: str
    state: Literal["有效", "已过有效期", "注销"]
    valid_from: date | None
    valid_to: date | None
    content_sha256: str
    rehearsal: bool


@router.get(
    "/internal/verifications/{code}",
    response_model=VerifiedOut,
    dependencies=[Depends(access.internal())],
)
async def verify(
    request: Request, code: Annotated[str, Path(pattern=r"^[0-9A-HJKMNP-TV-Z]{16,26}$")]
) -> VerifiedOut:
    """Papers exist from their seal on; a decision not yet sealed is not found."""
    kit = kit_of(request)
    async with kit.reading() as connection:
        found = await queries.paper_by_code(connection, code)
    if found is None:
        raise Problem("not-found", "没有此核验码对应的文书")
    content = found["content"]
    return VerifiedOut(
        code=found["code"],
        kind=found["kind"],
        number=found["number"],
        title=found["title"],
        dated=found["dated"],
        authority=content["authority"],
        holder=content["addressee"],
        state=_state(found["void"], found["valid_to"], kit.clock.today()),
        valid_from=found["valid_from"],
        valid_to=found["valid_to"],
        content_sha256=found["content_sha256"],
        rehearsal=found["rehearsal"],
    )


def _state(
    void: bool | None, valid_to: date | None, today: date
) -> Literal["有效", "已过有效期", "注销"]:
    if void:
        return "注销"
    return "已过有效期" if valid_to is not None and valid_to < today else "有效"
