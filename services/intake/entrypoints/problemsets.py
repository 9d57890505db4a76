"""The problems of reads and of verbs, for the published OpenAPI."""

from typing import Any

from pydantic import BaseModel

Responses = dict[int | str, dict[str, Any]]


class ProblemOut(BaseModel):
    """RFC 9457 with `code`; 409 carries `state` and `allowed`, outside-competence `no`,
    `right_authority` and `reasons` besides.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str | None
    code: str
    next_step: str
    errors: list[dict[str, Any]]
    request_id: str


def _problem(codes: str) -> dict[str, Any]:
    return {"model": ProblemOut, "description": codes}


READING: Responses = {
    400: _problem("malformed"),
    401: _problem("unauthenticated"),
    403: _problem("not-your-seat"),
    404: _problem("not-found"),
    422: _problem("invalid"),
    503: _problem("catching-up、paper-not-ready、unavailable"),
}
WRITING: Responses = READING | {
    400: _problem("idempotency-key-missing、malformed"),
    409: _problem("not-allowed-now（含 state、allowed）、request-in-progress"),
    412: _problem("changed-meanwhile"),
    413: _problem("too-large"),
    422: _problem("invalid、outside-competence、idempotency-key-reused"),
    503: _problem("catching-up、unavailable、unknown-outcome"),
}
FILING: Responses = WRITING | {
    409: _problem("already-filed（含 no）、request-in-progress"),
}
UPLOADING: Responses = WRITING | {415: _problem("unsupported-media-type（含 taken）")}
