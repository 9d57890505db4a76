"""What no tracked file says: where packages come from, places on one machine, how it was made.

The forbidden words are spelt as patterns, so that this file keeps its own rules.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """`samples` each break it; they are put together from halves."""

    name: str
    pattern: str
    samples: tuple[str, ...]


RULES = (
    Rule(
        "no registry's address",
        r"https?://[^\s\"'<>]*(?:/simpl[e](?:/|\b)|registr[y][./]|nexu[s]|artifactor[y]"
        r"|/repositor(?:[y]|[i]es)/|\bpyp[i]\b|\bnpmj[s]\b|\bmave[n]\.\w+\.org/mave[n]2)"
        r"|--(?:extra-)?index-ur[l]|--find-link[s]",
        (
            "see https://packages.example/" + "simple/",
            "--index" + "-url x",
            "http://a/repo" + "sitory/b",
        ),
    ),
    Rule(
        "no place on one machine",
        r"(?<![\w.~/-])/(?:wor[k]|roo[t]|far[m]|hom[e]/\w+|User[s]/\w+)(?:/|\b(?![\w-]))",
        ("cd /wo" + "rk/main", "in `/ro" + "ot/x`", "/ho" + "me/someone/x"),
    ),
    Rule(
        "nothing of how it was made",
        r"(?i)\bclaud[e]\b|\banthropi[c]\b|\bopena[i]\b(?!\w)|\bchatgp[t]|\bLL[M]s?\b"
        r"|\bissue[ ]#?\d|\bissue[s] show\b|BUIL[D]\.md|\bshared/(?:desig[n]|referenc[e]|seed[s])"
        r"|\bfounding[ ]engineer|\bsub-?agen[t]|\bstyle[.]md\b",
        ("asked " + "Clau" + "de", "see issue " + "3", "../shared/" + "design/x", "an LL" + "M"),
    ),
)


def found(rule: Rule, files: Iterable[Path]) -> Iterator[str]:
    """File and line of each. Files that are not text say nothing; vendored ones are not ours."""
    pattern = re.compile(rule.pattern)
    for file in (one for one in files if "vendor" not in one.parts):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            match = pattern.search(line)
            if match:
                yield f"{file}:{number} {match.group()!r}"
