"""A filing as stored: its life, and what was filed. Row ↔ object, nothing else."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import RowMapping

from contracts.intake import Applicant, Competence, Project
from law.acceptance import Receipt
from law.workingday import civil_day
from services.intake.domain.filing import Filing, Missing, Status


@dataclass(slots=True, kw_only=True)
class Record:
    """`personal` is sealed; `competence` the answer the filing last acted on."""

    filing: Filing
    item: str
    item_name: str
    guide_version: int | None
    park: str
    applicant: Applicant
    project: Project
    personal: str
    personal_index: dict[str, str]
    competence: Competence
    channel: str
    source_case_no: str | None
    content_sha256: str
    rehearsal: bool
    viewers: tuple[str, ...]
    case_status: str | None = None

    @property
    def no(self) -> str:
        """The case number."""
        return self.filing.no

    @property
    def accepts(self) -> str:
        """Who sits in *accepts*; the park where the powers do not reach."""
        return self.competence.seats.accepts if self.competence.seats else self.park


def grams(name: str) -> list[str]:
    """Characters and neighbouring pairs: what “contains” asks the index for."""
    plain = name.casefold()
    return sorted({*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))})


def row_of(record: Record) -> dict[str, Any]:
    """All columns."""
    return {
        "no": record.no,
        "item": record.item,
        "item_name": record.item_name,
        "applicant": record.applicant.model_dump(mode="json"),
        "applicant_name": record.applicant.name,
        "name_grams": grams(record.applicant.name),
        "uscc": record.applicant.uscc,
        "channel": record.channel,
        "source_system": record.filing.source,
        "source_case_no": record.source_case_no,
        "content_sha256": record.content_sha256,
        "received_at": record.filing.received_at,
        "rehearsal": record.rehearsal,
        "park": record.park,
        **changing(record),
    }


def changing(record: Record) -> dict[str, Any]:
    """The columns verbs may change."""
    filing = record.filing
    return {
        "status": filing.status.value,
        "version": filing.version,
        "case_status": record.case_status,
        "guide_version": record.guide_version,
        "project": record.project.model_dump(mode="json"),
        "personal": record.personal,
        "personal_index": record.personal_index,
        "competence": record.competence.model_dump(mode="json"),
        "complete_on": filing.receipt.corrected_on or filing.receipt.received_on,
        "asked_on": filing.receipt.asked_on,
        "missing": [asdict(one) for one in filing.missing],
        "corrected_at": filing.corrected_at,
        "accepted_at": filing.accepted_at,
        "by_silence": filing.by_silence,
        "ending": filing.ending,
        "viewers": list(record.viewers),
    }


def of_row(row: RowMapping) -> Record:
    """The object of a stored row."""
    return Record(
        filing=filing_of(row),
        item=row["item"],
        item_name=row["item_name"],
        guide_version=row["guide_version"],
        park=row["park"],
        applicant=Applicant.model_validate(row["applicant"]),
        project=Project.model_validate(row["project"]),
        personal=row["personal"],
        personal_index=row["personal_index"],
        competence=Competence.model_validate(row["competence"]),
        channel=row["channel"],
        source_case_no=row["source_case_no"],
        content_sha256=row["content_sha256"],
        rehearsal=row["rehearsal"],
        viewers=tuple(row["viewers"]),
        case_status=row["case_status"],
    )


def filing_of(row: RowMapping) -> Filing:
    """The life of a stored filing."""
    missing = tuple(Missing(**one) for one in row["missing"])
    corrected_at = row["corrected_at"]
    return Filing(
        no=row["no"],
        source=row["source_system"],
        status=Status(row["status"]),
        version=row["version"],
        receipt=Receipt(
            received_on=civil_day(row["received_at"]),
            asked_on=row["asked_on"],
            named=tuple(one.text for one in missing),
            corrected_on=civil_day(corrected_at) if corrected_at else None,
        ),
        received_at=row["received_at"],
        corrected_at=corrected_at,
        missing=missing,
        accepted_at=row["accepted_at"],
        by_silence=row["by_silence"],
        ending=row["ending"],
    )
