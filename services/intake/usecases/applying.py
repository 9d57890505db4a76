"""The applicant's side: hand in what was asked for, or take the filing back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.catalog import MaterialRequirement
from law.competence import Granted, Refused
from servicekit import audit, judging
from services.intake.adapters import filings, materials, submissions
from services.intake.adapters.records import Record
from services.intake.adapters.submissions import Raw
from services.intake.usecases import checking, desk, power, receiving
from services.intake.usecases.desk import lawful
from services.intake.usecases.faults import Fault, fault, problem
from services.intake.usecases.form import CorrectionForm
from services.intake.usecases.occasion import Occasion
from services.intake.usecases.receiving import Taken


async def correct(
    connection: AsyncConnection,
    occasion: Occasion,
    no: str,
    form: CorrectionForm,
    raw: Raw,
    *,
    paper: UUID,
) -> Taken:
    """Back to `received`; facts that lead outside the powers are refused on the spot."""
    record = await desk.handed_in(connection, occasion, no)
    with lawful(record.filing):
        record.filing.correct(at=occasion.now)
    faults = await _faults(connection, occasion, record, form)
    answer = _asked_anew(occasion, record, form)
    faults += checking.answer_faults(answer)
    if faults:
        raise problem(faults)
    requirements = {one.id: one.requirement for one in form.materials}
    await receiving.hand_in(connection, occasion, record, requirements)
    if isinstance(answer, Refused):
        record.filing.take_news()
        receiving.turn_away(occasion, record, answer)
    else:
        power.pin(occasion, record, answer)
    vault = occasion.kit.vault
    await submissions.keep(connection, vault, raw, no=no, kind="correction", at=occasion.now)
    await _finish(connection, occasion, record, "filing.correct")
    if isinstance(answer, Refused):
        await receiving.refusal_paper(connection, occasion, record, paper=paper)
        return Taken(record, [], outside=receiving.outside(occasion, record, answer))
    return Taken(record, await still_missing(connection, occasion, record))


async def withdraw(
    connection: AsyncConnection, occasion: Occasion, no: str, reason: str | None
) -> Record:
    """Before acceptance; one of withdrawal and acceptance wins by the version."""
    record = await desk.handed_in(connection, occasion, no)
    with lawful(record.filing):
        record.filing.withdraw(reason=reason, at=occasion.now)
    await _finish(connection, occasion, record, "filing.withdraw")
    return record


async def still_missing(
    connection: AsyncConnection, occasion: Occasion, record: Record
) -> list[MaterialRequirement]:
    """Required materials of the pinned guide that nobody handed in."""
    if record.guide_version is None:
        return []
    guide = occasion.catalogue.guide(record.item, record.guide_version)
    given = await materials.of_filing(connection, record.no)
    return checking.not_covered(guide, {one.requirement for one in given})


async def _faults(
    connection: AsyncConnection, occasion: Occasion, record: Record, form: CorrectionForm
) -> list[Fault]:
    if not form.materials and form.project is None:
        return [fault(["materials"], "补正须提交材料或者更正的事实")]
    uploaded = await materials.find(connection, [one.id for one in form.materials])
    guide = (
        occasion.catalogue.guide(record.item, record.guide_version)
        if record.guide_version is not None
        else None
    )
    faults = checking.material_faults(occasion, form.materials, uploaded, guide)
    if form.project is not None:
        faults += checking.place_faults(occasion, form.project.place)
    return faults


def _asked_anew(occasion: Occasion, record: Record, form: CorrectionForm) -> Granted | Refused:
    if form.project is not None:
        project = checking.public_project(occasion, form.project)
        record.project = judging.with_act(project, occasion.catalogue.item(record.item))
    return power.ask(occasion, record)


async def _finish(
    connection: AsyncConnection, occasion: Occasion, record: Record, action: str
) -> None:
    await filings.save(occasion.kit, connection, record, at=occasion.now)
    await audit.append(
        connection,
        occasion.kit.own.audit,
        caller=occasion.caller,
        action=action,
        object_=record.no,
        outcome=record.filing.status.value,
    )
