"""How pushes look over HTTP: response models, and rows made into them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from servicekit.access import masked
from servicekit.clock import local
from services.supervision.adapters.pushes import of_row
from services.supervision.adapters.queries import Whole
from services.supervision.adapters.sight import Sight
from services.supervision.domain.finding import RESULT_NAMES, Result
from services.supervision.domain.push import STATUS_NAMES, Action, Status, in_time

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = date(2099, 12, 31)
"""Days beyond are slips of the pen, and no arithmetic with them overflows."""

LocalTime = Annotated[datetime, PlainSerializer(local, return_type=str, when_used="json")]
"""RFC 3339 with +08:00."""


class ProblemOut(BaseModel):
    """RFC 9457, with a stable code, the fields, the next step and what the refusal knows."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    next_step: str
    errors: list[dict[str, Any]]
    request_id: str | None


def _problem(codes: str) -> dict[str, Any]:
    return {"model": ProblemOut, "description": codes}


READING: dict[int | str, dict[str, Any]] = {
    400: _problem("malformed"),
    401: _problem("unauthenticated"),
    403: _problem("not-your-seat"),
    404: _problem("not-found"),
    422: _problem("invalid"),
    503: _problem("catching-up、unavailable"),
}
WRITING: dict[int | str, dict[str, Any]] = READING | {
    400: _problem("idempotency-key-missing、malformed"),
    409: _problem(
        "taken-by（含 holder）、not-allowed-now（含 state、allowed）、request-in-progress"
    ),
    412: _problem("changed-meanwhile"),
    422: _problem("invalid、idempotency-key-reused"),
    503: _problem("catching-up、unavailable、unknown-outcome"),
}
"""The problems of reads and of verbs, for the published OpenAPI."""


class Named(BaseModel):
    """An organisation with its name for people."""

    id: str
    name: str


class Company(BaseModel):
    name: str
    uscc: str


class Officer(BaseModel):
    id: str
    name: str
    org: str
    role: str | None = None


class Claim(BaseModel):
    by: str
    name: str
    at: LocalTime


class Clock(BaseModel):
    """The push clock (3 working days where the document sets it); empty without one."""

    limit_days: int | None
    due: date | None
    provisional: bool
    in_time: bool | None


class PushOut(BaseModel):
    """One push on a desk. `allowed`: what the caller may do with it now."""

    id: UUID
    no: str
    decision_version: int
    cause: Literal["issued", "revoked"]
    state: Status
    state_name: str
    version: int
    regulator: Named
    park: Named
    decider: Named
    item: str
    item_name: str
    decision_no: str
    company: Company
    project: str
    issued_at: LocalTime
    pushed_at: LocalTime
    clock: Clock
    claim: Claim | None
    suggests: Named | None
    merged_into: UUID | None
    rectification_due: date | None
    feedbacks: int
    unacknowledged: int
    rehearsal: bool
    allowed: list[Action]

    @classmethod
    def of(cls, row: Mapping[Any, Any], sight: Sight, org: str | None) -> Self:
        """The row as this caller may read it."""
        return cls.model_validate(_members(row, sight, org))


class PushPage(BaseModel):
    items: list[PushOut]
    next_cursor: str | None


class Step(BaseModel):
    """A line of history; `push` differs from the page's where a merged push brought it."""

    push: UUID
    at: LocalTime
    action: str
    by: Officer | None
    detail: dict[str, Any]


class PaperRef(BaseModel):
    """A paper of the case; the file is fetched from approval by seat."""

    id: str
    kind: str
    number: str
    title: str
    dated: date
    content_sha256: str
    file_sha256: str
    code: str
    of_decision: bool
    href: str


class InspectorOut(BaseModel):
    id: str
    name: str
    org: str
    certificate_no: str


class InspectionOut(BaseModel):
    id: UUID
    push: UUID
    org: str
    inspectors: list[InspectorOut]
    inspected_at: LocalTime
    findings: str
    by: Officer
    recorded_at: LocalTime

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        return cls.model_validate({**row, "push": row["push_id"]})


class Acknowledgement(BaseModel):
    desk: str
    by: Officer
    note: str | None
    acknowledged_at: LocalTime


class RectificationOut(BaseModel):
    required: str
    due: date


class FeedbackOut(BaseModel):
    id: UUID
    push: UUID
    ordinal: int
    org: str
    result: Result
    result_name: str
    summary: str
    inspection: UUID | None
    rectification: RectificationOut | None
    by: Officer
    given_at: LocalTime
    late: bool
    acknowledgements: list[Acknowledgement]

    @classmethod
    def of(cls, row: Mapping[Any, Any], acknowledgements: list[Mapping[Any, Any]]) -> Self:
        return cls.model_validate(
            {
                **row,
                "push": row["push_id"],
                "inspection": row["inspection_id"],
                "result_name": RESULT_NAMES[Result(row["result"])],
                "acknowledgements": [dict(one) for one in acknowledgements],
            }
        )


class DecisionOut(BaseModel):
    """What was decided, as approval told it."""

    mode: str
    result_kind: str
    decided_on: date
    grounds: str
    content_sha256: str
    code: str
    valid_from: date | None
    valid_to: date | None
    outside: bool
    decided_by: Officer
    answers: Named
    liability: str
    revocation: dict[str, Any] | None


class PushWhole(PushOut):
    """A push with everything about it, merged ones' histories included."""

    decision: DecisionOut
    history: list[Step]
    papers: list[PaperRef]
    inspections: list[InspectionOut]
    feedback: list[FeedbackOut]

    @classmethod
    def whole(cls, whole: Whole, sight: Sight, org: str | None) -> Self:
        """The page of one push."""
        code = whole.decision["facts"]["decision"]["code"]
        return cls.model_validate(
            {
                **_members(whole.push, sight, org),
                "decision": _decision(whole, sight),
                "history": [{**row, "push": row["push_id"]} for row in whole.steps],
                "papers": [_paper(row, code) for row in whole.papers],
                "inspections": [InspectionOut.of(row) for row in whole.inspections],
                "feedback": [
                    FeedbackOut.of(
                        row, [a for a in whole.acknowledgements if a["feedback_id"] == row["id"]]
                    )
                    for row in whole.feedback
                ],
            }
        )


class Count(BaseModel):
    """One line of the board. `late`: unclaimed past the push clock, or a rectification overdue;
    the desk's filter `overdue=true` lists them.
    """

    regulator: Named
    park: Named
    pushed: int
    with_limit: int
    in_time: int
    claimed: int
    answered: int
    acknowledged: int
    returned: int
    late: int


class Summary(BaseModel):
    items: list[Count]


def named(sight: Sight, org: str) -> dict[str, str]:
    """An organisation's id with its name."""
    return {"id": org, "name": sight.catalogue.name_of(org)}


def _members(row: Mapping[Any, Any], sight: Sight, org: str | None) -> dict[str, Any]:
    push = of_row(row)
    hidden = sight.masked
    return {
        **row,
        "state": push.status,
        "state_name": STATUS_NAMES[push.status],
        "regulator": named(sight, push.regulator),
        "park": named(sight, push.park),
        "decider": named(sight, push.decider),
        "company": {
            "name": masked(row["company"]) if hidden else row["company"],
            "uscc": masked(row["uscc"]) if hidden else row["uscc"],
        },
        "project": masked(row["project"]) if hidden else row["project"],
        "clock": {
            "limit_days": row["push_limit_days"],
            "due": row["due"],
            "provisional": row["due_provisional"],
            "in_time": in_time(row["pushed_at"], row["due"]),
        },
        "claim": {"by": push.holder.id, "name": push.holder.name, "at": push.holder.at}
        if push.holder
        else None,
        "suggests": named(sight, push.suggests) if push.suggests else None,
        "allowed": push.verbs_of(org=org, roles=sight.roles),
    }


def _decision(whole: Whole, sight: Sight) -> dict[str, Any]:
    facts = whole.decision["facts"]
    return {
        **facts["decision"],
        "mode": facts["mode"],
        "decided_by": facts["decided_by"],
        "answers": named(sight, facts["answers"]),
        "liability": facts["liability"],
        "revocation": whole.decision["revocation"],
    }


def _paper(row: Mapping[Any, Any], code: str) -> dict[str, Any]:
    paper = row["paper"]
    return {
        **paper,
        "of_decision": paper["code"] == code,
        "href": f"/api/v1/cases/{row['no']}/documents/{paper['id']}",
    }
