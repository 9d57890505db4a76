"""Style sheet, scripts and marks, read once at the start."""

import mimetypes
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.answers import PageRoute
from console.view import STATIC, static_url
from servicekit import access

KEPT = "public, max-age=31536000, immutable"


def router() -> APIRouter:
    """`/static/{name}`: an address with its digest may be kept for ever."""
    made = APIRouter(
        route_class=PageRoute, dependencies=[Depends(access.public())], include_in_schema=False
    )
    files = {
        path.name: (path.read_bytes(), mimetypes.guess_type(path.name)[0] or "text/plain")
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }

    @made.get("/static/{name}")
    async def static(name: str, request: Request) -> Response:
        if name not in files:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content, media_type = files[name]
        named = str(request.query_params.get("v", "")) in static_url(name)
        kept = KEPT if named and request.query_params.get("v") else "public, max-age=300"
        return Response(content, media_type=media_type, headers={"Cache-Control": kept})

    return made
