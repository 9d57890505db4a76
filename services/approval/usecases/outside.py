"""A decision made outside the system (审批直报): recorded by the named recorder with its paper."""

from dataclasses import dataclass
from datetime import date

from eventlog.envelope import new_id
from law.decision import Outcome
from law.workingday import civil_day
from servicekit import files, papers
from servicekit.papers import content_sha256
from servicekit.problems import Problem
from services.approval.adapters import published
from services.approval.adapters.documents import document_ready
from services.approval.domain.case import Case
from services.approval.domain.facts import Act, SealUse
from services.approval.domain.state import Action
from services.approval.usecases import deciding, wording
from services.approval.usecases.scene import Scene, Told

ORIGINAL_SEAL = "原件用印"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The decision as its authority made it. `name`, `content`: the paper handed in."""

    outcome: Outcome
    number: str
    decided_on: date
    grounds: tuple[str, ...]
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    name: str
    content: bytes


async def record(scene: Scene, no: str, original: Original, *, if_match: str | None) -> Case:
    """Stores the paper, the record bound to its hash, and tells what sealing would tell."""

    async def do(case: Case, act: Act) -> Told:
        act = scene.renewed(case, act)
        _check_days(scene, case, original)
        stored = await _store(scene, original)
        decision = deciding.blank(scene, case, act, original.outcome, original.grounds)
        decision.number, decision.outside = original.number, True
        decision.decided_on = original.decided_on
        decision.reasons, decision.remedies = original.reasons, original.remedies
        decision.valid_from, decision.valid_to = original.valid_from, original.valid_to
        head = deciding.head(scene, decision.number, decision.code)
        content = wording.outside_content(
            scene.catalogue, case, decision, head, file_sha256=stored.sha256
        )
        decision.content, decision.content_sha256 = content.as_json(), content_sha256(content)
        use = SealUse(seal="", name=ORIGINAL_SEAL, org=case.seats.decides, by=act.by, at=act.at)
        case.record_outside(act, decision, use)
        row = papers.values(
            id=decision.id,
            no=no,
            content=content,
            viewers=case.viewers,
            source_system=case.source_system,
        )
        ready = document_ready(row, file_sha256=stored.sha256)
        news = published.after_seal(case, act) or [published.decided(case, decision)]
        return Told(news=[*news, ready], papers=[{**row, "file_id": stored.id}])

    return await scene.perform(no, Action.RECORD_OUTSIDE, do, if_match=if_match)


def _check_days(scene: Scene, case: Case, original: Original) -> None:
    if not civil_day(case.accepted_at) <= original.decided_on <= scene.day:
        raise _invalid("decided_on", "决定日期应在受理之后、今日之前")
    if original.valid_from and original.valid_to and original.valid_to < original.valid_from:
        raise _invalid("valid_to", "有效期的结束日早于开始日")


async def _store(scene: Scene, original: Original) -> files.Stored:
    try:
        media_type = files.media_type_of(original.content, original.name)
    except files.FileTypeUnknown as error:
        raise _invalid("paper", "附件不是可识别的文书格式") from error
    if media_type != "application/pdf":
        raise _invalid("paper", "上级决定的原件请以 PDF 提交")
    return await files.put(
        scene.connection,
        scene.kit.own,
        scene.kit.vault,
        file=new_id(),
        name=original.name,
        media_type=media_type,
        content=original.content,
        owner=scene.kit.name,
    )


def _invalid(field: str, message: str) -> Problem:
    return Problem("invalid", message, errors=[{"field": field, "message": message}])
