"""The decision: its number, its paper's content and hash, and the seal where one hand may do both.

Competence is asked anew on the day; the answer and the catalogue's position are stored with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eventlog.envelope import new_id
from law import decision as law
from law.breach import Breach
from law.decision import Outcome
from law.seats import Step
from law.seats import liability as law_liability
from servicekit import numbers
from servicekit.events import verification_code
from servicekit.papers import SealMark, content_sha256
from services.approval.adapters import published
from services.approval.domain import validity
from services.approval.domain.authority import Asked
from services.approval.domain.case import Case
from services.approval.domain.facts import Act, Decision
from services.approval.domain.state import Action
from services.approval.usecases import power as powers
from services.approval.usecases import sealing, wording
from services.approval.usecases.scene import Scene, Told
from services.approval.usecases.wording import Head

COURT = "有管辖权的人民法院"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the approver says. `remedies` None: the law's own words; `seal`: sealed at once."""

    outcome: Outcome
    grounds: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    remedies: law.Remedies | None = None
    seal: str | None = None


async def decide(scene: Scene, no: str, draft: Draft, *, if_match: str | None) -> Case:
    """Grants or denies; with a seal in the same call `issued` or `denied` is all that is told."""
    action = Action.APPROVE if draft.outcome is Outcome.GRANTED else Action.DENY

    async def do(case: Case, act: Act) -> Told:
        act = scene.renewed(case, act)
        remedies = _remedies(scene, case, draft)
        law.require_complete(
            law.Draft(
                outcome=draft.outcome,
                grounds=draft.grounds,
                reasons=draft.reasons,
                remedies=remedies,
            )
        )
        decision = await _decision(scene, case, act, draft, remedies)
        case.decide(act, decision)
        if draft.seal is None:
            return Told(news=[published.decided(case, decision)])
        by = Asked(case, Action.SEAL, scene.actor, act.power, scene.day).signature()
        sealed = Act(by=by, at=act.at, power=act.power)
        told = sealing.put_authority_seal(scene, case, sealed, draft.seal)
        return told if told.news else Told(news=[published.decided(case, decision)])

    return await scene.perform(no, action, do, if_match=if_match)


async def _decision(
    scene: Scene, case: Case, act: Act, draft: Draft, remedies: law.Remedies | None
) -> Decision:
    made = blank(scene, case, act, draft.outcome, draft.grounds)
    made.reasons = draft.reasons
    made.remedies = (remedies.text,) if remedies else ()
    made.number = await draw(scene, case, "审", "decision", case.seats.decides)
    set_validity(scene, case, made)
    content = wording.decision_content(
        scene.catalogue, case, made, head(scene, made.number, made.code), _planned(scene, case, act)
    )
    made.content, made.content_sha256 = content.as_json(), content_sha256(content)
    return made


def blank(scene: Scene, case: Case, act: Act, outcome: Outcome, grounds: Sequence[str]) -> Decision:
    """A decision without number and paper yet, liability and competence stamped."""
    answering = law_liability(
        case.seats,
        Step.DECISION,
        day=scene.day,
        department=act.power.granted_by,
        transition_until=act.power.transition_until,
    )
    return Decision(
        id=new_id(),
        version=(case.decision.version if case.decision else 0) + 1,
        number="",
        outcome=outcome,
        result_kind=case.result_kind,
        decided_on=scene.day,
        decided_at=act.at,
        decided_by=act.by,
        reviewed_by=case.reviewed_by,
        grounds="；".join(text.strip() for text in grounds if text.strip()),
        reasons=(),
        remedies=(),
        content={},
        content_sha256="",
        code=verification_code(),
        competence=dict(act.power.answer or case.competence),
        liability=powers.liability(scene.catalogue, answering.orgs, answering.reason),
    )


def set_validity(scene: Scene, case: Case, decision: Decision) -> None:
    """A licence holds as long as the pinned guide says."""
    months = scene.catalogue.guide(case.item, case.guide_version).licence_valid_months
    if decision.outcome is Outcome.GRANTED and months:
        decision.valid_from = decision.decided_on
        decision.valid_to = validity.until(decision.decided_on, months)


async def draw(scene: Scene, case: Case, letter: str, kind: str, org: str) -> str:
    """The next 文号 of an authority and civil year; rehearsals count by themselves."""
    rehearsal = ":rehearsal" if case.rehearsal else ""
    serial = await numbers.draw(scene.connection, f"{kind}:{org}:{scene.day.year}{rehearsal}")
    word = wording.word_of(scene.catalogue, org)
    return wording.number(word, letter, scene.day, serial, rehearsal=case.rehearsal)


def head(scene: Scene, number: str, code: str) -> Head:
    """Number, code, day and address of a paper."""
    base = scene.kit.settings.public_url
    return Head(number=number, code=code, dated=scene.day, verify_base=base)


def _planned(scene: Scene, case: Case, act: Act) -> list[SealMark]:
    """The seals the paper is going to bear; one that is lacking now is asked for at the sealing."""
    marks = []
    wanted = [(act.power.seal, case.seats.seals)]
    wanted += [(one.kind, one.org) for one in case.co_seals_on("result")]
    for kind, org in wanted:
        try:
            marks.append(wording.planned_mark(scene.catalogue, kind, org, scene.day))
        except Breach:
            break
    return marks


def _remedies(scene: Scene, case: Case, draft: Draft) -> law.Remedies | None:
    """For a denial: the authority above, and the court (行政复议法第二十四条)."""
    if draft.outcome is Outcome.GRANTED:
        return None
    if draft.remedies is not None:
        return draft.remedies
    found = scene.catalogue.organisations.get(case.seats.decides)
    above = found.parent if found else None
    review_by = scene.catalogue.name_of(above) if above else "有管辖权的行政复议机关"
    return law.Remedies(review_by=review_by, court=COURT)
