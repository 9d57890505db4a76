"""What callers are told of a filing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from contracts import catalog as contract
from contracts.intake import Applicant, Competence, Material, Project
from law import acceptance
from law.competence import Answer, Granted, Refused
from law.workingday import Calendar
from servicekit.clock import local
from servicekit.replica import Catalogue
from services.intake.adapters.personal import People
from services.intake.adapters.records import Record
from services.intake.domain.filing import STATUS_NAMES, Status
from services.intake.usecases import power, receiving
from services.intake.usecases.checking import Findings


class Named(BaseModel):
    """`id` is null where it is not in our data; then `name` says so."""

    id: str | None
    name: str


class MissingMaterialOut(BaseModel):
    requirement: str
    name: str


class MissingOut(BaseModel):
    text: str
    requirement: str | None = None


class FaultOut(BaseModel):
    field: str
    label: str
    message: str


class FilingRow(BaseModel):
    """One line of a list. `answer_due` is the last day to accept, refuse or ask."""

    no: str
    status: str
    status_text: str
    case_status: str | None
    item: Named
    park: Named
    company: str
    uscc: str
    channel: str
    source_case_no: str | None
    received_at: str
    answer_due: date | None
    accepted_at: str | None
    by_silence: bool
    rehearsal: bool


class FilingPage(BaseModel):
    items: list[FilingRow]
    next_cursor: str | None


class FilingOut(FilingRow):
    """`people` are masked; `allowed` names the routes that fit the status."""

    version: int
    applicant: Applicant
    people: dict[str, dict[str, str]]
    project: Project
    materials: list[Material]
    missing_materials: list[MissingMaterialOut]
    correction: list[MissingOut]
    corrected_at: str | None
    ending: dict[str, Any] | None
    competence: Competence
    source_system: str
    allowed: list[str]
    links: dict[str, str]


class FiledOut(BaseModel):
    """The answer of a verb."""

    no: str
    status: str
    status_text: str
    version: int
    accepted_at: str | None = None
    by_silence: bool = False
    missing_materials: list[MissingMaterialOut] = []
    links: dict[str, str]


class ValidationOut(BaseModel):
    """`acceptable`: it would be received. Missing materials do not hinder that."""

    acceptable: bool
    competence: dict[str, Any] | None
    errors: list[FaultOut]
    missing_materials: list[MissingMaterialOut]


class MaterialOut(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    links: dict[str, str]


class PaperOut(BaseModel):
    id: str
    kind: str
    number: str
    title: str
    dated: date
    content_sha256: str
    code: str
    ready: bool
    links: dict[str, str]


def links(no: str) -> dict[str, str]:
    """Where to go on from a filing."""
    return {
        "self": f"/api/v1/filings/{no}",
        "timeline": f"/api/v1/filings/{no}/timeline",
        "documents": f"/api/v1/filings/{no}/documents",
    }


def hints(missing: Sequence[contract.MaterialRequirement]) -> list[MissingMaterialOut]:
    """What the correction notice may name."""
    return [MissingMaterialOut(requirement=one.id, name=one.name) for one in missing]


def filed(record: Record, missing: Sequence[contract.MaterialRequirement] = ()) -> FiledOut:
    """After a verb."""
    filing = record.filing
    return FiledOut(
        no=record.no,
        status=filing.status.value,
        status_text=STATUS_NAMES[filing.status],
        version=filing.version,
        accepted_at=local(filing.accepted_at) if filing.accepted_at else None,
        by_silence=filing.by_silence,
        missing_materials=hints(missing),
        links=links(record.no),
    )


def row(record: Record, catalogue: Catalogue, company: str) -> FilingRow:
    """`company` is the name as this caller may see it."""
    filing = record.filing
    return FilingRow(
        no=record.no,
        status=filing.status.value,
        status_text=STATUS_NAMES[filing.status],
        case_status=record.case_status,
        item=Named(id=record.item, name=record.item_name),
        park=Named(id=record.park, name=catalogue.name_of(record.park)),
        company=company,
        uscc=record.applicant.uscc,
        channel=record.channel,
        source_case_no=record.source_case_no,
        received_at=local(filing.received_at),
        answer_due=_due(record, catalogue.calendar()),
        accepted_at=local(filing.accepted_at) if filing.accepted_at else None,
        by_silence=filing.by_silence,
        rehearsal=record.rehearsal,
    )


def whole(
    record: Record,
    catalogue: Catalogue,
    *,
    company: str,
    people: People,
    materials: Sequence[Material],
    missing: Sequence[contract.MaterialRequirement],
) -> FilingOut:
    """One filing with what was handed in."""
    filing = record.filing
    return FilingOut(
        **row(record, catalogue, company).model_dump(),
        version=filing.version,
        applicant=record.applicant.model_copy(update={"name": company}),
        people=people,
        project=record.project,
        materials=list(materials),
        missing_materials=hints(missing),
        correction=[
            MissingOut(text=one.text, requirement=one.requirement) for one in filing.missing
        ],
        corrected_at=local(filing.corrected_at) if filing.corrected_at else None,
        ending=filing.ending,
        competence=record.competence,
        source_system=filing.source,
        allowed=[action.value for action in filing.allowed()],
        links=links(record.no),
    )


def checked(found: Findings, catalogue: Catalogue) -> ValidationOut:
    """What `/validate` found."""
    return ValidationOut(
        acceptable=not found.faults and isinstance(found.answer, Granted),
        competence=_competence(found.answer, catalogue) if found.answer else None,
        errors=[FaultOut(**one) for one in found.faults],
        missing_materials=hints(found.missing),
    )


def _competence(answer: Answer, catalogue: Catalogue) -> dict[str, Any]:
    told = power.kept(answer, catalogue.position).model_dump(mode="json")
    if isinstance(answer, Refused):
        right = answer.right_authority
        told["right_authority"] = {"id": right, "name": power.turn_to(catalogue, right)}
        told["failed"] = list(receiving.reasons_of(answer))
        told["sibling"] = answer.sibling
    return told


def _due(record: Record, calendar: Calendar) -> date | None:
    if record.filing.status is not Status.RECEIVED:
        return None
    return acceptance.window(record.filing.receipt, calendar).day
