"""Review, and the way back to it."""

from contracts import approval
from services.approval.adapters import published
from services.approval.domain.case import Case
from services.approval.domain.facts import Act
from services.approval.domain.state import Action
from services.approval.usecases.scene import Scene, Told


async def review(
    scene: Scene, no: str, *, opinion: str, recommends: str, if_match: str | None
) -> Case:
    """The reviewer's opinion goes to whoever decides."""

    async def do(case: Case, act: Act) -> Told:
        case.review(act, opinion=opinion, recommends=recommends)
        told = approval.Reviewed.model_validate(
            {
                "no": no,
                "viewers": case.viewers,
                "opinion": opinion,
                "recommends": recommends,
                "by": published.officer(act.by),
                "reviewed_at": act.at,
            }
        )
        return Told(news=[told])

    return await scene.perform(no, Action.REVIEW, do, if_match=if_match)


async def put_back(scene: Scene, no: str, *, reason: str, if_match: str | None) -> Case:
    """Back to the reviewer."""

    async def do(case: Case, act: Act) -> Told:
        case.put_back(act, reason=reason)
        told = approval.Returned(
            no=no,
            viewers=case.viewers,
            reason=reason,
            by=published.officer(act.by),
            returned_at=act.at,
        )
        return Told(news=[told])

    return await scene.perform(no, Action.RETURN, do, if_match=if_match)
