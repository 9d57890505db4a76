"""Papers once their file is there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import approval, intake
from servicekit import events
from servicekit.kit import Kit
from servicekit.papers import PaperRow


def document_ready(row: Mapping[str, Any], *, file_sha256: str) -> approval.DocumentReady:
    """The event of a paper's row."""
    return approval.DocumentReady(
        no=row["no"],
        viewers=tuple(row["viewers"]),
        paper=intake.Paper(
            id=str(row["id"]),
            kind=row["kind"],
            number=row["number"],
            title=row["title"],
            dated=row["dated"],
            content_sha256=row["content_sha256"],
            file_sha256=file_sha256,
            code=row["code"],
        ),
    )


async def tell(kit: Kit, connection: AsyncConnection, paper: PaperRow, file_sha256: str) -> None:
    """`document-ready`, in the transaction that stored the file."""
    row = {name: getattr(paper, name) for name in PaperRow.__dataclass_fields__}
    await events.tell(
        kit,
        connection,
        document_ready(row, file_sha256=file_sha256),
        key=paper.no,
        aggregate=f"document:{paper.id}",
        sequence=1,
        at=kit.clock.now(),
        rehearsal=paper.rehearsal,
    )
