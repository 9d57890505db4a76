"""The competence question of a filing, and the answer as it is kept."""

from contracts import intake
from law import competence
from law.competence import Granted, Refused
from servicekit import judging
from servicekit.replica import Catalogue
from services.intake.adapters.records import Record
from services.intake.usecases.occasion import Occasion

NOT_IN_OUR_DATA = "有权机关不在本系统资料之内"


def ask(occasion: Occasion, record: Record) -> competence.Answer:
    """May the park handle it today? Problem `catching-up` where held law would be needed."""
    return occasion.catalogue.competence(
        item=record.item, park=record.park, project=record.project, day=occasion.today
    )


def kept(answer: competence.Answer, position: int) -> intake.Competence:
    """As filings and events carry it, with the catalogue's position it was given on."""
    reasons = tuple(reason.text for reason in answer.chain)
    if isinstance(answer, Refused):
        return intake.Competence(
            granted=False,
            day=answer.day,
            catalog_position=position,
            reasons=reasons,
            sources=answer.sources,
        )
    return intake.Competence(
        granted=True,
        day=answer.day,
        delegation=answer.delegation,
        period=answer.period,
        mode=answer.mode.value,
        seats=judging.public_seats(answer.seats),
        agreement=answer.agreement.no if answer.agreement else None,
        liability=answer.liability.reason,
        push_limit_days=answer.push_limit_days,
        catalog_position=position,
        reasons=reasons,
        sources=answer.sources,
    )


def pin(occasion: Occasion, record: Record, granted: Granted) -> None:
    """Takes over today's seats and viewers: before acceptance there is no case to hand over."""
    record.competence = kept(granted, occasion.catalogue.position)
    record.viewers = viewers(occasion.catalogue, granted, record.park)


def viewers(catalogue: Catalogue, answer: competence.Answer, park: str) -> tuple[str, ...]:
    """Organisations in the seats with their overseers; a refused one's are park and overseer."""
    if isinstance(answer, Granted):
        return tuple(catalogue.viewers(judging.public_seats(answer.seats), park))
    overseer = catalogue.overseer(park)
    return tuple(sorted({park, *([overseer] if overseer else [])}))


def turn_to(catalogue: Catalogue, authority: str | None) -> str:
    """What the applicant is told about the right authority (行政许可法第三十二条第一款第二项)."""
    return catalogue.name_of(authority) if authority else NOT_IN_OUR_DATA
