"""The competence question (C3): may this park handle this item for this project on this day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from contracts import catalog as contract
from contracts import intake
from law import competence
from law.project import label
from servicekit import access, judging
from servicekit.access import kit_of
from servicekit.replica import Catalogue, Replica
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from services.catalog.adapters import queries

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["权限判断"])
NOT_IN_OUR_DATA = "资料中没有（not in our data）"


class AskedProject(intake.Project):
    """What is known of the project; every fact may be left out, and none is guessed."""

    model_config = ConfigDict(extra="forbid")
    name: str = ""
    place: intake.Place = Field(default_factory=intake.Place)


class Question(BaseModel):
    """`day` None asks for today (Asia/Shanghai)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "item": "zg-03",
                    "park": "zg-park",
                    "day": "2026-03-02",
                    "project": {
                        "place": {"longitude": 115.0, "latitude": 25.8},
                        "uses": ["industrial"],
                        "coal_tce": "999.99",
                        "electricity_wan_kwh": "499.99",
                    },
                }
            ]
        },
    )
    item: str
    park: str
    project: AskedProject = Field(default_factory=AskedProject)
    day: date | None = None


class Named(BaseModel):
    """An organisation with its name for people."""

    id: str
    name: str


class Link(BaseModel):
    """One reason of the chain; `holds` null: not known. `mark`: 示例 or 推定, not law."""

    text: str
    holds: bool | None
    source: str
    mark: str | None


class MissingFact(BaseModel):
    """A fact that would settle what is not known."""

    fact: str
    label: str


class Judged(BaseModel):
    """`granted` false carries the code, the right authority or that our data has none.

    `catalog_position`: the state of the catalogue this was judged on.
    """

    granted: bool
    item: Named
    park: Named
    day: date
    code: str | None = None
    act: str | None = None
    result_kind: contract.ResultKind | None = None
    mode: contract.Mode | None = None
    delegation: str | None = None
    period: int | None = None
    seats: contract.Seats | None = None
    agreement: str | None = None
    seal_kind: str | None = None
    guide_version: int | None = None
    liability: str | None = None
    liable: list[Named] = []
    supervises: list[Named] = []
    push_limit_days: int | None = None
    right_authority: Named | None = None
    right_authority_text: str | None = None
    missing: list[MissingFact] = []
    sibling: str | None = None
    chain: list[Link]
    sources: list[str]
    marks: list[str]
    catalog_position: int


def replica_of(request: Request) -> Replica:
    """The catalogue as the law reads it, from the published states."""
    replica: Replica = request.app.state.replica
    return replica


@router.post("/competence", response_model=Judged, summary="权限判断")
async def ask(
    request: Request,
    question: Question,
    caller: Annotated[Caller, Depends(access.signed_in())],
    replica: Annotated[Replica, Depends(replica_of)],
) -> Judged:
    """200 with granted true or false and the chain of reasons; nothing is stored."""
    del caller
    kit = kit_of(request)
    catalogue = await replica.current()
    day = question.day or kit.clock.today()
    answer = catalogue.competence(
        item=question.item, park=question.park, project=question.project, day=day
    )
    async with kit.reading() as connection:
        position = await queries.position(connection)
    told = {**_always(catalogue, question, answer), "day": day, "catalog_position": position}
    if isinstance(answer, competence.Granted):
        return Judged(**told, **_granted(catalogue, question, answer))
    return Judged(**told, **_refused(catalogue, answer))


def _always(catalogue: Catalogue, question: Question, answer: competence.Answer) -> dict[str, Any]:
    return {
        "granted": isinstance(answer, competence.Granted),
        "item": Named(id=answer.item, name=catalogue.item(question.item).name),
        "park": _named(catalogue, answer.park),
        "chain": [
            Link(text=one.text, holds=one.holds, source=one.source, mark=one.mark)
            for one in answer.chain
        ],
        "sources": list(answer.sources),
        "marks": list(answer.marks),
    }


def _granted(
    catalogue: Catalogue, question: Question, answer: competence.Granted
) -> dict[str, Any]:
    item = catalogue.item(question.item)
    guide = catalogue.guide_on(item.id, answer.day)
    act = judging.with_act(question.project, item).act
    return {
        "act": act,
        "result_kind": judging.result_kind(item, act),
        "mode": answer.mode.value,
        "delegation": answer.delegation,
        "period": answer.period,
        "seats": judging.public_seats(answer.seats),
        "agreement": answer.agreement.no if answer.agreement else None,
        "seal_kind": answer.seal.value,
        "guide_version": guide.guide_version if guide else None,
        "liability": answer.liability.reason,
        "liable": [_named(catalogue, org) for org in answer.liability.orgs],
        "supervises": [_named(catalogue, org) for org in answer.supervises],
        "push_limit_days": answer.push_limit_days,
    }


def _refused(catalogue: Catalogue, answer: competence.Refused) -> dict[str, Any]:
    right = answer.right_authority
    named = _named(catalogue, right) if right else None
    return {
        "code": answer.code.value,
        "right_authority": named,
        "right_authority_text": named.name if named else NOT_IN_OUR_DATA,
        "missing": [MissingFact(fact=name, label=label(name)) for name in answer.missing],
        "sibling": answer.sibling,
    }


def _named(catalogue: Catalogue, org: str) -> Named:
    return Named(id=org, name=catalogue.name_of(org))
