"""The checks of a filing, the same for keeping it and for trying it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import catalog as contract
from contracts import intake
from law.competence import Answer, Granted, RefusalCode
from servicekit import judging
from servicekit.problems import Problem
from services.intake.adapters import materials
from services.intake.adapters.materials import Uploaded
from services.intake.usecases.faults import Fault, fault
from services.intake.usecases.form import Draft, MaterialForm, PlaceForm, ProjectForm
from services.intake.usecases.occasion import Occasion

T = TypeVar("T")

FORMATS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/ofd": "ofd",
}
"""Media type → the short name guides use."""


@dataclass(slots=True)
class Findings:
    """`missing` does not refuse a filing: it is what the correction notice may name."""

    faults: list[Fault] = field(default_factory=list)
    missing: list[contract.MaterialRequirement] = field(default_factory=list)
    uploaded: dict[UUID, Uploaded] = field(default_factory=dict)
    item: contract.Item | None = None
    park: contract.Organisation | None = None
    guide: contract.Guide | None = None
    project: intake.Project | None = None
    answer: Answer | None = None


async def examine(connection: AsyncConnection, occasion: Occasion, draft: Draft) -> Findings:
    """Every fault there is, those of a form that is none included."""
    found = Findings(faults=list(draft.faults))
    _known(occasion, draft, found)
    await _materials(connection, occasion, draft, found)
    _asked_for(occasion, draft, found)
    project = draft.form.project if draft.form else draft.part("project", ProjectForm)
    if project is not None:
        found.faults += place_faults(occasion, project.place)
        found.project = public_project(occasion, project)
        if found.item is not None and found.park is not None:
            _judge(occasion, found, found.item, found.park.id)
    return found


def _known(occasion: Occasion, draft: Draft, found: Findings) -> None:
    item, park = draft.text("item"), draft.text("park")
    if item is not None:
        found.item = _looked_up(found, "item", lambda: occasion.catalogue.item(item))
    if park is not None:
        found.park = _looked_up(found, "park", lambda: _park(occasion, park))
    if found.item is None:
        return
    found.guide = occasion.catalogue.guide_on(found.item.id, occasion.today)
    if found.guide is None:
        found.faults.append(fault(["item"], "该事项当日没有生效的办事指南"))


def _park(occasion: Occasion, park: str) -> contract.Organisation:
    known = occasion.catalogue.organisation(park)
    receives = any(one.park == park for one in occasion.catalogue.delegations.values())
    if known.kind != "park" and not receives:
        raise Problem("invalid", f"{known.name}不是承接权力的园区")
    return known


def _looked_up(found: Findings, name: str, look: Callable[[], T]) -> T | None:
    try:
        return look()
    except Problem as problem:
        if problem.code != "invalid":
            raise
        if not any(one["field"] == name for one in found.faults):
            found.faults.append(fault([name], problem.detail))
        return None


def _asked_for(occasion: Occasion, draft: Draft, found: Findings) -> None:
    rehearsal = isinstance(draft.raw, dict) and draft.raw.get("rehearsal") is True
    if rehearsal and not occasion.kit.settings.rehearsal_allowed:
        found.faults.append(fault(["rehearsal"], "本系统不允许演练件"))


async def _materials(
    connection: AsyncConnection, occasion: Occasion, draft: Draft, found: Findings
) -> None:
    given = draft.form.materials if draft.form else []
    found.uploaded = await materials.find(connection, [one.id for one in given])
    found.faults += material_faults(occasion, given, found.uploaded, found.guide)
    if found.guide is not None:
        found.missing = not_covered(found.guide, {one.requirement for one in given})


def material_faults(
    occasion: Occasion,
    given: Sequence[MaterialForm],
    uploaded: dict[UUID, Uploaded],
    guide: contract.Guide | None,
) -> list[Fault]:
    """Unknown or another's, used already, named twice, of no known requirement, wrong format."""
    wanted = {one.id: one for one in guide.materials} if guide else {}
    faults: list[Fault] = []
    seen: set[UUID] = set()
    for index, one in enumerate(given):
        path: tuple[str | int, ...] = ("materials", index)
        known = uploaded.get(one.id)
        if known is None or known.owner != occasion.caller.sub:
            faults.append(fault((*path, "id"), "没有这份由您上传的材料"))
        elif known.filing_no is not None:
            faults.append(fault((*path, "id"), "这份材料已用于另一收件"))
        elif one.id in seen:
            faults.append(fault((*path, "id"), "同一材料列了两次"))
        seen.add(one.id)
        if guide is None or one.requirement is None:
            continue
        asked = wanted.get(one.requirement)
        if asked is None:
            faults.append(fault((*path, "requirement"), "办事指南中没有这项材料"))
        elif known and FORMATS.get(known.media_type) not in asked.formats:
            taken = "、".join(asked.formats)
            faults.append(fault((*path, "id"), f"这项材料应为以下格式之一：{taken}"))
    return faults


def not_covered(
    guide: contract.Guide, covered: set[str | None]
) -> list[contract.MaterialRequirement]:
    """Required materials nobody handed in."""
    return [one for one in guide.materials if one.required and one.id not in covered]


def place_faults(occasion: Occasion, place: PlaceForm) -> list[Fault]:
    """Exactly one way of saying where; only an officer's word attests."""
    point = place.longitude is not None or place.latitude is not None
    attested = place.attested_inside is not None
    if point and (place.longitude is None or place.latitude is None):
        return [fault(["project", "place"], "经度和纬度须同时给出")]
    if sum([point, place.parcel is not None, attested]) > 1:
        return [fault(["project", "place"], "坐标、宗地号、位置证明只能给出一种")]
    others = (place.attested_by, place.attested_on, place.attestation_paper)
    if not attested and any(other is not None for other in others):
        return [fault(["project", "place", "attested_inside"], "位置证明须说明是否位于园区内")]
    if attested and occasion.caller.kind != "officer":
        return [fault(["project", "place", "attested_inside"], "位置证明只能由窗口人员作出")]
    if attested and place.attested_by not in (None, occasion.caller.sub):
        return [fault(["project", "place", "attested_by"], "位置证明只能以本人名义作出")]
    return []


def public_project(occasion: Occasion, given: ProjectForm) -> intake.Project:
    """The project as competence reads it; an attestation bears the officer's name and the day."""
    values = given.model_dump()
    values["uses"] = tuple(one.value for one in given.uses)
    if given.place.attested_inside is not None:
        values["place"] |= {
            "attested_by": occasion.caller.sub,
            "attested_on": given.place.attested_on or occasion.today,
        }
    return intake.Project.model_validate(values)


def _judge(occasion: Occasion, found: Findings, item: contract.Item, park: str) -> None:
    if found.project is None:
        return
    found.project = judging.with_act(found.project, item)
    found.answer = occasion.catalogue.competence(
        item=item.id, park=park, project=found.project, day=occasion.today
    )
    found.faults += answer_faults(found.answer)
    _may_file(occasion, found)


def answer_faults(answer: Answer) -> list[Fault]:
    """What the applicant must tell first. Problem `catching-up` for a scope nobody can read yet."""
    if isinstance(answer, Granted):
        return []
    if answer.code is RefusalCode.SCOPE_WITHOUT_RULE:
        raise Problem("catching-up", "该事项的实施范围尚无可执行的规则，暂不能判断")
    if answer.code is RefusalCode.ANOTHER_ACT:
        return [fault(["project", "act"], answer.chain[-1].text)]
    if answer.code is RefusalCode.FACTS_MISSING:
        return [_fact_fault(name) for name in answer.missing]
    return []


def _fact_fault(name: str) -> Fault:
    if name in ("place", "boundary"):
        return fault(["project", "place"], "判断是否属于园区权限需要项目位置")
    path = [name] if name in ProjectForm.model_fields else ["facts", name]
    return fault(["project", *path], "判断是否属于园区权限需要此项")


def _may_file(occasion: Occasion, found: Findings) -> None:
    """A window files for its own park, or where its organisation accepts."""
    org = occasion.caller.org
    if org is None or found.park is None or org == found.park.id:
        return
    accepts = found.answer.seats.accepts if isinstance(found.answer, Granted) else None
    if org != accepts:
        raise Problem("not-your-seat", f"本单位不在{found.park.name}收件")
