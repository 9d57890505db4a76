"""JSON as callers must send it: no NaN, no duplicate keys, no NUL, no lone surrogates, not deep."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from servicekit.problems import Problem

MAX_DEPTH = 32


def loads(raw: bytes) -> Any:
    """The value; Problem `malformed` naming what is wrong."""
    try:
        value = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Problem("malformed", "请求体不是有效的 UTF-8 JSON") from error
    except RecursionError as error:
        raise Problem("malformed", f"JSON 嵌套超过 {MAX_DEPTH} 层") from error
    _walk(value, 0)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Problem("malformed", "JSON 中有重复的字段名")
    return value


def _no_constant(name: str) -> Any:
    raise Problem("malformed", f"JSON 中不能有 {name}")


def _walk(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Problem("malformed", f"JSON 嵌套超过 {MAX_DEPTH} 层")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, depth + 1)


def _check_text(value: str) -> None:
    if "\x00" in value:
        raise Problem("malformed", "文本中不能有空字符")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Problem("malformed", "文本中有不成对的代理字符") from error


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = loads(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """The route class of every JSON API here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict
