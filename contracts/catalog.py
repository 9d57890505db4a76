"""`catalog.v1`: whole state of each object of the catalogue, compacted, for ever.

Keys are `kind:id`. A publication over several keys carries the same id and its count, and readers
apply it in one transaction.
"""

from datetime import date
from typing import Any, ClassVar, Literal

from contracts.shape import EventData, Fact, ItemId, OrganisationId

TOPIC = "catalog.v1"

Mode = Literal[
    "direct", "substantive-review", "window-forward", "stationed-office", "direct-report"
]
SeatName = Literal["accepts", "reviews", "decides", "seals", "answers", "supervises"]
ResultKind = Literal["permit", "recordal", "confirmation", "other"]
Mark = Literal["示例", "推定"]


class Publication(Fact):
    """One act of publishing over `count` objects; `id` is the same on each of them."""

    id: str
    count: int


class CatalogEvent(EventData):
    TOPIC: ClassVar[str] = TOPIC
    publication: Publication
    version: int
    """Of this object; starts at 1."""


class Person(Fact):
    """An officer of the organisation. `id` is the token's `sub`."""

    id: str
    name: str
    post: str
    roles: tuple[str, ...]
    certificate_no: str | None = None
    """行政执法证号 of an inspector."""
    valid_from: date | None = None
    valid_to: date | None = None


class SealSpecimen(Fact):
    """A seal and the text of its specimen; papers show the specimen only, marked 样章."""

    id: str
    name: str
    kind: Literal["park-approval", "department-approval", "official", "enforcement"]
    text: str
    valid_from: date
    valid_to: date | None = None
    retired: bool = False


class BoundaryVersion(Fact):
    """The park's line from `valid_from` on. GeoJSON Polygon or MultiPolygon, CGCS2000 degrees."""

    id: str
    valid_from: date
    valid_to: date | None = None
    geometry: dict[str, Any]
    parcels: tuple[str, ...] = ()
    source: str
    mark: Mark | None = None


class Organisation(CatalogEvent):
    TYPE: ClassVar[str] = "catalog.organisation.v1"
    id: OrganisationId
    name: str
    short_name: str
    document_word: str | None = None
    """机关代字, the word its papers' numbers begin with, e.g. 章高新."""
    kind: Literal["park", "department", "bureau", "government", "province", "city", "office"]
    uscc: str
    parent: OrganisationId | None = None
    overseer: OrganisationId | None = None
    """Who oversees it (the approval bureau of its place)."""
    region_code: str
    phone: str | None = None
    address: str | None = None
    people: tuple[Person, ...] = ()
    seals: tuple[SealSpecimen, ...] = ()
    boundary: tuple[BoundaryVersion, ...] = ()
    tenant: str
    mark: Mark | None = None


class SubItem(Fact):
    id: str
    name: str


class Act(Fact):
    """One of several acts in one item, such as 节能审查 and 节能报告备案 of one row."""

    id: str
    name: str
    result_kind: ResultKind
    rule: dict[str, Any]
    """law/scope.py expression: tells which of the acts a project needs."""


class Item(CatalogEvent):
    TYPE: ClassVar[str] = "catalog.item.v1"
    id: ItemId
    name: str
    power_type: str
    """As the government wrote it, e.g. 其他行政权力-备案, spacing normalised."""
    result_kind: ResultKind
    sub_items: tuple[SubItem, ...] = ()
    acts: tuple[Act, ...] = ()
    """Empty where the item is one act; then `result_kind` is its kind."""
    discriminator: str | None = None
    discriminator_mark: Mark | None = None
    siblings: tuple[ItemId, ...] = ()
    """Items of the same name under other departments."""
    list_row: str | None = None
    """Where the government's own table has it, e.g. 附件1 一、21."""
    tenant: str


class MaterialRequirement(Fact):
    id: str
    name: str
    required: bool = True
    formats: tuple[str, ...] = ("pdf", "jpg", "png")
    mark: Mark | None = None


class Guide(CatalogEvent):
    """One guide per item for every park; a case keeps the version it began under."""

    TYPE: ClassVar[str] = "catalog.guide.v1"
    id: str
    """`<item>:<guide version>`"""
    item: ItemId
    guide_version: int
    valid_from: date
    valid_to: date | None = None
    statutory_days: int
    promised_days: int
    day_unit: Literal["working", "calendar"] = "working"
    instant: bool = False
    """即办: one officer may accept, review, decide and seal."""
    four_eyes: bool = True
    materials: tuple[MaterialRequirement, ...] = ()
    conditions: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    fee: str = "不收费"
    licence_valid_months: int | None = None
    mark: Mark | None = None
    tenant: str


class Seats(Fact):
    """Who sits where. `supervises` may be several; the others are one organisation each."""

    accepts: OrganisationId
    reviews: OrganisationId
    decides: OrganisationId
    seals: OrganisationId
    answers: OrganisationId
    answers_for_review: OrganisationId | None = None
    supervises: tuple[OrganisationId, ...]


class ActingPaper(Fact):
    """People of `org` may act in the seats of `for_org` under a named paper."""

    org: OrganisationId
    for_org: OrganisationId
    seats: tuple[SeatName, ...]
    paper: str
    valid_from: date
    valid_to: date | None = None
    instant_only: bool = True
    mark: Mark | None = None


class CoSeal(Fact):
    """A second seal: on the report that goes up, or on the result, right of the first one."""

    on: Literal["report", "result"]
    org: OrganisationId
    seal_kind: Literal["park-approval", "department-approval", "official"]
    source: str


class Agreement(Fact):
    name: str
    number: str
    signed_on: date
    mark: Mark | None = None


class Period(Fact):
    """A stretch of time over which the power is held in one way."""

    valid_from: date
    valid_to: date | None = None
    mode: Mode
    granted_by: OrganisationId
    seats: Seats
    seal_kind: Literal["park-approval", "department-approval", "official"]
    scope_text: str
    """Verbatim; empty on the window list."""
    rule: dict[str, Any] | None = None
    """law/scope.py expression; None only where the scope text is empty."""
    agreement: Agreement
    acting: tuple[ActingPaper, ...] = ()
    co_seals: tuple[CoSeal, ...] = ()
    push_limit_days: int | None = None
    """Working days from the issue until the regulator has it; None where no document sets one."""
    transition_until: date | None = None
    above: OrganisationId | None = None
    copy_to: tuple[OrganisationId, ...] = ()
    recorder: OrganisationId | None = None
    """Who records an outside decision (审批直报)."""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class Delegation(CatalogEvent):
    TYPE: ClassVar[str] = "catalog.delegation.v1"
    id: str
    """`<item>:<park>`"""
    item: ItemId
    park: OrganisationId
    periods: tuple[Period, ...]
    tenant: str


class CalendarYear(Fact):
    notice: str
    rest: tuple[date, ...]
    """Days from Monday to Friday that are off."""
    work: tuple[date, ...]
    """Saturdays and Sundays that are worked."""


class Calendar(CatalogEvent):
    TYPE: ClassVar[str] = "catalog.calendar.v1"
    id: str
    years: dict[str, CalendarYear]


KINDS: dict[str, type[CatalogEvent]] = {
    "item": Item,
    "guide": Guide,
    "delegation": Delegation,
    "organisation": Organisation,
    "calendar": Calendar,
}


def key_of(event: CatalogEvent) -> str:
    """`kind:id`, the Kafka key and the compaction key."""
    kind = next(name for name, model in KINDS.items() if isinstance(event, model))
    return f"{kind}:{event.id}"  # type: ignore[attr-defined]
