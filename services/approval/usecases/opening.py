"""An accepted filing becomes a case: steps from the seats, the guide pinned, two clocks running."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import intake
from contracts.shape import Officer
from eventlog.envelope import Envelope
from eventlog.failures import Missing, Refused
from law.clock import Unit
from law.seats import Mode
from law.workingday import civil_day
from servicekit import audit, judging
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.approval.adapters import cases, published
from services.approval.domain.case import Case
from services.approval.domain.deadlines import Deadlines
from services.approval.domain.facts import Act, Power, Signature
from services.approval.domain.state import Status
from services.approval.usecases import power as powers
from services.approval.usecases.scene import change_of, envelope, replica_of

CONTEXT = "filing:{no}"
"""What natural persons' data are sealed with; the same as intake's."""
_SILENCE = Signature(id="system", name="系统", org="system", role="system")


async def open_case(
    kit: Kit, connection: AsyncConnection, event: intake.Accepted, received: Envelope
) -> None:
    """One case a number, however often it is told. Missing while the catalogue lags behind."""
    catalogue = await _catalogue(kit)
    filing = event.filing
    power = _power(catalogue, filing)
    case = _case(kit, catalogue, event, received, power)
    by = _signature(event.by) if event.by else _SILENCE
    ground = (
        "逾期未告知，自收到申请材料之日起视为受理（行政许可法第三十二条）"
        if event.by_silence
        else "受理"
    )
    case.opened(Act(by=by, at=event.accepted_at, power=power), ground=ground)
    case.version = 1
    change = change_of(catalogue, case, power)
    told = published.opened(
        case,
        promised_due=change.promised_due,
        statutory_due=change.statutory_due,
        provisional=change.due_provisional,
    )
    change.news = [envelope(kit, case, told, at=case.opened_at)]
    change.audit = audit.line(caller=None, action="case.opened", object_=case.no)
    await cases.add(
        connection,
        case,
        change,
        personal=_resealed(kit, filing),
        personal_index=filing.personal_index,
    )


async def _catalogue(kit: Kit) -> Catalogue:
    try:
        return await replica_of(kit).current()
    except Problem as problem:
        raise Missing("the catalogue's first replay") from problem


def _power(catalogue: Catalogue, filing: intake.FilingSnapshot) -> Power:
    """The power the filing was accepted under, seats as the event has them."""
    answer = filing.competence
    if not answer.granted or answer.seats is None or answer.delegation is None:
        raise Refused(f"filing {filing.no} was accepted without a granted power")
    known = catalogue.delegations.get(answer.delegation)
    index = answer.period or 0
    if known is None or index >= len(known.periods):
        raise Missing(f"catalogue delegation {answer.delegation}, period {index}")
    power = powers.of_period(catalogue, answer.delegation, index)
    period = known.periods[index]
    seats = judging.law_seats(answer.seats, recorder=period.recorder, copies_to=period.copy_to)
    mode = Mode(answer.mode) if answer.mode else power.mode
    return replace(power, seats=seats, mode=mode)


def _case(
    kit: Kit, catalogue: Catalogue, event: intake.Accepted, received: Envelope, power: Power
) -> Case:
    filing = event.filing
    guide = catalogue.guides.get(filing.item, {}).get(filing.guide_version)
    item = catalogue.items.get(filing.item)
    if guide is None or item is None:
        raise Missing(f"catalogue guide {filing.item}:{filing.guide_version}")
    if not catalogue.calendars:
        raise Missing("catalogue calendar")
    project = judging.with_act(filing.project, item)
    return Case(
        no=filing.no,
        item=filing.item,
        item_name=filing.item_name,
        park=filing.park,
        guide_version=filing.guide_version,
        instant=guide.instant,
        four_eyes=guide.four_eyes,
        result_kind=judging.result_kind(item, project.act),
        applicant=filing.applicant.model_dump(mode="json"),
        project=project.model_dump(mode="json"),
        materials=[one.model_dump(mode="json") for one in filing.materials],
        source_system=filing.source_system,
        source_case_no=filing.source_case_no,
        rehearsal=received.rehearsal,
        tenant=received.tenant,
        received_at=filing.received_at,
        accepted_at=event.accepted_at,
        opened_at=kit.clock.now(),
        status=Status.UNDER_REVIEW,
        version=0,
        viewers=powers.viewers(catalogue, power.seats, filing.park, power.co_seals),
        mode=power.mode,
        seats=power.seats,
        co_seals=power.co_seals,
        delegation=power.delegation,
        period=power.period,
        competence=filing.competence.model_dump(mode="json"),
        deadlines=Deadlines(
            started_on=civil_day(event.accepted_at),
            unit=Unit(guide.day_unit),
            statutory_days=guide.statutory_days,
            promised_days=guide.promised_days,
        ),
    )


def _signature(by: Officer) -> Signature:
    return Signature(
        id=by.id,
        name=by.name,
        org=by.org,
        role=by.role,
        acting_for=by.acting_for,
        paper=by.paper,
    )


def _resealed(kit: Kit, filing: intake.FilingSnapshot) -> str | None:
    """Natural persons under our own key, bound to this case."""
    if filing.personal is None:
        return None
    context = CONTEXT.format(no=filing.no)
    people = kit.vault.open("exchange", filing.personal, context=context)
    return kit.vault.seal("personal", people, context=context)
