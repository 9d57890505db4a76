"""Materials: uploaded before the filing, fetched by whoever may see it."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from eventlog.envelope import new_id
from servicekit import access, writes
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.intake.entrypoints.answers import MaterialOut
from services.intake.entrypoints.filing_routes import Applicants
from services.intake.entrypoints.problemsets import READING, UPLOADING, Responses
from services.intake.entrypoints.requests import occasion
from services.intake.usecases import uploading
from services.intake.usecases.checking import FORMATS
from services.intake.usecases.faults import fault, problem

ENVELOPE_BYTES = 10_000
"""What multipart's own lines may add to a material."""
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
_BYTES: Responses = {200: {"content": {name: {} for name in FORMATS}, "description": "材料的原件"}}
SignedIn = Annotated[Caller, Depends(access.signed_in())]


def router(kit: Kit) -> APIRouter:
    """The upload's limit is a setting, so the routes are made for a kit."""
    made = APIRouter(route_class=StrictRoute, prefix="/api/v1/materials", tags=["materials"])
    largest = kit.settings.max_material_bytes

    @made.post(
        "",
        status_code=201,
        response_model=MaterialOut,
        openapi_extra=_BODY,
        responses=UPLOADING,
        max_body_size=largest + ENVELOPE_BYTES,
    )
    async def upload(request: Request, caller: Applicants) -> Response:
        """pdf, jpg, png, docx, xlsx, ofd; told by the first bytes."""
        name, content = await _file_of(request)
        if len(content) > largest:
            raise Problem("too-large", f"单份材料不超过{largest}字节")
        on, id_ = await occasion(request, caller), new_id()

        async def act(connection: AsyncConnection) -> Answer:
            kept = await uploading.upload(connection, on, id=id_, name=name, content=content)
            out = MaterialOut(
                id=str(kept.id),
                name=kept.name,
                media_type=kept.media_type,
                size=kept.size,
                sha256=kept.sha256,
                links={"self": f"/api/v1/materials/{kept.id}"},
            )
            return Answer(201, out)

        return await writes.once(request, caller, act)

    @made.get("/{id}", response_class=Response, responses=READING | _BYTES)
    async def fetch(request: Request, caller: SignedIn, id: UUID) -> Response:
        """The bytes, as an attachment whatever they are."""
        on = await occasion(request, caller)
        if caller.kind == "officer" and not on.roles:
            raise Problem("not-found", "没有这份材料，或您无权查看")
        async with on.kit.reading() as connection:
            stored, content = await uploading.fetch(connection, on, id)
        return Response(
            content,
            media_type=stored.media_type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name)}",
                "X-Content-Type-Options": "nosniff",
                "ETag": f'"{stored.sha256}"',
            },
        )

    return made


async def _file_of(request: Request) -> tuple[str, bytes]:
    """The one file of the form. The body is read first: the key's digest is over it."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(
            "unsupported-media-type",
            "材料应以 multipart/form-data 上传",
            extra={"taken": ["multipart/form-data"]},
        )
    await request.body()
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            given = form.get("file")
            if isinstance(given, UploadFile):
                return given.filename or "材料", await given.read()
    except (HTTPException, ValueError) as error:
        raise Problem("malformed", "multipart 内容无法读取，或含多个文件") from error
    raise problem([fault(["file"], "缺少名为 file 的文件")])
