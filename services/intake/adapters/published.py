"""What happened to a filing, in the words others may rely on."""

from collections.abc import Sequence
from dataclasses import asdict

from contracts import intake
from contracts.shape import EventData, Officer
from servicekit.sealed import Vault
from services.intake.adapters import materials, personal
from services.intake.adapters.materials import Uploaded
from services.intake.adapters.records import Record
from services.intake.domain import filing as domain


def snapshot(vault: Vault, record: Record, uploaded: Sequence[Uploaded]) -> intake.FilingSnapshot:
    """All that approval needs; natural persons under the exchange key."""
    if record.guide_version is None:
        msg = f"filing {record.no} has no guide: it was refused on receipt"
        raise ValueError(msg)
    return intake.FilingSnapshot(
        no=record.no,
        item=record.item,
        item_name=record.item_name,
        park=record.park,
        guide_version=record.guide_version,
        applicant=record.applicant,
        project=record.project,
        materials=tuple(materials.public(one) for one in uploaded),
        channel=record.channel,
        source_system=record.filing.source,
        source_case_no=record.source_case_no,
        received_at=record.filing.received_at,
        competence=record.competence,
        personal=personal.for_exchange(vault, record.personal, no=record.no),
        personal_index=record.personal_index,
        viewers=record.viewers,
    )


def event(
    news: domain.News, record: Record, *, vault: Vault, uploaded: Sequence[Uploaded]
) -> EventData:
    """The public event of one piece of news."""
    match news:
        case domain.Received():
            return intake.Received(filing=snapshot(vault, record, uploaded))
        case domain.Accepted():
            return intake.Accepted(
                filing=snapshot(vault, record, uploaded),
                accepted_at=news.at,
                by_silence=news.by_silence,
                by=_officer(news.by) if news.by else None,
            )
        case domain.Corrected():
            return intake.Corrected(filing=snapshot(vault, record, uploaded), corrected_at=news.at)
        case _:
            return _short(news, record)


def _short(
    news: domain.Refused | domain.CorrectionAsked | domain.Withdrawn, record: Record
) -> EventData:
    match news:
        case domain.Refused():
            return intake.Refused(
                no=record.no,
                reason=news.ground.value,
                reasons=news.reasons,
                right_authority=news.right_authority,
                refused_at=news.at,
                by=_officer(news.by) if news.by else None,
                viewers=record.viewers,
            )
        case domain.CorrectionAsked():
            return intake.CorrectionAsked(
                no=record.no,
                missing=tuple(
                    intake.MissingMaterial(requirement=one.requirement, text=one.text)
                    for one in news.missing
                ),
                notice_no=news.notice_no,
                asked_at=news.at,
                by=_officer(news.by),
                viewers=record.viewers,
            )
        case domain.Withdrawn():
            return intake.Withdrawn(
                no=record.no,
                reason=news.reason,
                withdrawn_at=news.at,
                viewers=record.viewers,
            )


def needs_snapshot(news: Sequence[domain.News]) -> bool:
    """Whether one of them carries the whole filing, materials included."""
    return any(
        isinstance(one, domain.Received | domain.Accepted | domain.Corrected) for one in news
    )


def _officer(hand: domain.Hand) -> Officer:
    return Officer.model_validate(asdict(hand))
