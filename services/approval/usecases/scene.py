"""One verb by one caller: a locked case, what is done to it, one statement that writes it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.approval import DocumentReady
from contracts.shape import EventData
from eventlog.envelope import Envelope
from law import clock
from law.breach import Breach
from law.workingday import Calendar
from servicekit import audit, events
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue, Replica
from servicekit.tokens import Caller
from services.approval.adapters import cases
from services.approval.adapters.cases import Change
from services.approval.domain.authority import Asked, waiting_for
from services.approval.domain.case import Case
from services.approval.domain.facts import Act, Actor, Power
from services.approval.domain.state import Action
from services.approval.usecases import power as powers
from services.approval.usecases.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What follows from a verb: events for the others, papers for the applicant."""

    news: Sequence[EventData] = ()
    papers: Sequence[dict[str, Any]] = ()


Do = Callable[[Case, Act], Awaitable[Told]]


def replica_of(kit: Kit) -> Replica:
    """The service's copy of the catalogue."""
    if not isinstance(kit.directory, Replica):
        msg = f"{kit.name} has no copy of the catalogue"
        raise TypeError(msg)
    return kit.directory


async def actor_of(kit: Kit, catalogue: Catalogue, caller: Caller) -> Actor:
    """The caller as the catalogue knows it; roles are those both it and the token give."""
    person = catalogue.officer(caller.org, caller.sub) if caller.org else None
    return Actor(
        id=caller.sub,
        name=person.name if person else caller.name,
        org=caller.org,
        roles=await kit.effective_roles(caller),
        post=person.post if person else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """What is known of a caller before a connection is taken.

    The catalogue is read on a connection of its own: asking for it while holding one could stop
    every request of a full pool.
    """

    kit: Kit
    caller: Caller
    actor: Actor
    catalogue: Catalogue

    @classmethod
    async def of(cls, kit: Kit, caller: Caller) -> Self:
        """Problem `catching-up` before the catalogue's first replay."""
        catalogue = await replica_of(kit).current()
        actor = await actor_of(kit, catalogue, caller)
        return cls(kit=kit, caller=caller, actor=actor, catalogue=catalogue)

    def on(self, connection: AsyncConnection) -> "Scene":
        """The scene within a transaction; the clock is read here."""
        return Scene(
            kit=self.kit,
            connection=connection,
            caller=self.caller,
            actor=self.actor,
            catalogue=self.catalogue,
            at=self.kit.clock.now(),
            day=self.kit.clock.today(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A caller at a moment, within one transaction."""

    kit: Kit
    connection: AsyncConnection
    caller: Caller
    actor: Actor
    catalogue: Catalogue
    at: datetime
    day: date

    @property
    def calendar(self) -> Calendar:
        """The working days deadlines are counted in."""
        return self.catalogue.calendar()

    async def perform(self, no: str, action: Action, do: Do, *, if_match: str | None) -> Case:
        """Loads, asks who may, does it, writes everything.

        Raises Refusal for what the rules refuse; Problems `not-found`, `case-not-yet-here`,
        `changed-meanwhile`, and those of competence.
        """
        case = await cases.load(self.connection, no, self.caller, today=self.day, lock=True)
        if if_match is not None and if_match not in {"*", etag(case)}:
            raise Problem("changed-meanwhile", "办件已被他人更改")
        seen_by = case.viewers
        try:
            power = self.power(case, action)
            by = Asked(case, action, self.actor, power, self.day).signature()
            told = await do(case, Act(by=by, at=self.at, power=power))
        except Breach as breach:
            raise Refusal(breach, case) from breach
        await self.write(case, action, told, viewers_changed=case.viewers != seen_by)
        return case

    def power(self, case: Case, action: Action) -> Power:
        """The power a verb goes by; a hand-over goes by whoever sits there now."""
        if action is Action.HAND_OVER:
            return powers.asked(self.catalogue, case, self.day)
        return powers.standing(self.catalogue, case, self.day)

    def renewed(self, case: Case, act: Act) -> Act:
        """The act under the power asked anew; the case goes by the day's regulators."""
        power = powers.granted(self.catalogue, case, self.day)
        case.seats = replace(case.seats, supervises=power.seats.supervises)
        self.let_see(case)
        return replace(act, power=power)

    def let_see(self, case: Case) -> None:
        """Viewers follow the seats."""
        case.viewers = powers.viewers(self.catalogue, case.seats, case.park, case.co_seals)

    async def write(self, case: Case, action: Action, told: Told, *, viewers_changed: bool) -> None:
        """Case, history, decision, papers, audit and news in one statement."""
        case.version += 1
        change = change_of(self.catalogue, case, powers.standing(self.catalogue, case, self.day))
        change.news = [envelope(self.kit, case, one, at=self.at) for one in told.news]
        change.papers = list(told.papers)
        change.viewers_changed = viewers_changed
        change.audit = audit.line(
            caller=self.caller,
            action=f"case.{action.value}",
            object_=case.no,
            detail={"version": case.version, "status": case.status.value},
        )
        await cases.save(self.connection, case, change)


def change_of(catalogue: Catalogue, case: Case, power: Power) -> Change:
    """The columns lists are filtered by, computed from the case."""
    calendar = catalogue.calendar()
    promised = clock.due(case.deadlines.promised(), calendar)
    statutory = clock.due(case.deadlines.statutory(), calendar)
    return Change(
        waits_for=waiting_for(case, power),
        promised_due=promised.day,
        statutory_due=statutory.day,
        due_provisional=promised.provisional or statutory.provisional,
    )


def envelope(kit: Kit, case: Case, event: EventData, *, at: datetime) -> Envelope:
    """The event of a case at its present version; a paper is an aggregate of its own."""
    paper = event.paper.id if isinstance(event, DocumentReady) else None
    return events.envelope(
        kit,
        event,
        subject=case.no,
        aggregate=f"document:{paper}" if paper else "case",
        sequence=1 if paper else case.version,
        at=at,
        rehearsal=case.rehearsal,
        tenant=case.tenant,
    )


def etag(case: Case) -> str:
    """`"<version>"`."""
    return f'"{case.version}"'
