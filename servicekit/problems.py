"""Errors for callers: RFC 9457 with a stable `code`, Chinese text and the next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from servicekit import trace

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the public list of problems."""

    status: int
    title: str
    next_step: str
    retry_after: int | None = None


REGISTRY: Mapping[str, Kind] = {
    "idempotency-key-missing": Kind(
        400, "缺少幂等键", "请在请求头 Idempotency-Key 中给出本次操作唯一的键后重发"
    ),
    "malformed": Kind(400, "请求格式不对", "请按接口说明更正请求格式后重发"),
    "unauthenticated": Kind(401, "未登录或令牌无效", "请重新取得令牌后重试"),
    "not-your-seat": Kind(403, "不在您的席位上", "请由席位所在机构的人员办理"),
    "not-found": Kind(404, "未找到", "请核对编号；无权查看的也按未找到答复"),
    "case-not-yet-here": Kind(404, "办件尚未到达本环节", "请稍后重试", 2),
    "not-allowed-now": Kind(409, "当前状态不允许此操作", "请按 allowed 所列操作办理"),
    "taken-by": Kind(409, "已被他人认领", "请与认领人联系，或等待其释放"),
    "seats-changed": Kind(409, "权力席位已变更", "请先办理移交"),
    "request-in-progress": Kind(409, "同一请求正在处理", "请稍后用同一幂等键重试", 2),
    "already-filed": Kind(409, "同一来源编号已收件", "请按所给收件编号查询"),
    "changed-meanwhile": Kind(412, "内容已被他人更改", "请重新读取后再提交"),
    "too-large": Kind(413, "内容过大", "请缩小后重新提交"),
    "unsupported-media-type": Kind(415, "不支持的文件或内容类型", "请改用所列类型"),
    "invalid": Kind(422, "字段有误", "请按 errors 逐项更正"),
    "idempotency-key-reused": Kind(422, "幂等键已用于另一请求", "请为新的请求换一个键"),
    "outside-competence": Kind(422, "不在园区权限内", "请向 right_authority 所列机关提出"),
    "too-many-requests": Kind(429, "请求过于频繁", "请按 Retry-After 稍后重试", 1),
    "internal": Kind(500, "系统内部错误", "请稍后重试；仍不行请将 request_id 告知管理员"),
    "unavailable": Kind(503, "暂时无法服务", "请稍后重试", 1),
    "catching-up": Kind(503, "目录数据尚未同步完", "请稍后重试", 2),
    "paper-not-ready": Kind(503, "文书正在生成", "请稍后重试", 1),
    "unknown-outcome": Kind(503, "结果未知", "请用同一幂等键重试以取得结果", 1),
}
"""Code → status, title, default next step. A test walks every raise against it."""


class Problem(Exception):
    """Raised anywhere below an entrypoint's surface; rendered once, here.

    `extra` adds members to the body, e.g. `state`, `allowed`, `right_authority`, `holder`; those of
    RFC 9457 cannot be overwritten.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        next_step: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.kind = REGISTRY[code]
        self.detail = detail
        self.errors = [dict(error) for error in errors]
        self.next_step = next_step or self.kind.next_step
        self.extra = dict(extra or {})

    def body(self, instance: str | None = None) -> dict[str, Any]:
        """The JSON members of RFC 9457 and ours."""
        return {
            **self.extra,
            "type": f"/problems/{self.code}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "next_step": self.next_step,
            "errors": self.errors,
            "request_id": trace.request_id(),
        }


def response(problem: Problem, instance: str | None = None) -> JSONResponse:
    """`application/problem+json`, with Retry-After where waiting helps."""
    headers = {}
    if problem.kind.retry_after is not None:
        headers["Retry-After"] = str(problem.kind.retry_after)
    if problem.kind.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        problem.body(instance), problem.kind.status, headers=headers, media_type=MEDIA_TYPE
    )


_WORDS = {
    "missing": "缺少此项",
    "string_pattern_mismatch": "格式不符",
    "extra_forbidden": "不认识的字段",
    "json_invalid": "不是有效的 JSON",
    "literal_error": "不在可选值内",
    "enum": "不在可选值内",
}


def from_validation(error: RequestValidationError) -> Problem:
    """Pydantic's list as `invalid`, each field named; unreadable JSON as `malformed`."""
    rows = error.errors()
    if any(row["type"] == "json_invalid" for row in rows):
        return Problem("malformed", "请求体不是有效的 JSON")
    errors = [
        {
            "field": ".".join(str(part) for part in row["loc"] if part not in {"body", "query"}),
            "message": _WORDS.get(row["type"], row["msg"]),
            "rule": row["type"],
        }
        for row in rows
    ]
    fields = "、".join(row["field"] for row in errors[:5])
    return Problem("invalid", f"以下字段有误：{fields}", errors=errors)


_BY_STATUS = {401: "unauthenticated", 404: "not-found", 413: "too-large", 415: "malformed"}


def install(app: FastAPI) -> None:
    """Renders every error of the app as a problem."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - registered for this class alone
        return response(error, request.url.path)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return response(from_validation(error), request.url.path)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            body = Problem("malformed", "此地址不支持该方法").body(request.url.path)
            return JSONResponse(
                {**body, "status": 405}, 405, headers=error.headers, media_type=MEDIA_TYPE
            )
        code = _BY_STATUS.get(error.status_code, "malformed")
        detail = REGISTRY[code].title
        return response(Problem(code, detail), request.url.path)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
