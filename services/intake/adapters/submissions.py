"""Requests as they came, byte for byte, sealed under their own id."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.sealed import Vault
from services.intake.adapters.tables import submission


@dataclass(frozen=True, slots=True)
class Raw:
    """The body of one request. `id` is made at the edge."""

    id: UUID
    body: bytes
    media_type: str


async def keep(
    connection: AsyncConnection, vault: Vault, raw: Raw, *, no: str, kind: str, at: datetime
) -> None:
    """`kind` is `filing` or `correction`."""
    version, box = vault.seal_bytes("personal", raw.body, context=f"submission:{raw.id}")
    await connection.execute(
        insert(submission).values(
            id=raw.id,
            filing_no=no,
            kind=kind,
            received_at=at,
            media_type=raw.media_type,
            sha256=hashlib.sha256(raw.body).hexdigest(),
            key_version=version,
            body=box,
        )
    )


async def of_filing(connection: AsyncConnection, vault: Vault, no: str) -> list[bytes]:
    """What was sent for a filing, oldest first."""
    rows = await connection.execute(
        select(submission.c.id, submission.c.key_version, submission.c.body)
        .where(submission.c.filing_no == no)
        .order_by(submission.c.received_at, submission.c.id)
    )
    return [
        vault.open_bytes(
            "personal", row.key_version, bytes(row.body), context=f"submission:{row.id}"
        )
        for row in rows
    ]
