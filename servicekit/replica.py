"""Each service's own copy of the catalogue, fed by `catalog.v1`, and the law asked on it.

A publication over several keys is applied in one transaction: its objects wait in
`catalog_pending` until the last of them is here, or until the next publication begins (compaction
may have taken some away; the catalogue publishes one at a time). Until the first complete replay a
service answers 503 `catching-up`.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts import catalog as contract
from eventlog.consumer import Handler
from eventlog.envelope import Envelope
from law import competence, workingday
from law.delegation import Delegation, Item
from law.place import Boundary
from servicekit import judging
from servicekit.events import unfit
from servicekit.problems import Problem
from servicekit.tables import KitTables

FRESH_S = 0.3
"""How old the copy in memory may be; the copy in the database is as new as the consumer."""


@dataclass(frozen=True)
class Catalogue:
    """One consistent state of the catalogue. Objects are contract models by id."""

    position: int
    items: dict[str, contract.Item] = field(default_factory=dict)
    guides: dict[str, dict[int, contract.Guide]] = field(default_factory=dict)
    delegations: dict[str, contract.Delegation] = field(default_factory=dict)
    organisations: dict[str, contract.Organisation] = field(default_factory=dict)
    calendars: dict[str, contract.Calendar] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    """Keys set aside by a dead letter: what they touch answers 503."""

    def item(self, item: str) -> contract.Item:
        """Problem `invalid` for an id the catalogue does not know."""
        self._not_held(f"item:{item}")
        found = self.items.get(item)
        if found is None:
            raise Problem(
                "invalid",
                f"目录中没有事项 {item}",
                errors=[{"field": "item", "message": "目录中没有此事项"}],
                next_step="请用 GET /api/v1/items 查询事项编号",
            )
        return found

    def organisation(self, org: str) -> contract.Organisation:
        """Problem `invalid` for an id the catalogue does not know."""
        self._not_held(f"organisation:{org}")
        found = self.organisations.get(org)
        if found is None:
            raise Problem(
                "invalid",
                f"目录中没有机构 {org}",
                errors=[{"field": "park", "message": "目录中没有此机构"}],
                next_step="请用 GET /api/v1/organisations 查询机构编号",
            )
        return found

    def name_of(self, org: str) -> str:
        """The organisation's name for people; its id where the catalogue has none."""
        found = self.organisations.get(org)
        return found.name if found else org

    def guide(self, item: str, version: int) -> contract.Guide:
        """The pinned guide of a case."""
        return self.guides[item][version]

    def guide_on(self, item: str, day: date) -> contract.Guide | None:
        """The guide in force that day: the newest whose time has come."""
        valid = [
            guide
            for guide in self.guides.get(item, {}).values()
            if guide.valid_from <= day and (guide.valid_to is None or day <= guide.valid_to)
        ]
        return max(valid, key=lambda guide: guide.guide_version, default=None)

    def calendar(self, place: str = "china") -> workingday.Calendar:
        """The working days; Problem `catching-up` while none is here."""
        self._not_held(f"calendar:{place}")
        found = self.law_calendars.get(place)
        if found is None:
            raise Problem("catching-up", "工作日历尚未同步")
        return found

    def officer(self, org: str, sub: str) -> contract.Person | None:
        """The officer of an organisation by the token's `sub`."""
        found = self.organisations.get(org)
        if found is None:
            return None
        return next((person for person in found.people if person.id == sub), None)

    def overseer(self, org: str) -> str | None:
        """Who oversees an organisation: its own entry, or the nearest parent's."""
        seen: set[str] = set()
        current: str | None = org
        while current and current not in seen:
            seen.add(current)
            found = self.organisations.get(current)
            if found is None:
                return None
            if found.overseer:
                return found.overseer
            current = found.parent
        return None

    def below(self, org: str) -> frozenset[str]:
        """Every organisation beneath one, at any depth."""
        found: set[str] = set()
        layer = {org}
        while layer:
            layer = (
                {one.id for one in self.organisations.values() if one.parent in layer}
                - found
                - {org}
            )
            found |= layer
        return frozenset(found)

    def viewers(self, seats: contract.Seats, park: str) -> list[str]:
        """Organisations now in the seats, the park, and their overseer; sorted."""
        orgs = {park, seats.accepts, seats.reviews, seats.decides, seats.seals, seats.answers}
        orgs |= set(seats.supervises)
        orgs |= {o for o in (self.overseer(org) for org in [park, *sorted(orgs)]) if o}
        return sorted(orgs)

    def competence(
        self, *, item: str, park: str, project: judging.ProjectFacts, day: date
    ) -> competence.Answer:
        """law.competence.decide on this catalogue. 503 where held law would be needed."""
        known = self.item(item)
        self.organisation(park)
        for key in (f"delegation:{item}:{park}", f"organisation:{park}"):
            self._not_held(key)
        return competence.decide(
            item=self.law_items[known.id],
            project=judging.project(judging.with_act(project, known), park=park),
            park=park,
            day=day,
            delegations=[self.law_delegations[key] for key in sorted(self.law_delegations)],
            boundaries=self.law_boundaries,
            siblings=[self.law_items[i] for i in known.siblings if i in self.law_items],
        )

    def _not_held(self, key: str) -> None:
        if key in self.held:
            raise Problem("catching-up", f"目录对象 {key} 正待处理，暂不作判断")

    @cached_property
    def law_items(self) -> dict[str, Item]:
        """Items as the law package reads them."""
        return {
            item.id: judging.item(item, self.delegations.values(), self.guides.get(item.id, {}))
            for item in self.items.values()
        }

    @cached_property
    def law_delegations(self) -> dict[str, Delegation]:
        """Delegations as the law package reads them."""
        return {key: judging.delegation(value) for key, value in self.delegations.items()}

    @cached_property
    def law_boundaries(self) -> tuple[Boundary, ...]:
        """Every version of every park's line."""
        return tuple(
            boundary for org in self.organisations.values() for boundary in judging.boundaries(org)
        )

    @cached_property
    def law_calendars(self) -> dict[str, workingday.Calendar]:
        """Working-day calendars by place."""
        return {key: judging.calendar(value) for key, value in self.calendars.items()}


def assemble(
    objects: list[tuple[str, dict[str, Any]]], *, position: int, held: frozenset[str] = frozenset()
) -> Catalogue:
    """A Catalogue from (kind, body) pairs, as stored or as a publisher is about to send them."""
    made = Catalogue(position=position, held=held)
    shelves: dict[str, Any] = {
        "item": made.items,
        "delegation": made.delegations,
        "organisation": made.organisations,
        "calendar": made.calendars,
    }
    for kind, body in objects:
        model = contract.KINDS[kind].model_validate(body)
        if isinstance(model, contract.Guide):
            made.guides.setdefault(model.item, {})[model.guide_version] = model
        else:
            shelves[kind][model.id] = model  # type: ignore[attr-defined]
    return made


class Replica:
    """The service's copy, kept in memory between changes. Also its directory of officers."""

    def __init__(self, engine: AsyncEngine, tables: KitTables) -> None:
        self._engine = engine
        self._tables = tables
        self._copy: Catalogue | None = None
        self._changes = -1
        self._checked = float("-inf")
        self._lock = asyncio.Lock()

    async def current(self) -> Catalogue:
        """The catalogue, at most FRESH_S older than the database; Problem `catching-up`."""
        if self._copy is not None and time.monotonic() - self._checked < FRESH_S:
            return self._copy
        async with self._lock:
            if self._copy is None or time.monotonic() - self._checked >= FRESH_S:
                await self._refresh()
        if self._copy is None:
            raise Problem("catching-up", "目录数据尚未完成首次同步")
        return self._copy

    async def refresh(self) -> Catalogue:
        """The catalogue as the database has it now."""
        self._checked = float("-inf")
        return await self.current()

    async def roles(self, org: str, sub: str) -> frozenset[str] | None:
        """Roles the catalogue gives an officer today."""
        person = (await self.current()).officer(org, sub)
        return frozenset(person.roles) if person else None

    async def below(self, org: str) -> frozenset[str]:
        """Organisations whose parents lead to `org`; none before the first replay."""
        try:
            return (await self.current()).below(org)
        except Problem:
            return frozenset()

    async def _refresh(self) -> None:
        state = self._tables.catalog_state
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(
                    select(state.c.position, state.c.complete, state.c.changes)
                )
            ).one()
            held = await self._held(connection)
            unchanged = self._copy is not None and (
                row.changes == self._changes and held == self._copy.held
            )
            if row.complete and not unchanged:
                self._copy = await self._load(connection, row.position, held)
                self._changes = row.changes
        self._checked = time.monotonic()

    async def _held(self, connection: AsyncConnection) -> frozenset[str]:
        rows = await connection.execute(
            text("SELECT key FROM hold WHERE topic = :topic"), {"topic": contract.TOPIC}
        )
        return frozenset(row.key for row in rows)

    async def _load(
        self, connection: AsyncConnection, position: int, held: frozenset[str]
    ) -> Catalogue:
        table = self._tables.catalog_object
        rows = await connection.execute(select(table.c.kind, table.c.body))
        return assemble([(row.kind, row.body) for row in rows], position=position, held=held)


def handlers(tables: KitTables) -> dict[str, Handler]:
    """Event type → handler, for a service's consumer."""

    async def apply(connection: AsyncConnection, envelope: Envelope) -> None:
        await _apply(connection, tables, envelope)

    return {model.TYPE: apply for model in contract.KINDS.values()}


async def _apply(connection: AsyncConnection, tables: KitTables, envelope: Envelope) -> None:
    kind = envelope.type.split(".")[1]
    try:
        event = contract.KINDS[kind].model_validate(envelope.data)
    except ValidationError as error:
        raise unfit(error) from error
    pending = tables.catalog_pending
    await _promote(connection, tables, pending.c.publication != event.publication.id)
    values = {
        "publication": event.publication.id,
        "key": contract.key_of(event),
        "kind": kind,
        "body": envelope.data,
        "version": event.version,
        "position": envelope.position or 0,
    }
    await connection.execute(
        postgresql.insert(pending)
        .values(values)
        .on_conflict_do_update(index_elements=["publication", "key"], set_=values)
    )
    here = await connection.scalar(
        select(func.count()).where(pending.c.publication == event.publication.id)
    )
    if here is not None and here >= event.publication.count:
        await _promote(connection, tables, pending.c.publication == event.publication.id)


async def _promote(connection: AsyncConnection, tables: KitTables, which: Any) -> None:
    """Moves waiting objects into the copy, newest version wins; counts a change if any moved."""
    pending, table, state = tables.catalog_pending, tables.catalog_object, tables.catalog_state
    moved = (await connection.execute(delete(pending).where(which).returning(pending))).mappings()
    newest = 0
    for row in moved.all():
        values = {name: row[name] for name in ("key", "kind", "body", "version", "position")}
        await connection.execute(
            postgresql.insert(table)
            .values(values)
            .on_conflict_do_update(
                index_elements=["key"], set_=values, where=table.c.version < row["version"]
            )
        )
        newest = max(newest, row["position"])
    if newest:
        await connection.execute(
            update(state).values(
                position=func.greatest(state.c.position, newest), changes=state.c.changes + 1
            )
        )


async def complete(connection: AsyncConnection, tables: KitTables) -> None:
    """Called at the end of the first complete replay: what waits is let in, the service opens."""
    await _promote(connection, tables, tables.catalog_pending.c.publication.is_not(None))
    state = tables.catalog_state
    await connection.execute(update(state).values(complete=True, changes=state.c.changes + 1))
