"""Special procedures and the one extension: the clock moves only by a written notice."""

from dataclasses import dataclass

from contracts import approval
from eventlog.envelope import new_id
from law import clock
from law.clock import PauseReason
from servicekit import papers
from servicekit.events import verification_code
from servicekit.problems import Problem
from services.approval.adapters import published
from services.approval.domain.case import Case
from services.approval.domain.facts import Act, Prolongation, Suspension
from services.approval.domain.state import Action
from services.approval.usecases import deciding, wording
from services.approval.usecases.scene import Scene, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A special procedure as asked for. `expected_days` in the guide's unit."""

    reason: PauseReason
    expected_days: int


async def suspend(scene: Scene, no: str, special: Special, *, if_match: str | None) -> Case:
    """行政许可法第四十五条: the notice is drawn up with the pause, never after it."""

    async def do(case: Case, act: Act) -> Told:
        org = act.by.acting_for or act.by.org
        mark = wording.notice_mark(scene.catalogue, case, act.power, org, scene.day)
        new = Suspension(
            id=str(new_id()),
            reason=special.reason,
            notice_no=await deciding.draw(scene, case, "特告", "suspension", org),
            expected_days=special.expected_days,
            from_day=scene.day,
        )
        case.suspend(act, new, scene.calendar)
        head = deciding.head(scene, new.notice_no, verification_code())
        content = wording.suspension_content(
            scene.catalogue, case, new, head, authority=org, seal=mark
        )
        told = approval.Suspended(
            no=no,
            viewers=case.viewers,
            suspension=new.id,
            reason=new.reason.value,
            expected_days=new.expected_days,
            notice_no=new.notice_no,
            by=published.officer(act.by),
            suspended_at=act.at,
        )
        return Told(news=[told], papers=[_notice(case, content)])

    return await scene.perform(no, Action.SUSPEND, do, if_match=if_match)


async def resume(scene: Scene, no: str, suspension: str, *, if_match: str | None) -> Case:
    """The special procedure is over; its days stay off the clock, at most those announced."""

    async def do(case: Case, act: Act) -> Told:
        running = case.deadlines.running
        if running is None or running.id != suspension:
            raise Problem("not-found", f"本件没有正在进行的特别程序 {suspension}")
        case.resume(act, day=scene.day)
        told = approval.Resumed(
            no=no,
            viewers=case.viewers,
            suspension=suspension,
            by=published.officer(act.by),
            resumed_at=act.at,
            promised_due=clock.due(case.deadlines.promised(), scene.calendar).day,
            statutory_due=clock.due(case.deadlines.statutory(), scene.calendar).day,
        )
        return Told(news=[told])

    return await scene.perform(no, Action.RESUME, do, if_match=if_match)


async def extend(scene: Scene, no: str, *, days: int, reason: str, if_match: str | None) -> Case:
    """行政许可法第四十二条, with 延期通知书."""

    async def do(case: Case, act: Act) -> Told:
        org = case.seats.decides
        mark = wording.notice_mark(scene.catalogue, case, act.power, org, scene.day)
        new = Prolongation(
            days=days,
            reason=reason,
            approved_by=act.by.id,
            notified_on=scene.day,
            notice_no=await deciding.draw(scene, case, "延", "extension", org),
        )
        case.extend(act, new, scene.calendar)
        due = clock.due(case.deadlines.statutory(), scene.calendar).day
        head = deciding.head(scene, new.notice_no, verification_code())
        content = wording.extension_content(scene.catalogue, case, new, head, seal=mark, due=due)
        told = approval.Extended(
            no=no,
            viewers=case.viewers,
            days=days,
            reason=reason,
            approved_by=published.officer(act.by),
            notice_no=new.notice_no,
            extended_at=act.at,
            promised_due=clock.due(case.deadlines.promised(), scene.calendar).day,
            statutory_due=due,
        )
        return Told(news=[told], papers=[_notice(case, content)])

    return await scene.perform(no, Action.EXTEND, do, if_match=if_match)


def _notice(case: Case, content: papers.PaperContent) -> dict[str, object]:
    return papers.values(
        id=new_id(),
        no=case.no,
        content=content,
        viewers=case.viewers,
        source_system=case.source_system,
    )
