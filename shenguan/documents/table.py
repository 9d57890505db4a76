"""Markdown tables and lists, as the generated pages use them."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """One row a line; a pipe in a cell would end it, so it is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def code(words: Iterable[str]) -> str:
    """`a`, `b`; a dash for nothing."""
    return ", ".join(f"`{word}`" for word in words) or "–"
