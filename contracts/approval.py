"""`approval.v1`: a case from acceptance to licence, and feedback on the park's desk."""

from datetime import date
from typing import ClassVar, Literal

from contracts.catalog import Mode, ResultKind, Seats
from contracts.intake import Applicant, Competence, Paper, Project
from contracts.shape import CaseNo, EventData, Fact, ItemId, Moment, Officer, OrganisationId, Sha256

TOPIC = "approval.v1"


class CaseEvent(EventData):
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    viewers: tuple[OrganisationId, ...] = ()
    """Organisations now in the case's seats, and their overseer."""


class Opened(CaseEvent):
    TYPE: ClassVar[str] = "approval.opened.v1"
    item: ItemId
    item_name: str
    park: OrganisationId
    applicant: Applicant
    source_system: str
    mode: Mode
    seats: Seats
    accepted_at: Moment
    opened_at: Moment
    promised_due: date
    statutory_due: date
    due_provisional: bool = False


class Reviewed(CaseEvent):
    TYPE: ClassVar[str] = "approval.reviewed.v1"
    opinion: str
    recommends: Literal["grant", "deny"]
    by: Officer
    reviewed_at: Moment


class Returned(CaseEvent):
    """Back to the reviewer."""

    TYPE: ClassVar[str] = "approval.returned.v1"
    reason: str
    by: Officer
    returned_at: Moment


class Suspended(CaseEvent):
    TYPE: ClassVar[str] = "approval.suspended.v1"
    suspension: str
    reason: str
    """One of the eight of 许可法 45."""
    expected_days: int
    notice_no: str
    by: Officer
    suspended_at: Moment


class Resumed(CaseEvent):
    TYPE: ClassVar[str] = "approval.resumed.v1"
    suspension: str
    by: Officer
    resumed_at: Moment
    promised_due: date
    statutory_due: date


class Extended(CaseEvent):
    TYPE: ClassVar[str] = "approval.extended.v1"
    days: int
    reason: str
    approved_by: Officer
    notice_no: str
    extended_at: Moment
    promised_due: date
    statutory_due: date


class DecisionFact(Fact):
    """What was decided. `content_sha256` is over the canonical content of the paper."""

    no: str
    """文号; empty for an outside decision without one."""
    outcome: Literal["granted", "denied"]
    result_kind: ResultKind
    decided_on: date
    grounds: str
    content_sha256: Sha256
    code: str
    """Public verification code, ≥ 80 bits."""
    valid_from: date | None = None
    valid_to: date | None = None
    outside: bool = False


class Decided(CaseEvent):
    """Decided and not yet sealed."""

    TYPE: ClassVar[str] = "approval.decided.v1"
    outcome: Literal["granted", "denied"]
    by: Officer
    decided_at: Moment


class SealUse(Fact):
    seal: str
    name: str
    org: OrganisationId
    by: Officer


class Issued(CaseEvent):
    """Sent at the moment of sealing for every favourable result; one push per regulator."""

    TYPE: ClassVar[str] = "approval.issued.v1"
    item: ItemId
    item_name: str
    park: OrganisationId
    applicant: Applicant
    project: Project
    decision: DecisionFact
    decided_by: Officer
    reviewed_by: Officer | None = None
    sealed_by: SealUse
    co_seals: tuple[SealUse, ...] = ()
    issued_at: Moment
    mode: Mode
    seats: Seats
    answers: OrganisationId
    liability: str
    regulators: tuple[OrganisationId, ...]
    push_limit_days: int | None = None
    competence: Competence
    decision_version: int = 1


class Denied(CaseEvent):
    """Sealed denial; no push."""

    TYPE: ClassVar[str] = "approval.denied.v1"
    item: ItemId
    item_name: str
    park: OrganisationId
    decision: DecisionFact
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    decided_by: Officer
    sealed_by: SealUse
    denied_at: Moment


class Withdrawn(CaseEvent):
    TYPE: ClassVar[str] = "approval.withdrawn.v1"
    reason: str | None = None
    withdrawn_at: Moment


class Revoked(CaseEvent):
    """A new push goes to each regulator."""

    TYPE: ClassVar[str] = "approval.revoked.v1"
    decision_no: str
    reason: str
    by: Officer
    revoked_at: Moment
    regulators: tuple[OrganisationId, ...]
    decision_version: int


class HandedOver(CaseEvent):
    TYPE: ClassVar[str] = "approval.handed-over.v1"
    seats: Seats
    reason: str
    by: Officer
    handed_over_at: Moment


class DocumentReady(CaseEvent):
    TYPE: ClassVar[str] = "approval.document-ready.v1"
    paper: Paper


class FeedbackAcknowledged(CaseEvent):
    TYPE: ClassVar[str] = "approval.feedback-acknowledged.v1"
    feedback: str
    desk: OrganisationId
    by: Officer
    note: str | None = None
    acknowledged_at: Moment


EVENTS: tuple[type[EventData], ...] = (
    Opened, Reviewed, Returned, Suspended, Resumed, Extended, Decided, Issued, Denied,
    Withdrawn, Revoked, HandedOver, DocumentReady, FeedbackAcknowledged,
)  # fmt: skip
