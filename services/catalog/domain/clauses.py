"""What a companion rule quotes, and numbers in a name that none quotes.

Whether a rule accounts for every clause of a scope text is law.coverage's to say; a threshold that
stands in an item's name is a rule as well, and only the catalogue knows the name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

_NUMBER = re.compile(r"\d[\d.]*")


def squeezed(text: str) -> str:
    """Without white space and full-width forms: how a table was typed is not what it says."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def quoted(rule: Any) -> Iterator[str]:
    """Every `clause` of a rule in its JSON form."""
    if isinstance(rule, dict):
        if isinstance(rule.get("clause"), str):
            yield rule["clause"]
        for part in rule.values():
            yield from quoted(part)
    elif isinstance(rule, list | tuple):
        for part in rule:
            yield from quoted(part)


def marked(rule: Any) -> Iterator[tuple[str, str]]:
    """(mark, clause) of every leaf that is inferred or invented."""
    if isinstance(rule, dict):
        if isinstance(rule.get("mark"), str):
            yield rule["mark"], str(rule.get("clause", ""))
        for part in rule.values():
            yield from marked(part)
    elif isinstance(rule, list | tuple):
        for part in rule:
            yield from marked(part)


def asked_facts(rule: Any) -> Iterator[str]:
    """Every fact a rule compares or matches."""
    if isinstance(rule, dict):
        for operator in ("compare", "equals"):
            if operator in rule:
                yield str(rule[operator])
        for part in rule.values():
            yield from asked_facts(part)
    elif isinstance(rule, list | tuple):
        for part in rule:
            yield from asked_facts(part)


def unquoted_numbers(name: str, clauses: Iterable[str]) -> tuple[str, ...]:
    """Numbers in an item's name that no clause quotes."""
    words = squeezed(name)
    spans = [span for clause in clauses for span in _spans(words, squeezed(clause))]
    return tuple(
        match.group()
        for match in _NUMBER.finditer(words)
        if not any(start <= match.start() and match.end() <= end for start, end in spans)
    )


def _spans(words: str, quote: str) -> Iterator[tuple[int, int]]:
    start = words.find(quote) if quote else -1
    while start >= 0:
        yield start, start + len(quote)
        start = words.find(quote, start + 1)
