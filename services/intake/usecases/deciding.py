"""The seat *accepts*: accept, refuse, or ask once for what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from law.acceptance import RefusalGround
from law.competence import Answer, Granted, Refused
from servicekit import audit
from servicekit.problems import Problem
from services.intake.adapters import filings
from services.intake.adapters.records import Record
from services.intake.domain.filing import Missing
from services.intake.usecases import desk, notices, power, receiving
from services.intake.usecases.desk import Desk, lawful
from services.intake.usecases.faults import fault, problem
from services.intake.usecases.notices import Kind, Press
from services.intake.usecases.occasion import Occasion


@dataclass(frozen=True, slots=True)
class Refusal:
    """`right_authority`: an organisation of the catalogue, None where it is not in our data."""

    ground: RefusalGround
    reasons: tuple[str, ...]
    right_authority: str | None = None


async def accept(
    connection: AsyncConnection, occasion: Occasion, no: str, *, paper: UUID
) -> Record:
    """By today's seats: before acceptance there is no case, so nothing need be handed over.

    Problem `outside-competence` where the power has gone since the receipt.
    """
    at = await desk.seated(connection, occasion, no)
    record = at.record
    with lawful(record.filing):
        record.filing.accept(at=occasion.now, calendar=occasion.calendar, by=at.hand)
    _require_power(occasion, record, at.answer)
    await _finish(connection, occasion, at, Kind.ACCEPTANCE, paper=paper)
    return record


async def refuse(
    connection: AsyncConnection, occasion: Occasion, no: str, refusal: Refusal, *, paper: UUID
) -> Record:
    """Broken by what law.acceptance.refuse raises; Problem `invalid` for an unknown authority."""
    at = await desk.seated(connection, occasion, no)
    record = at.record
    right = refusal.right_authority
    if right is not None and right not in occasion.catalogue.organisations:
        raise problem([fault(["right_authority"], "目录中没有此机构")])
    with lawful(record.filing):
        record.filing.refuse(
            ground=refusal.ground,
            reasons=refusal.reasons,
            turn_to=power.turn_to(occasion.catalogue, right),
            right_authority=right,
            at=occasion.now,
            calendar=occasion.calendar,
            by=at.hand,
        )
    await _finish(connection, occasion, at, Kind.REFUSAL, paper=paper)
    return record


async def ask_correction(
    connection: AsyncConnection,
    occasion: Occasion,
    no: str,
    missing: Sequence[Missing],
    *,
    paper: UUID,
) -> Record:
    """The one notice. Broken by SecondNotice, LateNotice, NothingNamed."""
    at = await desk.seated(connection, occasion, no)
    record = at.record
    _require_known(occasion, record, missing)
    press = _press(occasion)
    number = await notices.number(
        press, connection, Kind.CORRECTION, org=_authority(at), rehearsal=record.rehearsal
    )
    with lawful(record.filing):
        record.filing.ask_correction(
            tuple(missing),
            notice_no=number,
            at=occasion.now,
            calendar=occasion.calendar,
            by=at.hand,
        )
    await _finish(connection, occasion, at, Kind.CORRECTION, paper=paper, number=number)
    return record


def _require_power(occasion: Occasion, record: Record, answer: Answer | None) -> None:
    """What the law accepted by silence stands, whatever became of the power since."""
    if isinstance(answer, Granted):
        power.pin(occasion, record, answer)
    elif isinstance(answer, Refused) and not record.filing.by_silence:
        gone = receiving.outside(occasion, record, answer)
        raise Problem(
            gone.code,
            gone.detail,
            next_step=f"请用 POST /api/v1/filings/{record.no}/refusal 作出不予受理决定",
            extra=gone.extra,
        )


def _require_known(occasion: Occasion, record: Record, missing: Sequence[Missing]) -> None:
    if record.guide_version is None:
        return
    guide = occasion.catalogue.guide(record.item, record.guide_version)
    known = {one.id for one in guide.materials}
    faults = [
        fault(["missing", index, "requirement"], "办事指南中没有这项材料")
        for index, one in enumerate(missing)
        if one.requirement is not None and one.requirement not in known
    ]
    if faults:
        raise problem(faults)


async def _finish(
    connection: AsyncConnection,
    occasion: Occasion,
    at: Desk,
    kind: Kind,
    *,
    paper: UUID,
    number: str | None = None,
) -> None:
    """Row, news, paper and audit line, all or none."""
    record = at.record
    await filings.save(occasion.kit, connection, record, at=occasion.now)
    press, org = _press(occasion), _authority(at)
    number = number or await notices.number(
        press, connection, kind, org=org, rehearsal=record.rehearsal
    )
    with lawful(record.filing):
        await notices.draw_up(press, connection, record, kind, id=paper, number=number, org=org)
    await audit.append(
        connection,
        occasion.kit.own.audit,
        caller=occasion.caller,
        action=f"filing.{kind.value}",
        object_=record.no,
        outcome=record.filing.status.value,
        detail={"number": number, "paper": at.hand.paper, "by_silence": record.filing.by_silence},
    )


def _press(occasion: Occasion) -> Press:
    return Press(occasion.kit, occasion.catalogue, occasion.today)


def _authority(at: Desk) -> str:
    """In whose name: the seat's organisation, also when another's officer acts in it."""
    return at.hand.acting_for or at.hand.org
