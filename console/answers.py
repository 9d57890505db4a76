"""How a page route answers what went wrong: always a page, never bare JSON."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console import sessions, view
from console.api import Refused, SignedOut
from console.visits import Forged, SignInFirst
from servicekit import problems
from servicekit.access import kit_of
from servicekit.problems import Problem

log = structlog.get_logger(__name__)


class PageRoute(APIRoute):
    """The route class of every page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except (SignInFirst, SignedOut) as error:
                return await _to_sign_in(request, ended=isinstance(error, SignedOut))
            except Forged:
                return view.message(
                    request,
                    "表单已失效",
                    "这张表单不属于当前的登录，没有办理任何事项。请返回上一页，刷新后重新提交。",
                    HTTPStatus.FORBIDDEN,
                )
            except Refused as refused:
                return view.problem(request, refused.problem, refused.status)
            except (Problem, HTTPException, RequestValidationError) as error:
                return await _known(request, error)
            except Exception:
                log.exception("page failed", path=request.url.path)
                told = Problem("internal", "页面出现意外错误").body(request.url.path)
                return view.problem(request, told, HTTPStatus.INTERNAL_SERVER_ERROR)
            finally:
                await request.close()

        return answered


def install(app: FastAPI) -> None:
    """Pages also for what no route took."""
    for kind in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _known)


async def _known(request: Request, error: Exception) -> Response:
    match error:
        case Problem():
            return view.problem(request, error.body(request.url.path), error.kind.status)
        case RequestValidationError():
            told = problems.from_validation(error)
            return view.problem(request, told.body(request.url.path), told.kind.status)
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            return view.message(request, "没有这个页面", "请核对网址，或从首页进入。", 404)
        case HTTPException(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            return view.message(request, "文件过大", "请压缩或者分成几份后重新提交。", 413)
        case HTTPException():
            return view.message(request, "无法办理", "此网址不支持这样的请求。", error.status_code)
    raise error


async def _to_sign_in(request: Request, *, ended: bool) -> Response:
    """A page comes back after signing in; a form cannot, so it leads to the page it was on."""
    if ended:
        await sessions.end(kit_of(request), request.cookies.get(sessions.COOKIE))
    to = request.url.path
    if request.method == "GET" and request.url.query:
        to = f"{to}?{request.url.query}"
    if request.method != "GET":
        to = urlsplit(request.headers.get("referer", "")).path or "/desk"
    address = view.link("/sign-in", to=to)
    if request.headers.get("hx-request") == "true":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
