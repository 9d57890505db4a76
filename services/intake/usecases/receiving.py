"""Receiving a filing, or finding that the park may not take it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import catalog as contract
from contracts.intake import Applicant
from law import casenumber
from law.acceptance import RefusalGround
from law.competence import Answer, Refused
from servicekit import audit, numbers
from servicekit.problems import Problem
from services.intake.adapters import filings, materials, personal, submissions
from services.intake.adapters.materials import Uploaded
from services.intake.adapters.records import Record
from services.intake.adapters.submissions import Raw
from services.intake.domain.filing import Filing
from services.intake.usecases import checking, notices, power
from services.intake.usecases.checking import Findings
from services.intake.usecases.desk import lawful
from services.intake.usecases.faults import fault, problem
from services.intake.usecases.form import ApplicantForm, Draft, FilingForm
from services.intake.usecases.notices import Kind, Press
from services.intake.usecases.occasion import Occasion


@dataclass(frozen=True, slots=True)
class Taken:
    """`fresh` False: the same filing was here already. `outside`: kept and refused."""

    record: Record
    missing: list[contract.MaterialRequirement]
    fresh: bool = True
    outside: Problem | None = None


async def receive(
    connection: AsyncConnection, occasion: Occasion, draft: Draft, raw: Raw, *, paper: UUID
) -> Taken:
    """One filing from one submission. Problems `invalid`, `already-filed`, `catching-up`."""
    found = await checking.examine(connection, occasion, draft)
    form = draft.form
    if form is not None:
        known = await _known(connection, occasion, form, found.uploaded)
        if known is not None:
            return Taken(known, found.missing, fresh=False)
    if form is None or found.faults:
        raise problem(found.faults)
    record = await _new(connection, occasion, form, found)
    refused = found.answer if isinstance(found.answer, Refused) else None
    if refused is not None:
        turn_away(occasion, record, refused)
    else:
        record.filing.take_in()
    if not await filings.add(connection, record):
        twin = await _known(connection, occasion, form, found.uploaded)
        if twin is None:
            raise Problem("request-in-progress", "同一来源编号的收件正在处理")
        return Taken(twin, found.missing, fresh=False)
    await _keep(connection, occasion, record, form, raw)
    if refused is None:
        return Taken(record, found.missing)
    await refusal_paper(connection, occasion, record, paper=paper)
    return Taken(record, [], outside=outside(occasion, record, refused))


async def _known(
    connection: AsyncConnection,
    occasion: Occasion,
    form: FilingForm,
    uploaded: Mapping[UUID, Uploaded],
) -> Record | None:
    """The filing of the source's own number, if its content is the same."""
    if form.source_case_no is None:
        return None
    known = await filings.by_source(connection, occasion.side, form.source_case_no)
    if known is None or known.content_sha256 == digest(form, uploaded):
        return known
    raise Problem(
        "already-filed",
        f"来源编号{form.source_case_no}已收件，编号{known.no}，内容与本次不同",
        extra={"no": known.no},
    )


def digest(form: FilingForm, uploaded: Mapping[UUID, Uploaded]) -> str:
    """Of what is filed: a material counts by its bytes, so uploading it again changes nothing."""
    content = form.model_dump(mode="json")
    content["materials"] = sorted(
        [
            uploaded[one.id].sha256 if one.id in uploaded else str(one.id),
            one.requirement or "",
        ]
        for one in form.materials
    )
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


async def _new(
    connection: AsyncConnection, occasion: Occasion, form: FilingForm, found: Findings
) -> Record:
    if found.item is None or found.answer is None or found.project is None:
        msg = "a form without faults has its item, project and answer"
        raise RuntimeError(msg)
    no = await _number(connection, occasion, rehearsal=form.rehearsal)
    people = people_of(form.applicant)
    vault = occasion.kit.vault
    return Record(
        filing=Filing.receive(no=no, source=occasion.side, at=occasion.now),
        item=found.item.id,
        item_name=found.item.name,
        guide_version=found.guide.guide_version if found.guide else None,
        park=form.park,
        applicant=Applicant(
            kind=form.applicant.kind,
            name=form.applicant.name,
            uscc=form.applicant.uscc,
            address=form.applicant.address,
        ),
        project=found.project,
        personal=personal.sealed(vault, people, no=no),
        personal_index=personal.index(vault, people),
        competence=power.kept(found.answer, occasion.catalogue.position),
        channel=form.channel,
        source_case_no=form.source_case_no,
        content_sha256=digest(form, found.uploaded),
        rehearsal=form.rehearsal,
        viewers=power.viewers(occasion.catalogue, found.answer, form.park),
    )


async def _number(connection: AsyncConnection, occasion: Occasion, *, rehearsal: bool) -> str:
    series = f"{'rehearsal-' if rehearsal else ''}case:{occasion.today.year}"
    serial = await numbers.draw(connection, series)
    return casenumber.make(occasion.today, serial, rehearsal=rehearsal)


def people_of(applicant: ApplicantForm) -> personal.People:
    """The natural persons of a form."""
    people = {"contact": applicant.contact.model_dump(exclude_none=True)}
    if applicant.legal_representative is not None:
        people["legal_representative"] = applicant.legal_representative.model_dump(
            exclude_none=True
        )
    return people


async def _keep(
    connection: AsyncConnection, occasion: Occasion, record: Record, form: FilingForm, raw: Raw
) -> None:
    requirements = {one.id: one.requirement for one in form.materials}
    await hand_in(connection, occasion, record, requirements)
    vault = occasion.kit.vault
    await submissions.keep(connection, vault, raw, no=record.no, kind="filing", at=occasion.now)
    await filings.tell(occasion.kit, connection, record, at=occasion.now)
    await audit.append(
        connection,
        occasion.kit.own.audit,
        caller=occasion.caller,
        action="filing.receive",
        object_=record.no,
        outcome=record.filing.status.value,
        detail={"item": record.item, "park": record.park, "channel": record.channel},
    )


async def hand_in(
    connection: AsyncConnection,
    occasion: Occasion,
    record: Record,
    requirements: Mapping[UUID, str | None],
) -> None:
    """Materials become the filing's for good; Problem `invalid` when another was faster."""
    try:
        await materials.hand_in(connection, record.no, requirements, at=occasion.now)
    except materials.AlreadyUsed as used:
        raise problem([fault(["materials"], f"材料{used}已用于另一收件")]) from used


def turn_away(occasion: Occasion, record: Record, answer: Refused) -> None:
    """Outside the powers: refused on the spot (行政许可法第三十二条第一款第二项)."""
    record.competence = power.kept(answer, occasion.catalogue.position)
    record.viewers = power.viewers(occasion.catalogue, answer, record.park)
    record.filing.refuse(
        ground=RefusalGround.NOT_OUR_POWER,
        reasons=reasons_of(answer),
        turn_to=power.turn_to(occasion.catalogue, answer.right_authority),
        right_authority=answer.right_authority,
        at=occasion.now,
        calendar=occasion.calendar,
        by=None,
    )


async def refusal_paper(
    connection: AsyncConnection, occasion: Occasion, record: Record, *, paper: UUID
) -> None:
    """The sealed voucher of a refusal on the spot, in the park's name."""
    press = Press(occasion.kit, occasion.catalogue, occasion.today)
    number = await notices.number(
        press, connection, Kind.REFUSAL, org=record.park, rehearsal=record.rehearsal
    )
    with lawful(record.filing):
        await notices.draw_up(
            press, connection, record, Kind.REFUSAL, id=paper, number=number, org=record.park
        )


def reasons_of(answer: Answer) -> tuple[str, ...]:
    """The links of the chain that did not hold; all of them where none failed outright."""
    failed = tuple(reason.text for reason in answer.chain if reason.holds is False)
    return failed or tuple(reason.text for reason in answer.chain)


def outside(occasion: Occasion, record: Record | None, answer: Refused) -> Problem:
    """`outside-competence`; the right authority's id is None where it is not in our data."""
    right = answer.right_authority
    named = power.turn_to(occasion.catalogue, right)
    reasons = reasons_of(answer)
    return Problem(
        "outside-competence",
        f"本申请不在园区权限内：{'；'.join(reasons)}",
        next_step=f"请向{named}提出" if right else f"{named}，请向当地政务服务热线咨询",
        extra={
            "no": record.no if record else None,
            "right_authority": {"id": right, "name": named},
            "reasons": list(reasons),
            "sources": list(answer.sources),
            "sibling": answer.sibling,
        },
    )
