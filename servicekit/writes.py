"""The one way to write over HTTP: one request, one key, one transaction, then the answer.

A key belongs to its caller. The same request again gets the stored answer; another request under
the same key is refused; a twin still running is waited for, at most `database.LOCK_TIMEOUT_MS`.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import asyncpg
import structlog
from fastapi import Request
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import JSONResponse, Response

from servicekit import audit
from servicekit.access import kit_of
from servicekit.kit import Kit
from servicekit.prepared import Prepared
from servicekit.problems import MEDIA_TYPE, Problem
from servicekit.tables import KitTables
from servicekit.tokens import Caller

log = structlog.get_logger(__name__)

MAX_KEY = 255
_BOUNDARY = re.compile(r'^multipart/form-data;.*boundary="?([^";]{8,70})"?', re.IGNORECASE)
ATTEMPTS = 3
LOCK_NOT_AVAILABLE = "55P03"
RETRIED = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock: nothing was done, so it is simply done again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told once the transaction is committed."""

    status: int
    body: BaseModel | Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


def refusal(problem: Problem, instance: str) -> Answer:
    """A refusal that is itself kept: its transaction commits, its key replays it."""
    return Answer(problem.kind.status, problem.body(instance), media_type=MEDIA_TYPE)


Act = Callable[[AsyncConnection], Awaitable[Answer]]


async def once(request: Request, caller: Caller, act: Act) -> Response:
    """Runs `act` once for this Idempotency-Key and answers after the commit.

    A Problem raised by `act` rolls everything back and leaves the key free; a refusal of the
    access kind (403, 409) is noted in the audit by a transaction of its own.
    """
    kit = kit_of(request)
    use = _Use(caller.sub, _key(request), await _digest(request))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = await _attempt(kit, kit.own, use, act)
        except Problem as problem:
            await _note_refusal(kit, kit.own, caller, request, problem)
            raise
        except DBAPIError as error:
            if sqlstate(error) == LOCK_NOT_AVAILABLE:
                raise Problem("request-in-progress", "同一请求或同一办件正在处理") from error
            if sqlstate(error) not in RETRIED or attempt == ATTEMPTS:
                known = _as_problem(error)
                if known is None:
                    raise
                raise known from error
            await asyncio.sleep(0.02 * attempt)
        except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
            raise Problem("unknown-outcome", "与数据库的连接中断，结果未知") from error
        else:
            kit.wake()
            return answer
    raise Problem("unavailable", "多次冲突，请稍后重试")


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of a key by its caller."""

    caller: str
    key: str
    digest: bytes


async def _attempt(kit: Kit, tables: KitTables, use: _Use, act: Act) -> Response:
    async with kit.gate.place(), kit.engine.begin() as connection:
        stored = await _claim(connection, tables, use)
        if stored is not None:
            return stored
        answer = await act(connection)
        response = _render(answer)
        await _answered(tables.request_key).rows(
            connection,
            {
                "whose": use.caller,
                "which": use.key,
                "answer": answer.status,
                "said": bytes(response.body).decode() if response.body else None,
                "kind": answer.media_type,
            },
        )
    return response


@cache
def _claiming(table: Table) -> Any:
    """One object for all calls, so that SQLAlchemy finds what it compiled by the object itself."""
    given = {
        name: bindparam(f"its_{name}", type_=table.c[name].type)
        for name in ("caller", "key", "request_sha256")
    }
    return postgresql.insert(table).values(given).on_conflict_do_nothing().returning(table.c.key)


@cache
def _answered(table: Table) -> Prepared:
    return Prepared(
        update(table)
        .where(table.c.caller == bindparam("whose"), table.c.key == bindparam("which"))
        .values(status=bindparam("answer"), body=bindparam("said"), media_type=bindparam("kind"))
    )


async def _claim(connection: AsyncConnection, tables: KitTables, use: _Use) -> Response | None:
    """None when the key is ours now; otherwise the stored answer of its first use."""
    table = tables.request_key
    mine = await connection.execute(
        _claiming(table),
        {"its_caller": use.caller, "its_key": use.key, "its_request_sha256": use.digest},
    )
    if mine.first() is not None:
        return None
    row = (
        await connection.execute(
            select(table.c.request_sha256, table.c.status, table.c.body, table.c.media_type).where(
                table.c.caller == use.caller, table.c.key == use.key
            )
        )
    ).one()
    if bytes(row.request_sha256) != use.digest:
        raise Problem("idempotency-key-reused", "该幂等键先前用于另一内容的请求")
    if row.status is None:
        raise Problem("request-in-progress", "同一请求正在处理")
    return Response(
        row.body,
        row.status,
        headers={"Idempotency-Replayed": "true"},
        media_type=row.media_type,
    )


def _render(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    if isinstance(answer.body, BaseModel):
        content = answer.body.model_dump(mode="json")
    else:
        content = jsonable_encoder(answer.body)
    return JSONResponse(content, answer.status, headers=headers, media_type=answer.media_type)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        raise Problem("idempotency-key-missing", "请求头缺少 Idempotency-Key")
    if len(key) > MAX_KEY or not key.isprintable():
        raise Problem("malformed", f"Idempotency-Key 应为不超过 {MAX_KEY} 个可见字符")
    return key


async def _digest(request: Request) -> bytes:
    seen = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    seen.update(request.headers.get("if-match", "").encode() + b"\n")
    seen.update(_without_boundary(await request.body(), request.headers.get("content-type", "")))
    return seen.digest()


def _without_boundary(body: bytes, content_type: str) -> bytes:
    """A multipart body apart from the boundary, which a client draws anew for every attempt."""
    found = _BOUNDARY.search(content_type)
    return body.replace(found.group(1).encode(), b"") if found else body


async def _note_refusal(
    kit: Kit, tables: KitTables, caller: Caller, request: Request, problem: Problem
) -> None:
    if problem.kind.status not in {403, 409, 412}:
        return
    async with kit.engine.begin() as connection:
        await audit.append(
            connection,
            tables.audit,
            caller=caller,
            action=f"{request.method} {request.url.path}"[:200],
            object_=request.url.path[:200],
            outcome=problem.code,
        )


def sqlstate(error: DBAPIError) -> str | None:
    """The five characters PostgreSQL gives, also through SQLAlchemy's adapter."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


def _as_problem(error: DBAPIError) -> Problem | None:
    """None for what the code did wrong; that is raised as it is."""
    state = sqlstate(error) or ""
    if error.connection_invalidated or state[:2] in {"08", "57"} or not state:
        return Problem("unknown-outcome", "与数据库的连接中断，结果未知")
    if state[:2] in {"40", "53", "55", "58", "25"}:
        return Problem("unavailable", "数据库暂时无法完成写入")
    return None
