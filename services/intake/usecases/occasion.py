"""Who acts, when, on which catalogue: what every verb is given."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts import catalog as contract
from law import seats
from law.competence import Granted
from law.workingday import Calendar, civil_day
from servicekit import judging
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from servicekit.tokens import Caller
from services.intake.adapters.records import Record
from services.intake.domain.filing import Hand


@dataclass(frozen=True, slots=True)
class Occasion:
    """`now` is business time. `roles` are those the catalogue grants; `version` from If-Match."""

    kit: Kit
    catalogue: Catalogue
    now: datetime
    caller: Caller
    roles: frozenset[str] = frozenset()
    version: int | None = None

    @property
    def today(self) -> date:
        """The civil day in China."""
        return civil_day(self.now)

    @property
    def calendar(self) -> Calendar:
        """The working days."""
        return self.catalogue.calendar()

    @property
    def side(self) -> str:
        """The applicant's side this caller stands on: its client, or the officer's organisation."""
        return self.caller.org or self.caller.sub

    def sees(self, record: Record) -> bool:
        """The applicant's side, an organisation in the seats or above them, or a leader of one."""
        seen = {self.caller.org, *self.caller.leads}
        return self.side == record.filing.source or not seen.isdisjoint(record.viewers)

    def matches(self, record: Record) -> None:
        """Problem `changed-meanwhile` when If-Match names another version."""
        if self.version is not None and self.version != record.filing.version:
            raise Problem("changed-meanwhile", f"收件{record.no}已被他人更改")

    def sit(self, record: Record, granted: Granted | None) -> Hand:
        """The caller as whoever may act in *accepts* today. Raises NotYourSeat.

        Seats are those of today; of the receipt where the power has gone since, and the park
        itself where there never was one.
        """
        sitting = granted.seats if granted else _stored_seats(record)
        authority = seats.require_seat(
            sitting,
            seats.Seat.ACCEPTS,
            org=self.caller.org or "",
            day=self.today,
            officer=self.caller.sub,
            acting_papers=granted.acting if granted else (),
            instant=self.instant(record),
        )
        other = authority.for_org if authority.for_org != authority.org else None
        return Hand(
            id=self.caller.sub,
            name=self._name(),
            org=authority.org,
            role="window" if "window" in self.roles else "approver",
            acting_for=other,
            paper=authority.paper,
        )

    def instant(self, record: Record) -> bool:
        """Whether the pinned guide lets one officer do it all (即办)."""
        if record.guide_version is None:
            return False
        return self.catalogue.guide(record.item, record.guide_version).instant

    def _name(self) -> str:
        person = self.catalogue.officer(self.caller.org or "", self.caller.sub)
        return person.name if person else self.caller.name


def _stored_seats(record: Record) -> seats.Seats:
    if record.competence.seats is not None:
        return judging.law_seats(record.competence.seats)
    alone = contract.Seats(
        accepts=record.park,
        reviews=record.park,
        decides=record.park,
        seals=record.park,
        answers=record.park,
        supervises=(),
    )
    return judging.law_seats(alone)
