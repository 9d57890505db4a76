"""A small valid PDF to hand in: one page saying which material it stands for."""

from functools import cache

from servicekit.papers.render import plain_pdf


@cache
def sample_pdf(title: str) -> bytes:
    """A page in Chinese, marked 演练."""
    return plain_pdf(f"{title}（演练材料）")
