"""Cases to decide: two filed and accepted over HTTP, and any number made in their likeness.

A *whole* one is a filing with its `intake.accepted` in intake's outbox, and goes every way from
there by itself. A *reviewed* one stands at approval before its decision, as if the events so far
were past.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table

from eventlog.envelope import new_id
from law import casenumber
from services.approval.adapters import tables as approval
from services.intake.adapters import tables as intake
from shenguan.chaos.stand import Stand
from shenguan.rehearse.caller import Callers
from shenguan.rehearse.facts import project_for
from shenguan.rehearse.paper import sample_pdf
from shenguan.rehearse.place import PlaceRead, Power
from shenguan.rehearse.scenario import APPLICANT, CONTACT

PLATFORM = "ywtb"
FIRST_SERIAL = 50_000_000
"""Far from the numbers intake draws."""
WAIT_S = 60.0
_NO, _ID = "~no~", "~id~"


class NotPrepared(Exception):
    """A template did not come to the state it is copied in."""


@dataclass(frozen=True, slots=True)
class Template:
    """One case of a power, and what its copies are made from."""

    power: Power
    no: str
    event: str = ""
    """Its `intake.accepted` as text, number and id replaced by marks."""


class Numbers:
    """Case numbers nobody else draws."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._serial = FIRST_SERIAL

    def take(self, count: int) -> list[str]:
        first, self._serial = self._serial, self._serial + count
        return [
            casenumber.make(self._day, serial, rehearsal=True)
            for serial in range(first, self._serial)
        ]


async def filed(callers: Callers, place: PlaceRead, item: str) -> Template:
    """Filed by 一网通办 and accepted by the window."""
    (power,) = (one for one in place.powers if one.item == item)
    source = f"CHAOS-{item}"
    materials = []
    for wanted in power.guide["materials"]:
        stored = await callers.upload(
            PLATFORM,
            "/api/v1/materials",
            f"{wanted['name']}.pdf",
            sample_pdf(wanted["name"]),
            key=f"{source}:{wanted['id']}",
        )
        materials.append({"id": stored["id"], "requirement": wanted["id"]})
    point = place.points[power.park]
    filing = await callers.post(
        PLATFORM,
        "/api/v1/filings",
        {
            "item": item,
            "park": power.park,
            "channel": "platform",
            "source_case_no": source,
            "rehearsal": True,
            "applicant": {**APPLICANT, "contact": CONTACT},
            "project": project_for(power.period["rule"], name="故障演练项目", point=point),
            "materials": materials,
        },
        key=f"{source}:filing",
    )
    window = place.staff.officer(power.park, "window")
    path = f"/api/v1/filings/{filing['no']}/acceptance"
    await callers.post(window, path, {}, key=f"{source}:acceptance")
    return Template(power, filing["no"])


async def with_event(stand: Stand, template: Template) -> Template:
    """With its `intake.accepted`; natural persons' data are sealed for one number and left out."""
    async with stand.database("intake") as connection:
        rows = await _until(
            connection,
            "SELECT event_id, convert_from(body, 'UTF8') AS body FROM event WHERE key = $1"
            " AND convert_from(body, 'UTF8') LIKE '%intake.accepted.v1%'",
            template.no,
        )
    body = json.loads(rows[0]["body"])
    body["data"]["filing"] |= {"personal": None, "personal_index": {}}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    text = text.replace(template.no, _NO).replace(str(rows[0]["event_id"]), _ID)
    return Template(template.power, template.no, text)


async def mirrored(stand: Stand, template: Template, status: str) -> None:
    """Waits until intake has heard of the status: from then on all parts agree."""
    async with stand.database("intake") as connection:
        await _until(
            connection,
            "SELECT no FROM filing WHERE no = $1 AND case_status = $2",
            *(template.no, status),
        )


async def put_whole(stand: Stand, template: Template, nos: Sequence[str]) -> None:
    """In one transaction; asked again for the same numbers it adds nothing."""
    copy = _copy(intake.filing, {"source_case_no": "'CHAOS-' || n.no"})
    async with stand.database("intake") as connection:
        await connection.execute(
            f"WITH made AS ({copy} RETURNING no)"  # noqa: S608 - from our own tables' names
            " INSERT INTO outbox (event_id, topic, key, body)"
            " SELECT i.id, 'intake.v1', i.no,"
            f" convert_to(replace(replace($3, '{_NO}', i.no), '{_ID}', i.id::text), 'UTF8')"
            " FROM unnest($1::text[], $4::uuid[]) AS i (no, id) JOIN made USING (no)",
            *(list(nos), template.no, template.event, [new_id() for _ in nos]),
        )


async def put_reviewed(stand: Stand, template: Template, nos: Sequence[str]) -> None:
    """At intake and at approval, as the template stands there now."""
    async with stand.database("intake") as connection:
        copy = _copy(intake.filing, {"source_case_no": "'CHAOS-' || n.no"})
        await connection.execute(copy, list(nos), template.no)
    async with stand.database("approval") as connection, connection.transaction():
        for table in (approval.case, approval.step):
            await connection.execute(_copy(table, {"personal": "NULL"}), list(nos), template.no)


def _copy(table: Table, other: dict[str, str]) -> str:
    names = [one.name for one in table.columns if one.identity is None]
    values = {name: f't."{name}"' for name in names} | {"no": "n.no"}
    values |= {name: value for name, value in other.items() if name in values}
    return (
        f'INSERT INTO "{table.name}" ({", ".join(names)})'  # noqa: S608 - our own names
        f' SELECT {", ".join(values.values())} FROM "{table.name}" AS t'
        " CROSS JOIN unnest($1::text[]) AS n (no) WHERE t.no = $2 ON CONFLICT DO NOTHING"
    )


async def _until(connection: Any, sql: str, *values: Any) -> list[Any]:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        rows: list[Any] = await connection.fetch(sql, *values)
        if rows:
            return rows
        await asyncio.sleep(0.1)
    raise NotPrepared(f"{sql} {values}")
