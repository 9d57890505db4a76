"""What verbs are sent, and how a request becomes an occasion."""

from typing import Annotated

from fastapi import Header, Request
from pydantic import Field

from contracts.shape import OrganisationId
from law.acceptance import RefusalGround
from servicekit.access import kit_of
from servicekit.problems import Problem
from servicekit.tokens import Caller
from services.intake.entrypoints import kit as kits
from services.intake.usecases.form import Form, Long, Short
from services.intake.usecases.occasion import Occasion

IfMatch = Annotated[str | None, Header(alias="If-Match", description="读取时给出的 ETag")]


class MissingIn(Form):
    """`requirement` is the material's id in the guide, where it is one."""

    text: Long
    requirement: Short | None = None


class CorrectionNoticeIn(Form):
    missing: Annotated[list[MissingIn], Field(min_length=1, max_length=100)]


class RefusalIn(Form):
    """`right_authority`: an organisation's id; left out where it is not in our data."""

    reason: RefusalGround
    text: Long
    right_authority: OrganisationId | None = None


class WithdrawalIn(Form):
    reason: Long | None = None


async def occasion(request: Request, caller: Caller, if_match: str | None = None) -> Occasion:
    """Now, here, by this caller. Problems `catching-up`, `malformed` (If-Match)."""
    kit = kit_of(request)
    return Occasion(
        kit=kit,
        catalogue=await kits.catalogue(kit),
        now=kit.clock.now(),
        caller=caller,
        roles=await kit.effective_roles(caller),
        version=version_of(if_match),
    )


def version_of(if_match: str | None) -> int | None:
    """The version an ETag names; None for none and for `*`."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip().strip('"')
    if not tag.isascii() or not tag.isdigit() or len(tag) > 9:
        raise Problem("malformed", "If-Match 应为读取时给出的 ETag")
    return int(tag)
