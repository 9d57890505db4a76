"""Files as encrypted chunks in the service's own PostgreSQL, behind this port.

Each chunk is sealed with AES-GCM under the file's id and its place, so chunks cannot be swapped.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.sealed import Vault
from servicekit.tables import KitTables

CHUNK = 256 * 1024
PURPOSE = "files"


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a file without opening it. `owner` is who may hand it in again."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    owner: str
    key_version: str


class FileTypeUnknown(Exception):
    """The bytes are of no type we take, whatever the name says."""


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
}


def media_type_of(content: bytes, name: str) -> str:
    """The type by the first bytes; a zipped office file also by its name's ending.

    Raises FileTypeUnknown.
    """
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    ending = name.rsplit(".", 1)[-1].lower()
    if content.startswith(b"PK\x03\x04") and ending in _ZIPPED:
        return _ZIPPED[ending]
    raise FileTypeUnknown(name)


async def put(
    connection: AsyncConnection,
    tables: KitTables,
    vault: Vault,
    *,
    file: UUID,
    name: str,
    media_type: str,
    content: bytes,
    owner: str,
) -> Stored:
    """Stores the bytes within the caller's transaction."""
    stored = Stored(
        id=file,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner=owner,
        key_version=vault.rings[PURPOSE].current,
    )
    await connection.execute(
        insert(tables.file).values(
            id=file,
            name=name,
            media_type=media_type,
            size=stored.size,
            sha256=stored.sha256,
            key_version=stored.key_version,
            owner=owner,
        )
    )
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    await connection.execute(
        insert(tables.file_chunk),
        [
            {
                "file_id": file,
                "seq": seq,
                "data": vault.seal_bytes(PURPOSE, piece, context=f"{file}:{seq}")[1],
            }
            for seq, piece in enumerate(pieces)
        ],
    )
    return stored


async def find(connection: AsyncConnection, tables: KitTables, file: UUID) -> Stored | None:
    """What is stored under the id."""
    table = tables.file
    row = (
        (
            await connection.execute(
                select(
                    table.c.id,
                    table.c.name,
                    table.c.media_type,
                    table.c.size,
                    table.c.sha256,
                    table.c.owner,
                    table.c.key_version,
                ).where(table.c.id == file)
            )
        )
        .mappings()
        .one_or_none()
    )
    return Stored(**row) if row else None


async def chunks(
    connection: AsyncConnection, tables: KitTables, vault: Vault, stored: Stored
) -> AsyncIterator[bytes]:
    """The plain bytes, chunk by chunk; one chunk in memory at a time."""
    table = tables.file_chunk
    seq = 0
    while True:
        box = await connection.scalar(
            select(table.c.data).where(table.c.file_id == stored.id, table.c.seq == seq)
        )
        if box is None:
            return
        context = f"{stored.id}:{seq}"
        yield vault.open_bytes(PURPOSE, stored.key_version, bytes(box), context=context)
        seq += 1


async def read(
    connection: AsyncConnection, tables: KitTables, vault: Vault, stored: Stored
) -> bytes:
    """The whole content."""
    return b"".join([piece async for piece in chunks(connection, tables, vault, stored)])
