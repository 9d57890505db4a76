"""`intake.v1`: a filing from receipt to acceptance, refusal or withdrawal. Key: case number."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from contracts.catalog import Mode, Seats
from contracts.shape import CaseNo, EventData, Fact, ItemId, Moment, Officer, OrganisationId, Sha256

TOPIC = "intake.v1"


class Applicant(Fact):
    """A company or other organisation; natural persons stand only in `personal`, sealed."""

    kind: Literal["company", "individual-business", "public-body", "other-organisation"]
    name: str
    uscc: str
    """统一社会信用代码, GB 32100."""
    address: str | None = None


class Place(Fact):
    """Exactly one of a point (CGCS2000 degrees), a parcel number, an officer's attestation."""

    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    parcel: str | None = None
    attested_inside: bool | None = None
    attested_by: str | None = None
    attested_on: date | None = None
    attestation_paper: str | None = None


class Project(Fact):
    """Facts competence is judged by. What is not known is None, never a guess."""

    name: str
    code: str | None = None
    """投资项目代码."""
    place: Place
    uses: tuple[str, ...] = ()
    """`industrial`, `commodity-housing` 商品房, `purely-commercial` 纯商业, …"""
    investor: Literal["government", "enterprise"] | None = None
    technical_renovation: bool | None = None
    coal_tce: Decimal | None = None
    """年综合能源消费量当量值, 吨标准煤."""
    electricity_wan_kwh: Decimal | None = None
    """年电力消费量, 万千瓦时."""
    waste_source_in_park: bool | None = None
    discharges_pollutants: bool | None = None
    general_eia: bool | None = None
    """仅一般建设项目环境影响评价."""
    act: str | None = None
    """Which of the acts an item holds, e.g. `review` or `recordal` of row 21."""
    sub_item: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class Material(Fact):
    id: str
    requirement: str | None = None
    name: str
    media_type: str
    size: int
    sha256: Sha256


class Competence(Fact):
    """The answer a filing or decision acted on."""

    granted: bool
    day: date
    delegation: str | None = None
    period: int | None = None
    mode: Mode | None = None
    seats: Seats | None = None
    agreement: str | None = None
    liability: str | None = None
    push_limit_days: int | None = None
    catalog_position: int
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class FilingSnapshot(Fact):
    """All that approval needs to open a case."""

    no: CaseNo
    item: ItemId
    item_name: str
    park: OrganisationId
    guide_version: int
    applicant: Applicant
    project: Project
    materials: tuple[Material, ...]
    channel: Literal["platform", "window", "self-service", "helper"]
    source_system: str
    """Client id of the caller that filed it: the applicant's side."""
    source_case_no: str | None = None
    received_at: Moment
    competence: Competence
    personal: str | None = None
    """Natural persons' data (contact, legal representative): one AES-GCM sealed field."""
    personal_index: dict[str, str] = Field(default_factory=dict)
    """Keyed hashes `v<key version>:<hex>` by field, for finding without reading."""
    viewers: tuple[OrganisationId, ...]


class Received(EventData):
    TYPE: ClassVar[str] = "intake.received.v1"
    TOPIC: ClassVar[str] = TOPIC
    filing: FilingSnapshot


class Accepted(EventData):
    TYPE: ClassVar[str] = "intake.accepted.v1"
    TOPIC: ClassVar[str] = TOPIC
    filing: FilingSnapshot
    accepted_at: Moment
    """When it counts as accepted; with silence, the day the material came in."""
    by_silence: bool = False
    by: Officer | None = None


class Refused(EventData):
    TYPE: ClassVar[str] = "intake.refused.v1"
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    reason: str
    reasons: tuple[str, ...] = ()
    right_authority: OrganisationId | None = None
    refused_at: Moment
    by: Officer | None = None
    viewers: tuple[OrganisationId, ...] = ()


class MissingMaterial(Fact):
    requirement: str | None = None
    text: str


class CorrectionAsked(EventData):
    TYPE: ClassVar[str] = "intake.correction-asked.v1"
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    missing: tuple[MissingMaterial, ...]
    notice_no: str
    asked_at: Moment
    by: Officer
    viewers: tuple[OrganisationId, ...] = ()


class Corrected(EventData):
    TYPE: ClassVar[str] = "intake.corrected.v1"
    TOPIC: ClassVar[str] = TOPIC
    filing: FilingSnapshot
    corrected_at: Moment


class Withdrawn(EventData):
    TYPE: ClassVar[str] = "intake.withdrawn.v1"
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    reason: str | None = None
    withdrawn_at: Moment
    viewers: tuple[OrganisationId, ...] = ()


class Paper(Fact):
    """A numbered, dated paper. `code` is what the public verifies it by."""

    id: str
    kind: str
    """acceptance, refusal, correction, extension, suspension, permit, recordal, denial …"""
    number: str
    title: str
    dated: date
    content_sha256: Sha256
    file_sha256: Sha256
    code: str


class DocumentReady(EventData):
    TYPE: ClassVar[str] = "intake.document-ready.v1"
    TOPIC: ClassVar[str] = TOPIC
    no: CaseNo
    paper: Paper
    viewers: tuple[OrganisationId, ...] = ()


EVENTS: tuple[type[EventData], ...] = (
    Received, Accepted, Refused, CorrectionAsked, Corrected, Withdrawn, DocumentReady,
)  # fmt: skip
