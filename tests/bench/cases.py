"""Cases to decide: two brought to their state by doing, any number copied from them by SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from law import casenumber
from law.workingday import SHANGHAI
from servicekit.clock import real_now
from servicekit.replica import Replica
from tests.approval.builders import APPROVER, PARK, REVIEWER, SEALER, WINDOW, accepted
from tests.bench.connection import Desk
from tests.bench.stand import Stand
from tests.support.service import Service

INSTANT_ITEM, DIRECT_ITEM = "zg-w3", "zg-26"
INSTANT_SEAL, PARK_SEAL = "zg-xingzheng-shenpi-department", "zg-park-approval"
GROUNDS = {"grounds": "《示例条例》第九条"}
CHUNK = 5_000

_serials = count(10_000_000)


@dataclass(frozen=True, slots=True)
class Template:
    """A case in the state its copies begin in, and who regulates it."""

    no: str
    regulator: str


def numbers(many: int) -> list[str]:
    """Case numbers of today that nobody has yet."""
    today = real_now().astimezone(SHANGHAI).date()
    return [casenumber.make(today, next(_serials)) for _ in range(many)]


async def instant(service: Service) -> Template:
    """Just opened; one officer of the window may decide and seal it in one call."""
    return await _opened(service, INSTANT_ITEM)


async def reviewed(service: Service) -> Template:
    """Reviewed; an approver decides it and another officer seals."""
    made = await _opened(service, DIRECT_ITEM)
    answer = await service.client(officer=REVIEWER).post(
        f"/api/v1/cases/{made.no}/review",
        json={"opinion": "材料齐全", "recommends": "grant"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 200, answer.text
    return made


async def copies(connection: Any, template: Template, many: int) -> list[str]:
    """The numbers of as many new cases, each in the template's state."""
    names = [
        row["attname"]
        for row in await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = '\"case\"'::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attname <> 'no' ORDER BY attnum"
        )
    ]
    columns = ", ".join(f'"{name}"' for name in names)
    taken = ", ".join(f't."{name}"' for name in names)
    made = numbers(many)
    for begin in range(0, many, CHUNK):
        await connection.execute(
            f'INSERT INTO "case" (no, {columns}) SELECT n.no, {taken} FROM "case" AS t'
            " CROSS JOIN unnest($1::text[]) AS n (no) WHERE t.no = $2",
            made[begin : begin + CHUNK],
            template.no,
        )
    return made


@dataclass(frozen=True, slots=True)
class Officers:
    """Desks of those who decide."""

    window: Desk
    approver: Desk
    sealer: Desk

    @classmethod
    def of(cls, stand: Stand) -> "Officers":
        return cls(
            *(
                Desk(stand.token(who, org=PARK, roles=[role]))
                for who, role in ((WINDOW, "window"), (APPROVER, "approver"), (SEALER, "sealer"))
            )
        )

    def decide_and_seal(self, no: str) -> bytes:
        """One call."""
        return self.window.post(f"/api/v1/cases/{no}/approval", {**GROUNDS, "seal": INSTANT_SEAL})

    def decide(self, no: str) -> bytes:
        return self.approver.post(f"/api/v1/cases/{no}/approval", GROUNDS)

    def seal(self, no: str) -> bytes:
        return self.sealer.post(f"/api/v1/cases/{no}/seal", {"seal": PARK_SEAL})


async def _opened(service: Service, item: str) -> Template:
    directory = service.kit.directory
    assert isinstance(directory, Replica)
    catalogue = await directory.refresh()
    (no,) = numbers(1)
    event = accepted(catalogue, item, no=no, accepted_at=service.clock.now() - timedelta(minutes=1))
    await service.receive(event, key=no, sequence=2)
    regulators: Sequence[str] = event.filing.competence.seats.supervises  # type: ignore[union-attr]
    return Template(no, regulators[0])
