"""Supervision as its users meet it: pushes arrive, officers call."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from contracts import catalog as contract
from contracts.catalog import Person
from eventlog.envelope import Envelope
from tests.supervision.builders import a_number, an_issued
from tests.support.catalogue import organisation, published
from tests.support.service import BASE_URL, Service

REGULATOR = "zg-gongxin"
OTHER = "zg-fagai"
JIAN, CHA, XUN = (f"{REGULATOR}-{name}" for name in ("jian", "cha", "xun"))
OVERSEER = "zg-xingzheng-shenpi-gu"
EIGHT = [f"{REGULATOR}-r{n}" for n in range(1, 9)]
NO_CERTIFICATE = "zg-gongxin-jian"
RETIRED = "zg-gongxin-old"


@dataclass
class Office:
    service: Service
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def pushed(self, *regulators: str, rehearsal: bool = False, **changed: Any) -> "Case":
        """A decision issued to its regulators (the industry bureau when none is named)."""
        no = a_number(next(self.serials), rehearsal=rehearsal)
        event = an_issued(no, *(regulators or (REGULATOR,)), **changed)
        await self.service.receive(event, key=no, aggregate="case", rehearsal=rehearsal)
        return Case(self, no)

    def caller(self, officer: str) -> httpx.AsyncClient:
        if officer not in self._clients:
            self._clients[officer] = (
                self._invented(officer)
                if officer in {*EIGHT, RETIRED}
                else self.service.client(officer=officer)
            )
        return self._clients[officer]

    async def post(
        self,
        officer: str,
        push: str,
        verb: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        match: str | None = None,
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid4())}
        if match is not None:
            headers["If-Match"] = match
        return await self.caller(officer).post(
            f"/api/v1/pushes/{push}/{verb}", json=body, headers=headers
        )

    async def get(self, officer: str, push: str) -> dict[str, Any]:
        answer = await self.caller(officer).get(f"/api/v1/pushes/{push}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def inspected(self, push: str, *, by: str = CHA) -> httpx.Response:
        org = by.rsplit("-", 1)[0]
        return await self.post(
            by, push, "inspections", an_inspection(self.service.clock.now(), org=org)
        )

    async def claimed(self, push: str, *, by: str = CHA) -> None:
        answer = await self.post(by, push, "claim")
        assert answer.status_code == 200, answer.text

    def _invented(self, officer: str) -> httpx.AsyncClient:
        token = self.service.issuer.officer(officer, org=REGULATOR, roles=["regulator"])
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.service.app, raise_app_exceptions=False),
            base_url=BASE_URL,
            headers={"Authorization": f"Bearer {token}"},
        )


@dataclass
class Case:
    office: Office
    no: str

    async def push(self, regulator: str = REGULATOR) -> str:
        """The id of the one push on a regulator's desk."""
        (found,) = await self.pushes(regulator)
        return str(found["id"])

    async def pushes(self, regulator: str) -> list[dict[str, Any]]:
        officer = f"{regulator}-jian"
        answer = await self.office.caller(officer).get(
            "/api/v1/pushes", params={"no": self.no, "regulator": regulator}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def told(self, fact: str | None = None) -> list[Envelope]:
        """Events of this case, in order."""
        type_ = f"supervision.{fact}.v1" if fact else None
        return [one for one in await self.office.service.told(type_) if one.subject == self.no]


def an_inspection(now: datetime, *, org: str = REGULATOR, **changed: Any) -> dict[str, Any]:
    return {
        "inspectors": [f"{org}-cha", f"{org}-xun"],
        "inspected_at": (now - timedelta(minutes=1)).isoformat(),
        "findings": "现场与备案内容一致",
        **changed,
    }


def no_problem(**changed: Any) -> dict[str, Any]:
    return {"result": "no-problem", "summary": "未发现问题", **changed}


def to_rectify(due: str, **changed: Any) -> dict[str, Any]:
    return {
        "result": "rectification",
        "summary": "台账不全",
        "rectification": {"required": "补齐台账", "due": due},
        **changed,
    }


def more_officers() -> tuple[contract.CatalogEvent, ...]:
    """The industry bureau with eight more liaison officers and one who has left."""
    bureau = organisation(REGULATOR)
    assert isinstance(bureau, contract.Organisation)
    eight = [
        Person(id=one, name=f"经办{one[-1]}（示例）", post="监管联络员", roles=("regulator",))
        for one in EIGHT
    ]
    left = Person(
        id=RETIRED,
        name="离任（示例）",
        post="执法人员",
        roles=("inspector",),
        certificate_no="14020000099（示例）",
        valid_to=datetime(2025, 1, 1).date(),  # noqa: DTZ001 - a civil day
    )
    grown = bureau.model_copy(update={"people": (*bureau.people, *eight, left)})
    return published([grown], publication="00000000-0000-7000-8000-0000000000a1")
