"""A rule that said no, with where the case stands: what the 409 needs to be of use."""

from law.breach import Breach
from services.approval.domain.case import Case
from services.approval.domain.state import Action, Status, allowed_in


class Refusal(Exception):
    """Raised in place of the breach, which is its cause."""

    def __init__(self, breach: Breach, case: Case) -> None:
        super().__init__(breach.text)
        self.breach = breach
        self.status: Status = case.status
        self.allowed: list[Action] = allowed_in(case.status)
