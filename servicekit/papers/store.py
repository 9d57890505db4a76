"""Papers in the service's database: drawn up with the act they document, rendered later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from servicekit import files
from servicekit.access import readable
from servicekit.kit import Kit
from servicekit.papers.content import PaperContent, content_sha256
from servicekit.problems import Problem
from servicekit.tokens import Caller


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper as stored. `file_id` None: not rendered yet."""

    id: UUID
    no: str
    kind: str
    number: str
    title: str
    dated: date
    content: dict[str, Any]
    content_sha256: str
    code: str
    file_id: UUID | None
    viewers: Sequence[str]
    source_system: str
    rehearsal: bool


COLUMNS = tuple(PaperRow.__dataclass_fields__)


def define(metadata: MetaData) -> Table:
    """Adds the table to a service's MetaData."""
    return Table(
        "paper",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("no", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("number", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("dated", Date, nullable=False),
        Column("content", JSONB, nullable=False),
        Column("content_sha256", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("file_id", Uuid),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("next_try", DateTime(timezone=True)),
        Column("viewers", ARRAY(Text), nullable=False),
        Column("source_system", Text, nullable=False),
        Column("rehearsal", Boolean, nullable=False, server_default=text("false")),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        UniqueConstraint("code", name="uq_paper_code"),
        Index("ix_paper_no", "no"),
        Index("ix_paper_waiting", "created_at", postgresql_where=text("file_id IS NULL")),
    )


async def draw_up(
    connection: AsyncConnection,
    table: Table,
    *,
    id: UUID,
    no: str,
    content: PaperContent,
    viewers: Sequence[str],
    source_system: str,
) -> PaperRow:
    """A paper in the transaction of the act it documents; the worker renders it afterwards."""
    made = values(id=id, no=no, content=content, viewers=viewers, source_system=source_system)
    await connection.execute(insert(table).values(made))
    return PaperRow(**made, file_id=None)


def values(
    *, id: UUID, no: str, content: PaperContent, viewers: Sequence[str], source_system: str
) -> dict[str, Any]:
    """The columns of a new paper, for a statement that writes more than this one."""
    return {
        "id": id,
        "no": no,
        "kind": content.kind,
        "number": content.number,
        "title": content.title,
        "dated": content.dated,
        "content": content.as_json(),
        "content_sha256": content_sha256(content),
        "code": content.code,
        "viewers": list(viewers),
        "source_system": source_system,
        "rehearsal": content.rehearsal,
    }


async def find(
    connection: AsyncConnection, table: Table, *, no: str, id: UUID, caller: Caller
) -> PaperRow | None:
    """A paper of a case the caller may see."""
    row = (
        (
            await connection.execute(
                select(*(table.c[name] for name in COLUMNS)).where(
                    table.c.id == id, table.c.no == no, readable(table, caller)
                )
            )
        )
        .mappings()
        .one_or_none()
    )
    return PaperRow(**row) if row else None


async def listed(
    connection: AsyncConnection, table: Table, *, no: str, caller: Caller
) -> list[dict[str, Any]]:
    """The papers of a case, oldest first, for lists and pages."""
    rows = (
        await connection.execute(
            select(table)
            .where(table.c.no == no, readable(table, caller))
            .order_by(table.c.created_at, table.c.id)
        )
    ).mappings()
    return [
        {
            "id": str(row["id"]),
            "kind": row["kind"],
            "number": row["number"],
            "title": row["title"],
            "dated": row["dated"].isoformat(),
            "content_sha256": row["content_sha256"],
            "code": row["code"],
            "ready": row["file_id"] is not None,
        }
        for row in rows
    ]


async def stream(kit: Kit, table: Table, *, no: str, id: UUID, caller: Caller) -> Response:
    """The PDF. Problems: `not-found` (also when not for this caller), `paper-not-ready`."""
    async with kit.reading() as connection:
        row = await find(connection, table, no=no, id=id, caller=caller)
        if row is None:
            raise Problem("not-found", "没有这份文书")
        if row.file_id is None:
            raise Problem("paper-not-ready", "文书已作出，正在生成版式文件")
        stored = await files.find(connection, kit.own, row.file_id)
        if stored is None:
            raise Problem("paper-not-ready", "文书版式文件暂不可得")
        content = await files.read(connection, kit.own, kit.vault, stored)
    name = quote(f"{row.title}-{row.number}.pdf")
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{name}",
            "X-Content-SHA256": row.content_sha256,
            "ETag": f'"{stored.sha256}"',
        },
    )
