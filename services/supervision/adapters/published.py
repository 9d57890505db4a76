"""What the rest of the system is told: domain news as events of `supervision.v1`."""

from typing import Any, assert_never

from contracts import supervision as contract
from contracts.shape import EventData, Officer
from law.supervision import Inspector
from services.supervision.domain.finding import Inspection
from services.supervision.domain.push import (
    Claimed,
    News,
    Person,
    Push,
    Reassigned,
    Released,
    Returned,
)


def officer(person: Person) -> Officer:
    """Officials' names are official and stand in events."""
    return Officer(id=person.id, name=person.name, org=person.org, role=person.role)


def inspectors(given: tuple[Inspector, ...]) -> tuple[contract.Inspector, ...]:
    """Inspectors with their certificate numbers."""
    return tuple(
        contract.Inspector(id=one.sub, name=one.name, org=one.org, certificate_no=one.certificate)
        for one in given
    )


def head(push: Push) -> dict[str, Any]:
    """The members every event of a push has."""
    return {
        "no": push.no,
        "push": str(push.id),
        "regulator": push.regulator,
        "viewers": tuple(push.viewers),
    }


def event(push: Push, news: News) -> EventData:
    """The public form of what happened to a push."""
    by = officer(news.by)
    match news:
        case Claimed():
            return contract.Claimed(**head(push), by=by, claimed_at=news.at)
        case Released():
            return contract.Released(**head(push), by=by, reason=news.reason, released_at=news.at)
        case Returned():
            return contract.Returned(
                **head(push),
                by=by,
                reason=news.reason,
                suggests=news.suggests,
                returned_at=news.at,
            )
        case Reassigned():
            return contract.Reassigned(
                **head(push),
                from_regulator=news.from_regulator,
                merged_into=str(news.merged_into) if news.merged_into else None,
                by=by,
                reason=news.reason,
                reassigned_at=news.at,
            )
    assert_never(news)


def step(news: News) -> tuple[str, dict[str, Any]]:
    """The line of the history: action and what a reader wants to know of it."""
    match news:
        case Claimed():
            return "claimed", {}
        case Released():
            return "released", {"reason": news.reason}
        case Returned():
            return "returned", {"reason": news.reason, "suggests": news.suggests}
        case Reassigned():
            return "reassigned", {
                "reason": news.reason,
                "from": news.from_regulator,
                "to": news.to_regulator,
                "merged_into": str(news.merged_into) if news.merged_into else None,
            }
    assert_never(news)


def inspected(push: Push, inspection: Inspection, by: Person) -> contract.Inspected:
    """A recorded inspection."""
    return contract.Inspected(
        **head(push),
        inspection=str(inspection.id),
        inspectors=inspectors(inspection.inspectors),
        inspected_at=inspection.inspected_at,
        findings=inspection.findings,
        by=officer(by),
    )
