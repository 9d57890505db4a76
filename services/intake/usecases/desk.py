"""A filing in front of whoever would act on it: found, seen, in the right seat, unchanged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from law.breach import Breach
from law.competence import Answer, Granted
from servicekit import audit
from servicekit.problems import Problem
from services.intake.adapters import filings, personal
from services.intake.adapters.records import Record
from services.intake.domain.filing import Filing, Hand, Status
from services.intake.usecases import power
from services.intake.usecases.occasion import Occasion

OPEN = frozenset({Status.RECEIVED, Status.CORRECTION_ASKED})


class Broken(Exception):
    """A rule was not kept on this filing; the entrypoint has the words for both."""

    def __init__(self, breach: Breach, filing: Filing) -> None:
        super().__init__(breach.text)
        self.breach = breach
        self.filing = filing


@contextmanager
def lawful(filing: Filing) -> Iterator[None]:
    """Within, a breach is told together with how the filing stands."""
    try:
        yield
    except Breach as breach:
        raise Broken(breach, filing) from breach


@dataclass(frozen=True, slots=True)
class Desk:
    """`answer` is today's competence; None once the filing is no longer intake's to decide."""

    record: Record
    hand: Hand
    answer: Answer | None


async def visible(connection: AsyncConnection, occasion: Occasion, no: str) -> Record:
    """Problem `not-found` for one that is not there or not for this caller."""
    record = await filings.load(connection, no)
    if record is None or not occasion.sees(record):
        raise not_found(no)
    return record


async def seated(connection: AsyncConnection, occasion: Occasion, no: str) -> Desk:
    """At the seat *accepts* as it is filled today. Problems `not-found`, `changed-meanwhile`;
    Broken by NotYourSeat for those who may only look.
    """
    record = await filings.load(connection, no)
    if record is None:
        raise not_found(no)
    answer = power.ask(occasion, record) if record.filing.status in OPEN else None
    granted = answer if isinstance(answer, Granted) else None
    if not occasion.sees(record) and not _sits_now(occasion, granted):
        raise not_found(no)
    with lawful(record.filing):
        hand = occasion.sit(record, granted)
    occasion.matches(record)
    return Desk(record, hand, answer)


async def handed_in(connection: AsyncConnection, occasion: Occasion, no: str) -> Record:
    """On the applicant's side. Broken by NotTheApplicant for those who may only look."""
    record = await visible(connection, occasion, no)
    with lawful(record.filing):
        record.filing.require_applicant(occasion.side)
    occasion.matches(record)
    return record


async def people(connection: AsyncConnection, occasion: Occasion, no: str) -> personal.People:
    """The natural persons, for the applicant's side and for the seat *accepts*; audited.

    Problem `not-found`; Broken by NotYourSeat for others who may see the filing.
    """
    record = await visible(connection, occasion, no)
    if record.filing.source != occasion.side:
        with lawful(record.filing):
            occasion.sit(record, None)
    await audit.append(
        connection,
        occasion.kit.own.audit,
        caller=occasion.caller,
        action="filing.contact-read",
        object_=no,
    )
    return personal.opened(occasion.kit.vault, record.personal, no=no)


def not_found(no: str) -> Problem:
    """The same words for what is not there and for what one may not see."""
    return Problem("not-found", f"没有收件{no[:40]}，或您无权查看")


def _sits_now(occasion: Occasion, granted: Granted | None) -> bool:
    """Seats may have moved since the filing was received."""
    return granted is not None and occasion.caller.org == granted.seats.accepts
