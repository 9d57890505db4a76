"""Lists handed in by editors, and their publication."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from eventlog.envelope import new_id
from servicekit import access, strictjson
from servicekit.access import kit_of
from servicekit.clock import local
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer, once
from services.catalog.adapters import imports as rows
from services.catalog.adapters.imports import Import
from services.catalog.adapters.objects import ChangedMeanwhile
from services.catalog.adapters.profiles import BadProfile
from services.catalog.adapters.sheets import NotAList
from services.catalog.usecases import imports
from services.catalog.usecases.imports import Handed

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["清单导入"])
Editor = Annotated[Caller, Depends(access.officers("editor", "publisher"))]
Publisher = Annotated[Caller, Depends(access.officers("publisher"))]
Reader = Annotated[Caller, Depends(access.officers("editor", "publisher", "overseer", "admin"))]
MAX_BYTES = 5_000_000
"""Of the whole request; a county's list has some hundred rows."""


class HandedIn(BaseModel):
    """The JSON form of a list. `scope` is a profile's scope.json, `papers` its agreements.json."""

    model_config = ConfigDict(extra="forbid")
    file_name: str = Field(max_length=255)
    content_base64: str
    place: str | None = None
    scope: dict[str, Any] | None = None
    papers: dict[str, Any] | None = None


_COMPANION_OF = {"scope.json": "scope", "agreements.json": "papers"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "place": {"type": "string"},
                        "scope": {"type": "string", "format": "binary"},
                        "papers": {"type": "string", "format": "binary"},
                    },
                }
            },
            "application/json": {"schema": HandedIn.model_json_schema()},
        },
    }
}


@router.post(
    "/imports",
    status_code=201,
    summary="试导入清单",
    openapi_extra=_BODY,
    max_body_size=MAX_BYTES,
)
async def hand_in(request: Request, caller: Editor) -> Response:
    """A dry run: 201 with the import's id and the report per row and cell, faults or not.

    xlsx, xls, csv and tab-separated text are told apart by their bytes.
    """
    handed = await _handed(request)
    kit = kit_of(request)

    async def act(connection: AsyncConnection) -> Answer:
        try:
            one = await imports.dry_run(
                connection, handed, import_id=new_id(), caller=caller, at=kit.clock.now()
            )
        except NotAList as error:
            raise Problem("unsupported-media-type", error.text) from error
        except BadProfile as error:
            raise _invalid(_COMPANION_OF.get(error.file, error.file), str(error)) from error
        except imports.NoSuchPlace as error:
            raise _invalid("place", "没有这个地方的配置，不能判断清单") from error
        return Answer(201, _shown(one), {"Location": f"/api/v1/imports/{one.id}", **_etag(one)})

    return await once(request, caller, act)


@router.get("/imports/{import_id}", summary="一次导入的报告")
async def report(request: Request, import_id: UUID, caller: Reader) -> Response:
    """The import with its report."""
    del caller
    async with kit_of(request).reading() as connection:
        one = await rows.load(connection, import_id)
    if one is None:
        raise Problem("not-found", "没有这次导入")
    return JSONResponse(_shown(one), headers=_etag(one))


@router.post("/imports/{import_id}/publication", summary="发布一次导入")
async def publish(request: Request, import_id: UUID, caller: Publisher) -> Response:
    """Judges the list again and loads it whole, or not at all; events follow under one id."""
    kit = kit_of(request)

    async def act(connection: AsyncConnection) -> Answer:
        one = await rows.load(connection, import_id)
        if one is None:
            raise Problem("not-found", "没有这次导入")
        _check_if_match(request, one)
        try:
            made = await imports.publish(
                kit, connection, one, publication=new_id(), caller=caller, at=kit.clock.now()
            )
        except imports.AlreadyPublished as error:
            raise Problem("not-allowed-now", "这次导入已经发布", extra={"allowed": []}) from error
        except imports.NotLoadable as error:
            raise _refused(error) from error
        except ChangedMeanwhile as error:
            raise Problem("changed-meanwhile", "目录刚被他人更改") from error
        return Answer(
            200, {"id": str(one.id), "state": rows.PUBLISHED, "publication": made.facts()}
        )

    return await once(request, caller, act)


async def _handed(request: Request) -> Handed:
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form() as form:
            return await _from_form(form)
    if kind == "application/json":
        return _from_json(strictjson.loads(body))
    raise Problem("unsupported-media-type", "请以 multipart/form-data 或 application/json 提交")


async def _from_form(form: FormData) -> Handed:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise _invalid("file", "缺少清单文件")
    companions = {}
    for name in imports.COMPANIONS:
        part = form.get(name)
        if part is not None:
            raw = await part.read() if isinstance(part, UploadFile) else part.encode()
            companions[name] = strictjson.loads(raw)
    place = form.get("place")
    return Handed(
        file_name=(file.filename or "清单")[:255],
        content=await file.read(),
        companions=companions,
        place=place if isinstance(place, str) else None,
    )


def _from_json(value: Any) -> Handed:
    try:
        given = HandedIn.model_validate(value)
        content = base64.b64decode(given.content_base64, validate=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise _invalid(".".join(map(str, first["loc"])), first["msg"]) from error
    except binascii.Error as error:
        raise _invalid("content_base64", "不是有效的 base64") from error
    companions = {"scope": given.scope, "papers": given.papers}
    return Handed(
        file_name=given.file_name,
        content=content,
        companions={name: one for name, one in companions.items() if one is not None},
        place=given.place,
    )


def _shown(one: Import) -> dict[str, Any]:
    published = one.published_at
    return {
        "id": str(one.id),
        "version": one.version,
        "state": one.state,
        "place": one.place,
        "file_name": one.file_name,
        "sha256": one.sha256,
        "made_by": one.made_by,
        "made_at": local(one.made_at),
        "published_by": one.published_by,
        "published_at": local(published) if published else None,
        "publication": one.publication,
        "report": one.report,
    }


def _refused(error: imports.NotLoadable) -> Problem:
    """Rows and columns that stand in the way, as fields of the problem."""
    faults = [
        {"field": f"{row['row']}:{fault['column'] or ''}", "message": fault["message"]}
        for row in error.report["rows"]
        for fault in row["faults"]
    ]
    faults += [{"field": "", "message": fault["message"]} for fault in error.report["faults"]]
    return Problem(
        "not-allowed-now",
        f"清单有 {len(faults)} 处错误，未导入任何一行",
        errors=faults,
        next_step="请按 errors 更正清单或规则文件后重新导入",
        extra={"allowed": []},
    )


def _check_if_match(request: Request, one: Import) -> None:
    wanted = request.headers.get("if-match")
    if wanted is not None and wanted.strip() not in {"*", _etag(one)["ETag"]}:
        raise Problem("changed-meanwhile", "这次导入已被更改")


def _etag(one: Import) -> dict[str, str]:
    return {"ETag": f'"{one.version}"'}


def _invalid(field: str, message: str) -> Problem:
    return Problem("invalid", message, errors=[{"field": field, "message": message}])
