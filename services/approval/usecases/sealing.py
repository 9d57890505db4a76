"""Seals: the co-seal on the report, the authority's own, the co-seal on the result.

Each is checked by the power used, the organisation and the day; the paper's content is what stands
under it, and its hash changes when another seal than the planned one is put.
"""

from law.seals import SealKind, require_seal
from law.seats import Step
from servicekit import papers
from servicekit.papers import PaperContent, SealMark, content_sha256
from servicekit.problems import Problem
from services.approval.adapters import published
from services.approval.domain.authority import next_co_seal
from services.approval.domain.case import Case, sealed_step
from services.approval.domain.facts import Act, SealUse
from services.approval.domain.state import Action, Status
from services.approval.usecases import wording
from services.approval.usecases.scene import Scene, Told


async def seal(
    scene: Scene, no: str, *, seal: str, content_sha256: str | None, if_match: str | None
) -> Case:
    """Whichever seal the case waits for. `content_sha256`: what the officer saw in the preview."""

    async def do(case: Case, act: Act) -> Told:
        step = sealed_step(case)
        if step is Step.REPORT_CO_SEAL:
            case.seal_report(act, _co_seal(scene, case, act, seal))
            return Told()
        act = scene.renewed(case, act)
        if step is Step.SEAL:
            return put_authority_seal(scene, case, act, seal, previewed=content_sha256)
        case.put_co_seal(act, _co_seal(scene, case, act, seal))
        return _settle(scene, case, act, previewed=content_sha256)

    return await scene.perform(no, Action.SEAL, do, if_match=if_match)


def put_authority_seal(
    scene: Scene, case: Case, act: Act, seal: str, *, previewed: str | None = None
) -> Told:
    """The seal of the power, by whoever sits in *seals* or acts there by a named paper."""
    case.put_seal(act, _use(scene, act, seal, act.power.seal, case.seats.seals))
    return _settle(scene, case, act, previewed=previewed)


def preview(scene: Scene, case: Case, kind: SealKind) -> PaperContent:
    """The paper exactly as the next seals would make it. Raises WrongSeal, RetiredSeal."""
    decision = case.standing_decision()
    marks = _put(scene, case) or [
        wording.planned_mark(scene.catalogue, kind, case.seats.seals, scene.day)
    ]
    return wording.with_seals(
        PaperContent.read(decision.content), [*marks, *_awaited(scene, case, len(marks) - 1)]
    )


def _co_seal(scene: Scene, case: Case, act: Act, seal: str) -> SealUse:
    plan = next_co_seal(case)
    if plan is None:
        msg = f"case {case.no} waits for no co-seal"
        raise ValueError(msg)
    return _use(scene, act, seal, plan.kind, plan.org)


def _use(scene: Scene, act: Act, seal: str, kind: SealKind, org: str) -> SealUse:
    found, mark = wording.seal_of(scene.catalogue, seal)
    require_seal(found, kind=kind, org=org, day=scene.day)
    return SealUse(seal=found.id, name=mark.name, org=found.org, by=act.by, at=act.at)


def _settle(scene: Scene, case: Case, act: Act, *, previewed: str | None) -> Told:
    """Content and hash with the seals that stand; the paper once the last one does."""
    decision = case.standing_decision()
    if not decision.outside:
        marks = _put(scene, case)
        content = wording.with_seals(
            PaperContent.read(decision.content), [*marks, *_awaited(scene, case, len(marks) - 1)]
        )
        decision.content, decision.content_sha256 = content.as_json(), content_sha256(content)
    if previewed is not None and previewed != decision.content_sha256:
        raise Problem("changed-meanwhile", "待用印的文书与预览时不同，请重新预览")
    if case.status is Status.AWAITING_CO_SEAL:
        return Told()
    return Told(news=published.after_seal(case, act), papers=_paper(case))


def _put(scene: Scene, case: Case) -> list[SealMark]:
    """The seals that stand already, the authority's own first."""
    decision = case.standing_decision()
    uses = [decision.sealed_by, *decision.co_seals] if decision.sealed_by else []
    return [wording.seal_of(scene.catalogue, use.seal)[1] for use in uses if use and use.seal]


def _awaited(scene: Scene, case: Case, stand: int) -> list[SealMark]:
    left = case.co_seals_on("result")[max(stand, 0) :]
    return [wording.co_seal_mark(scene.catalogue, plan, scene.day) for plan in left]


def _paper(case: Case) -> list[dict[str, object]]:
    decision = case.standing_decision()
    if decision.outside:
        return []
    return [
        papers.values(
            id=decision.id,
            no=case.no,
            content=PaperContent.read(decision.content),
            viewers=case.viewers,
            source_system=case.source_system,
        )
    ]
