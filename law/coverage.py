"""Whether a scope rule accounts for every word of the text it stands for. The importer asks."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from law.scope import All, AnyOf, Not, Rule

_ITEM_NUMBER: Final = r"(?<![0-9.])[0-9]{1,2}[.、](?![0-9])"
_CUT: Final = re.compile(r"[,。;、:()]|" + _ITEM_NUMBER)
_SILENT: Final = re.compile(r"[\s,。;、:()“”\"'.]")


def clauses(scope_text: str) -> list[str]:
    """Cuts a scope text at ，。；、：, numbers of items and parentheses (区府发〔2023〕5号
    附件1).
    """
    text = _normal(scope_text)
    return [text[start:end] for start, end in _spans(text)]


def covers(scope_text: str, rule: Rule | None) -> list[str]:
    """The clauses of the text that no rule accounts for; empty: all are (区府发〔2023〕5号 附件1).

    A clause counts as accounted for when every character of it lies in words some rule quotes.
    """
    text = _normal(scope_text)
    told = [False] * len(text)
    for quoted in _quotes(rule):
        for found in re.finditer(re.escape(quoted), text):
            told[found.start() : found.end()] = [True] * len(quoted)
    return [
        text[start:end]
        for start, end in _spans(text)
        if not all(told[i] or _SILENT.match(text[i]) for i in range(start, end))
    ]


def strays(scope_text: str, rule: Rule | None) -> list[str]:
    """Words the rule quotes that the text does not contain (区府发〔2023〕5号 附件1 实施范围)."""
    text = _normal(scope_text)
    return [quoted for quoted in _quotes(rule) if quoted not in text]


def _quotes(rule: Rule | None) -> Iterator[str]:
    if rule is None:
        return
    if rule.clause:
        yield _normal(rule.clause)
    match rule:
        case All() | AnyOf():
            for part in rule.parts:
                yield from _quotes(part)
        case Not():
            yield from _quotes(rule.part)
        case _:
            return


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in [*((m.start(), m.end()) for m in _CUT.finditer(text)), (len(text), len(text))]:
        if start < cut[0]:
            yield start, cut[0]
        start = cut[1]


def _normal(text: str) -> str:
    """Full-width forms, blanks and line breaks are how a table was typed, not what it says."""
    return "".join(unicodedata.normalize("NFKC", text).split())
