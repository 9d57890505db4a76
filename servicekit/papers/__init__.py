"""Papers: numbered, dated, sealed over the hash of their content, rendered after the commit."""

from servicekit.papers.content import PaperContent, SealMark, canonical, content_sha256
from servicekit.papers.store import PaperRow, define, draw_up, find, listed, stream, values
from servicekit.papers.worker import worker

__all__ = [
    "PaperContent",
    "PaperRow",
    "SealMark",
    "canonical",
    "content_sha256",
    "define",
    "draw_up",
    "find",
    "listed",
    "stream",
    "values",
    "worker",
]
