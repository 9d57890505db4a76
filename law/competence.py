"""May this park handle this item for this project on this day — one pure question, with its reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.delegation import Agreement, Delegation, Item
from law.place import Boundary
from law.project import Project
from law.seals import SealKind
from law.seats import Acting, CoSeal, Liability, Mode, Seats


class RefusalCode(StrEnum):
    NOT_DELEGATED = "not-delegated"
    NOT_IN_FORCE = "not-in-force"
    OUTSIDE_SCOPE = "outside-scope"
    FACTS_MISSING = "facts-missing"
    SCOPE_WITHOUT_RULE = "scope-without-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One link of the chain, for people; `holds` None: not known."""

    text: str
    holds: bool | None
    source: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """`liability` is that of the decision step on the day; steps and days differ, ask seats.liability."""

    item: str
    park: str
    day: date
    delegation: str
    period: int
    mode: Mode
    seats: Seats
    agreement: Agreement | None
    seal: SealKind
    liability: Liability
    supervises: tuple[str, ...]
    push_limit_days: int
    granted_by: str
    transition_until: date | None
    acting: tuple[Acting, ...]
    co_seals: tuple[CoSeal, ...]
    chain: tuple[Reason, ...]
    sources: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`right_authority`: organisation id, None: not in our data. `sibling`: an item of the same name
    whose delegation would grant. `missing`: names of facts to supply (law.project.label has words)."""

    item: str
    park: str
    day: date
    code: RefusalCode
    chain: tuple[Reason, ...]
    right_authority: str | None
    sources: tuple[str, ...]
    missing: tuple[str, ...] = ()
    sibling: str | None = None
    marks: tuple[str, ...] = ()


Answer = Granted | Refused


def decide(
    *,
    item: Item,
    project: Project,
    park: str,
    day: date,
    delegations: Iterable[Delegation],
    boundaries: Iterable[Boundary],
    siblings: Iterable[Item] = (),
) -> Answer:
    """Item × project × park × day (区府发〔2023〕5号 二（一）; 行政许可法第三十二条第一款第二项).

    A fact that is not known never grants: it refuses with `missing`. `siblings` are items of the
    same name, asked only to point at.
    """
    raise NotImplementedError
