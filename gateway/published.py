"""`/contracts/…`: the generated contracts as they lie in the tree, read once at the start."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from servicekit import access
from servicekit.migrations import ROOT
from servicekit.problems import Problem

FOLDER = ROOT / "contracts"
_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    etag: str


def router(folder: Path = FOLDER) -> APIRouter:
    """Schemas, AsyncAPI, OpenAPI and samples, and a list of all of them at `/contracts/`."""
    made = APIRouter(dependencies=[Depends(access.public())], include_in_schema=False)
    files = _read(folder)

    @made.get("/contracts")
    @made.get("/contracts/")
    async def everything(request: Request) -> Response:
        return _answer(request, files[""])

    @made.get("/contracts/{name:path}")
    async def one(name: str, request: Request) -> Response:
        if name not in files:
            raise Problem("not-found", "没有此契约文件")
        return _answer(request, files[name])

    return made


def _read(folder: Path) -> dict[str, _File]:
    found = {
        path.relative_to(folder).as_posix(): _file(path.read_bytes())
        for path in sorted(folder.rglob("*.json"))
    }
    listed = json.dumps({"files": [f"/contracts/{name}" for name in found]}, indent=1)
    return found | {"": _file(listed.encode())}


def _file(body: bytes) -> _File:
    return _File(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _answer(request: Request, file: _File) -> Response:
    headers = {**_HEADERS, "ETag": file.etag}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type="application/json")
