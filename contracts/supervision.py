"""`supervision.v1`: pushes, claims, inspections, feedback. Key: case number."""

from datetime import date
from typing import ClassVar, Literal

from contracts.shape import CaseNo, EventData, Fact, ItemId, Moment, Officer, OrganisationId

TOPIC = "supervision.v1"


class PushEvent(EventData):
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    push: str
    regulator: OrganisationId
    """Who holds the push after this event."""
    viewers: tuple[OrganisationId, ...] = ()


class Pushed(PushEvent):
    """The decision is on the regulator's desk; proof of receipt is `pushed_at` and the event."""

    TYPE: ClassVar[str] = "supervision.pushed.v1"
    item: ItemId
    item_name: str
    park: OrganisationId
    decision_no: str
    decision_version: int
    cause: Literal["issued", "revoked"]
    issued_at: Moment
    pushed_at: Moment
    due: date | None = None
    """Last day of the 3 working days; None where no document sets the clock."""
    in_time: bool | None = None


class Claimed(PushEvent):
    TYPE: ClassVar[str] = "supervision.claimed.v1"
    by: Officer
    claimed_at: Moment


class Released(PushEvent):
    TYPE: ClassVar[str] = "supervision.released.v1"
    by: Officer
    reason: str
    released_at: Moment


class Returned(PushEvent):
    """“Not mine”, with a reason; waits for the overseer."""

    TYPE: ClassVar[str] = "supervision.returned.v1"
    by: Officer
    reason: str
    suggests: OrganisationId | None = None
    returned_at: Moment


class Reassigned(PushEvent):
    TYPE: ClassVar[str] = "supervision.reassigned.v1"
    from_regulator: OrganisationId
    merged_into: str | None = None
    """The push the new regulator already had: it keeps one, with both histories."""
    by: Officer
    reason: str
    reassigned_at: Moment


class Inspector(Fact):
    id: str
    name: str
    org: OrganisationId
    certificate_no: str


class Inspected(PushEvent):
    TYPE: ClassVar[str] = "supervision.inspected.v1"
    inspection: str
    inspectors: tuple[Inspector, ...]
    inspected_at: Moment
    findings: str
    by: Officer


class Rectification(Fact):
    required: str
    due: date


class Feedback(PushEvent):
    TYPE: ClassVar[str] = "supervision.feedback.v1"
    feedback: str
    inspection: str | None = None
    result: Literal["no-problem", "rectification", "penalty", "transfer", "not-found"]
    summary: str
    rectification: Rectification | None = None
    inspectors: tuple[Inspector, ...] = ()
    by: Officer
    given_at: Moment
    late: bool = False
    decision_no: str


EVENTS: tuple[type[EventData], ...] = (
    Pushed, Claimed, Released, Returned, Reassigned, Inspected, Feedback,
)  # fmt: skip
