"""A paper is there to be fetched: told in the transaction that stored its file."""

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import intake
from servicekit import events
from servicekit.kit import Kit
from servicekit.papers import PaperRow


async def document_ready(
    kit: Kit, connection: AsyncConnection, paper: PaperRow, file_sha256: str
) -> None:
    """`intake.document-ready`, an aggregate of its own so that no officer's version grows stale."""
    await events.tell(
        kit,
        connection,
        intake.DocumentReady(
            no=paper.no,
            paper=intake.Paper(
                id=str(paper.id),
                kind=paper.kind,
                number=paper.number,
                title=paper.title,
                dated=paper.dated,
                content_sha256=paper.content_sha256,
                file_sha256=file_sha256,
                code=paper.code,
            ),
            viewers=tuple(paper.viewers),
        ),
        key=paper.no,
        aggregate=f"document:{paper.id}",
        sequence=1,
        at=kit.clock.now(),
        rehearsal=paper.rehearsal,
    )
