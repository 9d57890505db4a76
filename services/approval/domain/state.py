"""States of a case and what may be done in each: the table behind the 409, the buttons, the docs.

A decision made outside the system (审批直报) has a state of its own, so that no workflow asks for
the mode.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from law.breach import Breach
from law.seats import Step


class Status(StrEnum):
    UNDER_REVIEW = "under-review"
    AWAITING_REPORT_SEAL = "awaiting-report-seal"
    AWAITING_DECISION = "awaiting-decision"
    REPORTED = "reported"
    SUSPENDED = "suspended"
    DECIDED = "decided"
    AWAITING_CO_SEAL = "awaiting-co-seal"
    ISSUED = "issued"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """Each is the last part of its route."""

    REVIEW = "review"
    RETURN = "return"
    APPROVE = "approval"
    DENY = "denial"
    SEAL = "seal"
    RECORD_OUTSIDE = "outside-decision"
    SUSPEND = "suspensions"
    RESUME = "end"
    EXTEND = "extension"
    WITHDRAW = "withdrawal"
    HAND_OVER = "handover"


STATUS_NAMES: Final = MappingProxyType(
    {
        Status.UNDER_REVIEW: "审核中",
        Status.AWAITING_REPORT_SEAL: "待上报会章",
        Status.AWAITING_DECISION: "待决定",
        Status.REPORTED: "已上报待决定",
        Status.SUSPENDED: "特别程序中",
        Status.DECIDED: "已决定待用印",
        Status.AWAITING_CO_SEAL: "待见章盖章",
        Status.ISSUED: "已办结（准予）",
        Status.DENIED: "已办结（不予）",
        Status.WITHDRAWN: "已撤回",
    }
)

CLOSED: Final = frozenset({Status.ISSUED, Status.DENIED, Status.WITHDRAWN})
_BEFORE_DECISION: Final = frozenset(
    {
        Status.UNDER_REVIEW,
        Status.AWAITING_REPORT_SEAL,
        Status.AWAITING_DECISION,
        Status.REPORTED,
        Status.SUSPENDED,
    }
)

ALLOWED: Final[MappingProxyType[Action, frozenset[Status]]] = MappingProxyType(
    {
        Action.REVIEW: frozenset({Status.UNDER_REVIEW}),
        Action.RETURN: frozenset({Status.AWAITING_DECISION, Status.REPORTED}),
        Action.APPROVE: frozenset({Status.AWAITING_DECISION}),
        Action.DENY: frozenset({Status.AWAITING_DECISION}),
        Action.SEAL: frozenset(
            {Status.AWAITING_REPORT_SEAL, Status.DECIDED, Status.AWAITING_CO_SEAL}
        ),
        Action.RECORD_OUTSIDE: frozenset({Status.REPORTED}),
        Action.SUSPEND: frozenset({Status.UNDER_REVIEW, Status.AWAITING_DECISION}),
        Action.RESUME: frozenset({Status.SUSPENDED}),
        Action.EXTEND: _BEFORE_DECISION,
        Action.WITHDRAW: _BEFORE_DECISION,
        Action.HAND_OVER: frozenset(Status) - CLOSED,
    }
)

SEALED_STEP: Final = MappingProxyType(
    {
        Status.AWAITING_REPORT_SEAL: Step.REPORT_CO_SEAL,
        Status.DECIDED: Step.SEAL,
        Status.AWAITING_CO_SEAL: Step.RESULT_CO_SEAL,
    }
)
"""Which of the seals the one verb `seal` puts, by the state it finds."""

STAGE: Final = MappingProxyType(
    {
        Status.UNDER_REVIEW: Step.REVIEW,
        Status.AWAITING_REPORT_SEAL: Step.REPORT_CO_SEAL,
        Status.AWAITING_DECISION: Step.DECISION,
        Status.REPORTED: Step.DECISION,
        Status.SUSPENDED: Step.REVIEW,
        Status.DECIDED: Step.SEAL,
        Status.AWAITING_CO_SEAL: Step.RESULT_CO_SEAL,
        Status.ISSUED: Step.PUSH,
        Status.DENIED: Step.SEAL,
        Status.WITHDRAWN: Step.ACCEPTANCE,
    }
)
"""The step whose liability stands for what is done in a state."""


class NotAllowedNow(Breach):
    """The table does not have the action in this state."""

    source = "区府发〔2023〕5号 二（一）"

    def __init__(self, action: Action, status: Status) -> None:
        super().__init__(f"办件{STATUS_NAMES[status]}，不能进行此操作")
        self.action = action
        self.status = status


def allowed_in(status: Status) -> list[Action]:
    """Every action of the table in a state, whoever asks."""
    return [action for action in Action if status in ALLOWED[action]]
