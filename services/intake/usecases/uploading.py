"""Materials before and after they belong to a filing."""

import re
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import files
from servicekit.access import only_leads
from servicekit.files import FileTypeUnknown, Stored
from servicekit.problems import Problem
from services.intake.adapters import filings, materials
from services.intake.adapters.materials import Uploaded
from services.intake.usecases.checking import FORMATS
from services.intake.usecases.faults import fault, problem
from services.intake.usecases.occasion import Occasion

MAX_NAME: Final = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


async def upload(
    connection: AsyncConnection, occasion: Occasion, *, id: UUID, name: str, content: bytes
) -> Uploaded:
    """Type by the bytes, never by the name alone. Problems `unsupported-media-type`, `invalid`."""
    if not content:
        raise problem([fault(["file"], "文件是空的")])
    name = plain_name(name)
    try:
        media_type = files.media_type_of(content, name)
    except FileTypeUnknown as unknown:
        taken = list(FORMATS.values())
        raise Problem(
            "unsupported-media-type",
            f"“{name}”的内容不是所接受的文件类型：{'、'.join(taken)}",
            extra={"taken": taken},
        ) from unknown
    stored = await files.put(
        connection,
        occasion.kit.own,
        occasion.kit.vault,
        file=id,
        name=name,
        media_type=media_type,
        content=content,
        owner=occasion.caller.sub,
    )
    uploaded = Uploaded(
        id=id,
        owner=occasion.caller.sub,
        name=name,
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        filing_no=None,
        requirement=None,
    )
    await materials.add(connection, uploaded, at=occasion.now)
    return uploaded


async def fetch(connection: AsyncConnection, occasion: Occasion, id: UUID) -> tuple[Stored, bytes]:
    """For its uploader, then for whoever sees the filing. Leaders see no materials: they name
    persons.
    """
    uploaded = (await materials.find(connection, [id])).get(id)
    if uploaded is None or not await _may_fetch(connection, occasion, uploaded):
        raise Problem("not-found", "没有这份材料，或您无权查看")
    stored = await files.find(connection, occasion.kit.own, id)
    if stored is None:
        raise Problem("not-found", "没有这份材料，或您无权查看")
    return stored, await files.read(connection, occasion.kit.own, occasion.kit.vault, stored)


async def _may_fetch(connection: AsyncConnection, occasion: Occasion, uploaded: Uploaded) -> bool:
    if uploaded.owner == occasion.caller.sub:
        return True
    if uploaded.filing_no is None or only_leads(occasion.caller):
        return False
    record = await filings.load(connection, uploaded.filing_no)
    return record is not None and occasion.sees(record)


def plain_name(name: str) -> str:
    """The last part of a path, without control and direction characters, the ending kept."""
    last = _CONTROL.sub("", name).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        return last[:MAX_NAME] or "材料"
    return f"{stem[: MAX_NAME - len(ending) - 1] or '材料'}.{ending}"
