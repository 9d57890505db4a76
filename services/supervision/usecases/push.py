"""A decision reaches its regulators: one push each, whatever event brings it and however often."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import supervision as contract
from contracts.approval import Issued, Revoked
from eventlog.failures import Missing
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.replica import Catalogue
from services.supervision.adapters import known, published, pushes, tables
from services.supervision.domain.push import Status, in_time, limit, push_id


@dataclass(frozen=True, slots=True)
class Decision:
    """What is pushed: `facts` is the issued event, the rest is this version's own."""

    facts: Issued
    version: int
    cause: Literal["issued", "revoked"]
    decision_no: str
    at: datetime
    regulators: tuple[str, ...]
    rehearsal: bool
    tenant: str


async def issued(
    kit: Kit, connection: AsyncConnection, event: Issued, *, rehearsal: bool, tenant: str
) -> None:
    """区府发〔2023〕5号 二（六）: an issued decision to each competent regulator.

    Raises Missing until the catalogue is here.
    """
    decision = Decision(
        facts=event,
        version=event.decision_version,
        cause="issued",
        decision_no=event.decision.no,
        at=event.issued_at,
        regulators=event.regulators,
        rehearsal=rehearsal,
        tenant=tenant,
    )
    await _keep(connection, decision)
    await _push(kit, connection, decision)


async def revoked(
    kit: Kit, connection: AsyncConnection, event: Revoked, *, rehearsal: bool, tenant: str
) -> None:
    """A revocation is pushed anew. Raises Missing while the decision itself is not here."""
    decision = Decision(
        facts=await _issued_before(connection, event),
        version=event.decision_version,
        cause="revoked",
        decision_no=event.decision_no,
        at=event.revoked_at,
        regulators=event.regulators,
        rehearsal=rehearsal,
        tenant=tenant,
    )
    revocation = event.model_dump(mode="json", include={"reason", "by", "revoked_at"})
    await _keep(connection, decision, revocation)
    await _push(kit, connection, decision)


async def _push(kit: Kit, connection: AsyncConnection, decision: Decision) -> None:
    catalogue = await _catalogue(kit, decision)
    source = await connection.scalar(
        select(tables.case_side.c.source_system).where(tables.case_side.c.no == decision.facts.no)
    )
    for org in dict.fromkeys(decision.regulators):
        values = _row(catalogue, decision, org, source or "", kit.clock.now())
        push = await pushes.add(connection, values)
        if push is not None:
            await pushes.tell(
                kit,
                connection,
                values,
                _pushed(values, published.head(push)),
                aggregate=f"push:{push.id}",
                sequence=push.version,
                at=values["pushed_at"],
            )


async def _catalogue(kit: Kit, decision: Decision) -> Catalogue:
    try:
        catalogue = await known.catalogue(kit)
        known.calendar(catalogue, decision.facts.push_limit_days)
    except Problem as error:
        raise Missing("the catalogue with its working days") from error
    return catalogue


def _row(
    catalogue: Catalogue, decision: Decision, org: str, source: str, now: datetime
) -> dict[str, Any]:
    facts = decision.facts
    days = facts.push_limit_days
    due = limit(decision.at, days, known.calendar(catalogue, days))
    overseers = known.regulator(catalogue, org, facts.park).overseers
    return {
        "id": push_id(facts.no, decision.version, org),
        "no": facts.no,
        "decision_version": decision.version,
        "cause": decision.cause,
        "pushed_to": org,
        "regulator": org,
        "status": Status.PUSHED,
        "version": 1,
        "item": facts.item,
        "item_name": facts.item_name,
        "park": facts.park,
        "decider": facts.seats.decides,
        "decision_no": decision.decision_no,
        "company": facts.applicant.name,
        "uscc": facts.applicant.uscc,
        "project": facts.project.name,
        "issued_at": decision.at,
        "pushed_at": now,
        "push_limit_days": days,
        "due": due.day if due else None,
        "due_provisional": due.provisional if due else False,
        "claimants": [],
        "involved": [org],
        "overseers": list(overseers),
        "viewers": sorted({org, facts.park, facts.seats.decides, *overseers}),
        "source_system": source,
        "rehearsal": decision.rehearsal,
        "tenant": decision.tenant,
    }


def _pushed(values: dict[str, Any], head: dict[str, Any]) -> contract.Pushed:
    told = ("item", "item_name", "park", "decision_no", "decision_version", "cause", "due")
    return contract.Pushed(
        **head,
        **{name: values[name] for name in told},
        issued_at=values["issued_at"],
        pushed_at=values["pushed_at"],
        in_time=in_time(values["pushed_at"], values["due"]),
    )


async def _keep(
    connection: AsyncConnection, decision: Decision, revocation: dict[str, Any] | None = None
) -> None:
    await connection.execute(
        postgresql.insert(tables.decision)
        .values(
            no=decision.facts.no,
            version=decision.version,
            cause=decision.cause,
            facts=decision.facts.model_dump(mode="json"),
            revocation=revocation,
            rehearsal=decision.rehearsal,
        )
        .on_conflict_do_nothing()
    )


async def _issued_before(connection: AsyncConnection, event: Revoked) -> Issued:
    table = tables.decision
    facts = await connection.scalar(
        select(table.c.facts)
        .where(table.c.no == event.no, table.c.version < event.decision_version)
        .order_by(table.c.version.desc())
        .limit(1)
    )
    if facts is None:
        raise Missing(f"the issued decision of case {event.no}")
    return Issued.model_validate(facts)
