"""A natural person's contact, for a regulator of the case: by seat, and audited."""

from typing import Any

from sqlalchemy import select

from servicekit import audit
from servicekit.problems import Problem
from services.approval.adapters import tables
from services.approval.usecases.opening import CONTEXT
from services.approval.usecases.scene import Scene

ROLES = frozenset({"regulator", "inspector"})


async def read(scene: Scene, no: str) -> dict[str, Any]:
    """The people of the filing. Problems `not-found`, `not-your-seat`."""
    table = tables.case
    row = (
        await scene.connection.execute(
            select(table.c.personal, table.c.regulators).where(table.c.no == no)
        )
    ).one_or_none()
    if row is None or scene.actor.org not in row.regulators:
        raise Problem("not-found", f"没有办件 {no}，或者本单位不是其监管部门")
    if not scene.actor.roles & ROLES:
        raise Problem("not-your-seat", "联系人信息只供监管人员查阅")
    await audit.append(
        scene.connection,
        scene.kit.own.audit,
        caller=scene.caller,
        action="case.contact-read",
        object_=no,
    )
    if row.personal is None:
        return {}
    people: dict[str, Any] = scene.kit.vault.open(
        "personal", row.personal, context=CONTEXT.format(no=no)
    )
    return people
