"""A running approval as tests use it: officers act, events come in, what was told is read."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from contracts import catalog
from contracts.approval import Issued
from contracts.shape import Officer
from contracts.supervision import Feedback
from eventlog.envelope import Envelope
from servicekit.clock import Clock, real_now
from servicekit.replica import Catalogue, Replica
from tests.approval.builders import (
    APPROVER,
    PARK_SEAL,
    REGULATOR,
    REVIEWER,
    SEALER,
    SYSTEM,
    Power,
    accepted,
    outside_authorities,
)
from tests.support.postgres import PostgresServer
from tests.support.service import Service, open_service


@dataclass
class Office:
    """One approval service. `do` answers the response, `must` the body of a 200."""

    service: Service
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def client(self, who: str) -> httpx.AsyncClient:
        """An officer of the profile, or a system client when the id is one."""
        if who not in self._clients:
            self._clients[who] = (
                self.service.client(system=who)
                if who in {SYSTEM, "other-system"}
                else self.service.client(officer=who)
            )
        return self._clients[who]

    async def do(
        self, who: str, no: str, verb: str, body: dict[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        """One verb on a case under a fresh key."""
        return await self.client(who).post(
            f"/api/v1/cases/{no}/{verb}",
            json=body or {},
            headers={"Idempotency-Key": str(uuid4()), **headers},
        )

    async def must(
        self, who: str, no: str, verb: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = await self.do(who, no, verb, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, who: str, no: str) -> dict[str, Any]:
        answer = await self.client(who).get(f"/api/v1/cases/{no}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def catalogue(self) -> Catalogue:
        directory = self.service.kit.directory
        assert isinstance(directory, Replica)
        return await directory.refresh()

    async def learn(self, power: Power, *periods: catalog.Period) -> None:
        await self.service.learn_catalogue(power.objects(*periods))

    async def opened(self, item: str | Power | None = None, **given: Any) -> str:
        """The number of a case just opened; a power of its own unless an item is named."""
        if item is None or isinstance(item, Power):
            power = item or Power()
            if not power.version:
                await self.learn(power)
            item = power.item_id
        rehearsal = given.pop("rehearsal", False)
        event = accepted(await self.catalogue(), item, **given)
        await self.service.receive(event, key=event.filing.no, sequence=2, rehearsal=rehearsal)
        return event.filing.no

    async def reviewed(
        self, item: str | Power | None = None, *, by: str = REVIEWER, **given: Any
    ) -> str:
        no = await self.opened(item, **given)
        await self.must(by, no, "review", {"opinion": "材料齐全，符合条件", "recommends": "grant"})
        return no

    async def decided(self, item: str | Power | None = None, **given: Any) -> str:
        no = await self.reviewed(item, **given)
        await self.must(APPROVER, no, "approval", {"grounds": "《示例条例》第九条"})
        return no

    async def issued(self, item: str | Power | None = None, **given: Any) -> str:
        no = await self.decided(item, **given)
        await self.must(SEALER, no, "seal", {"seal": PARK_SEAL})
        return no

    async def told(self, no: str, type_: str | None = None) -> list[Envelope]:
        return [one for one in await self.service.told(type_) if one.subject == no]

    async def types(self, no: str) -> list[str]:
        return [one.type for one in await self.told(no)]

    async def feedback(self, no: str, **changes: Any) -> Feedback:
        """What a regulator would tell of an issued case."""
        issued = Issued.model_validate((await self.told(no, Issued.TYPE))[0].data)
        return Feedback.model_validate(
            {
                "no": no,
                "push": str(uuid4()),
                "regulator": REGULATOR,
                "viewers": (),
                "feedback": str(uuid4()),
                "result": "no-problem",
                "summary": "现场检查未发现问题",
                "by": Officer(id="zg-gongxin-cha", name="查", org=REGULATOR, role="inspector"),
                "given_at": self.service.clock.now(),
                "decision_no": issued.decision.no,
                **changes,
            }
        )


@asynccontextmanager
async def open_office(server: PostgresServer, moment: datetime) -> Any:
    """Approval with Zhanggong's catalogue and two authorities above it, at a business moment."""
    clock = Clock(moment - real_now())
    async with open_service("approval", server, clock=clock) as service:
        await service.learn_catalogue()
        await service.learn_catalogue(outside_authorities())
        yield Office(service)
