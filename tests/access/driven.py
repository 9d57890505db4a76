"""A real case in each service, brought by doing to every state a route is about."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from contracts.approval import Opened
from law.seats import Mode
from services.approval.adapters import tables as approval_tables
from services.catalog.usecases.profiles import load_profile
from tests.access import people
from tests.access.expectations import REGULATOR
from tests.approval import builders
from tests.approval.builders import Power
from tests.approval.office import Office as Approval
from tests.approval.office import open_office
from tests.catalog.conftest import NOON
from tests.catalog.lists import TSV
from tests.intake.builders import a_material, act, file, key
from tests.intake.conftest import monday
from tests.supervision.builders import ISSUED_AT, a_number, an_issued
from tests.supervision.conftest import issue_day_clock
from tests.supervision.office import Case
from tests.supervision.office import Office as Supervision
from tests.support.catalogue import FOLDER
from tests.support.postgres import PostgresServer
from tests.support.service import Service, open_service

Params = dict[str, str]
SECRET = "赣州查无此人机械有限公司"
"""A company's name no outsider may find in an answer."""
POWER = Power()
"""An item whose seats are the walk's."""


@dataclass
class Driven:
    """A service with its cases: state → what fills the path of a route about it."""

    service: Service
    states: dict[str, Params] = field(default_factory=dict)


@asynccontextmanager
async def catalog(server: PostgresServer) -> AsyncIterator[Driven]:
    async with open_service("catalog", server) as service:
        async with service.kit.engine.begin() as connection:
            await load_profile(service.kit, connection, FOLDER, at=NOON)
        await people.introduce(service)
        editor = service.client(officer="zg-xingzheng-shenpi-huang")
        made = await editor.post("/api/v1/imports", files={"file": ("a.tsv", TSV)}, headers=key())
        assert made.status_code == 201, made.text
        yield Driven(service, {"import": {"import_id": made.json()["id"]}})


@asynccontextmanager
async def intake(server: PostgresServer) -> AsyncIterator[Driven]:
    async with open_service("intake", server, clock=monday()) as service:
        await service.learn_catalogue()
        await people.introduce(service)
        await service.learn_catalogue(POWER.objects())
        platform = service.client(system=people.APPLICANT)
        window = service.client(officer="zg-park-chen")
        material = await a_material(platform)
        received = await _filed(service, materials=[{"id": material}])
        asked = await _filed(service)
        notice = {"missing": [{"text": "缺少图纸"}]}
        told = await act(window, asked, "correction-notice", notice)
        assert told.status_code == 200, told.text
        papers = (await platform.get(f"/api/v1/filings/{asked}/documents")).json()
        yield Driven(
            service,
            {
                "received": {"no": received},
                "asked": {"no": asked, "id": papers[0]["id"]},
                "material": {"id": material},
            },
        )


async def _filed(service: Service, **changes: object) -> str:
    client = service.client(system=people.APPLICANT)
    answer = await file(client, item=POWER.item_id, applicant={"name": SECRET}, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["no"])


@asynccontextmanager
async def approval(server: PostgresServer) -> AsyncIterator[Driven]:
    async with open_office(server, builders.MONDAY) as office:
        await people.introduce(office.service)
        yield Driven(office.service, await _cases(office))


async def _cases(office: Approval) -> dict[str, Params]:
    states = {
        "under-review": {"no": await office.opened()},
        "reviewed": {"no": await office.reviewed()},
        "decided": {"no": await office.decided()},
    }
    suspended = await office.opened()
    hearing = {"reason": "听证", "expected_days": 5}
    answer = await office.must(builders.REVIEWER, suspended, "suspensions", hearing)
    states["suspended"] = {"no": suspended, "id": answer["deadlines"]["suspensions"][0]["id"]}
    reported = await office.reviewed(Power(Mode.DIRECT_REPORT, seal_kind="park-approval"))
    states["reported"] = {"no": reported}
    issued = await office.issued()
    papers = await office.service.execute(
        approval_tables.paper.select().where(approval_tables.paper.c.no == issued)
    )
    states["issued"] = {"no": issued, "id": str(papers[0]["id"])}
    feedback = await office.feedback(issued)
    await office.service.receive(feedback, key=issued, aggregate="feedback")
    states["answered"] = {"id": feedback.feedback}
    return states


@asynccontextmanager
async def supervision(server: PostgresServer) -> AsyncIterator[Driven]:
    async with open_service("supervision", server, clock=issue_day_clock()) as service:
        await service.learn_catalogue()
        await people.introduce(service)
        office = Supervision(service)
        pushed, claimed = await _push(office), await _push(office)
        await office.claimed(claimed["id"])
        yield Driven(service, {"pushed": pushed, "claimed": claimed})


async def _push(office: Supervision) -> Params:
    """One decision on the regulator's desk, told as approval tells it: opened, then issued."""
    no = a_number(next(office.serials))
    for sequence, event in enumerate((_opened(no), an_issued(no, REGULATOR)), start=1):
        await office.service.receive(event, key=no, aggregate="case", sequence=sequence)
    return {"no": no, "id": await Case(office, no).push(REGULATOR)}


def _opened(no: str) -> Opened:
    """What approval told when the case began; it names the applicant's side."""
    issued = an_issued(no, REGULATOR)
    return Opened.model_validate(
        issued.model_dump()
        | {
            "source_system": people.APPLICANT,
            "accepted_at": ISSUED_AT,
            "opened_at": ISSUED_AT,
            "promised_due": ISSUED_AT.date(),
            "statutory_due": ISSUED_AT.date(),
        }
    )


SERVICES: dict[str, Callable[[PostgresServer], AbstractAsyncContextManager[Driven]]] = {
    "catalog": catalog,
    "intake": intake,
    "approval": approval,
    "supervision": supervision,
}
