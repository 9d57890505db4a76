"""Everybody who may knock: officers of every organisation by role, systems, strangers, nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx

from contracts import catalog
from contracts.catalog import Organisation, Person
from servicekit.access import OFFICER_ROLES, Rule
from tests.support.catalogue import organisation, published, zhanggong
from tests.support.service import BASE_URL, Service

APPLICANT, OTHER_SYSTEM = "ywtb", "another-platform"
ELSEWHERE, NEWCOMER = "zg-elsewhere", "zg-park-nobody-knows"


@dataclass(frozen=True)
class Someone:
    """`roles` are what the token says *and* the catalogue gives; a system has none."""

    id: str
    org: str | None
    roles: frozenset[str]
    scope: str = ""

    @property
    def name(self) -> str:
        return f"{self.id}({'+'.join(sorted(self.roles)) or self.scope or 'no token'})"

    def passes(self, rule: Rule) -> bool:
        """Whether the route's rule lets them as far as the seat."""
        if "public" in rule.kinds:
            return True
        if self is UNKNOWN:
            return False
        if "signed-in" in rule.kinds:
            return self is not NOBODY
        if self.scope:
            internal = "internal" in rule.kinds and "internal" in self.scope
            return internal or (
                "system" in rule.kinds and (rule.scope is None or rule.scope in self.scope.split())
            )
        named = not rule.roles or bool(rule.roles & self.roles)
        return self.org is not None and "officer" in rule.kinds and named


NOBODY = Someone("nobody", None, frozenset())
SYSTEMS = (
    Someone(APPLICANT, None, frozenset(), "filings:write filings:read"),
    Someone(OTHER_SYSTEM, None, frozenset(), "filings:write filings:read"),
)


UNKNOWN = Someone(NEWCOMER, "zg-park", OFFICER_ROLES)
"""A good token naming the park and every role; the catalogue has no such officer."""


def everybody() -> list[Someone]:
    return [NOBODY, *SYSTEMS, UNKNOWN, *_officers()]


def _officers() -> Iterator[Someone]:
    """One officer for each role of each organisation, and one of another place with each role."""
    for known in (*zhanggong(), elsewhere()):
        if not isinstance(known, Organisation):
            continue
        taken: set[str] = set()
        for person in known.people:
            if set(person.roles) - taken:
                taken |= set(person.roles)
                yield Someone(person.id, known.id, frozenset(person.roles))


def elsewhere() -> Organisation:
    """An organisation beside Zhanggong's, staffed for every role: only the seat keeps it out."""
    park = organisation("zg-park")
    assert isinstance(park, Organisation)
    staff = tuple(
        Person(id=f"{ELSEWHERE}-{role}", name=f"外地{role}（示例）", post="示例", roles=(role,))
        for role in sorted(OFFICER_ROLES)
    )
    return park.model_copy(
        update={"id": ELSEWHERE, "name": "另一园区管委会（示例）", "people": staff, "parent": None}
    )


async def introduce(service: Service) -> None:
    """Lets the service's catalogue know the organisation from elsewhere."""
    made: list[catalog.CatalogEvent] = [elsewhere()]
    await service.learn_catalogue(published(made, publication=str(uuid4())))


def client(service: Service, who: Someone) -> httpx.AsyncClient:
    """With a token of the test issuer; nobody has none."""
    headers = {}
    if who.scope:
        token = service.issuer.system(who.id, scope=who.scope)
        headers["Authorization"] = f"Bearer {token}"
    elif who is not NOBODY:
        token = service.issuer.officer(who.id, org=who.org or "", roles=sorted(who.roles))
        headers["Authorization"] = f"Bearer {token}"
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app, raise_app_exceptions=False),
        base_url=BASE_URL,
        headers=headers,
    )
