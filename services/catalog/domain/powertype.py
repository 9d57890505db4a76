"""权力类型: one spelling for each, and the kind of result it ends in."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

ResultKind = Literal["permit", "recordal", "confirmation", "other"]
"""What the applicant is handed at the end."""

KINDS: Final[Mapping[str, ResultKind]] = MappingProxyType(
    {
        "行政许可": "permit",
        "行政确认": "confirmation",
        "其他行政权力": "other",
        "其他行政权力-备案": "recordal",
        "其他行政权力-其他": "other",
    }
)

_DASHES = re.compile(r"[-‐‑‒–—―－]+")


class UnknownPowerType(ValueError):
    """Not one of the power types this catalogue issues results for."""


def normalised(written: str) -> str:
    """“其他行政权力 - 备案” and “其他行政权力-备案” are one type."""
    return _DASHES.sub("-", "".join(unicodedata.normalize("NFKC", written).split()))


def result_kind(written: str) -> ResultKind:
    """Raises UnknownPowerType; a 处罚 or a misspelling is never taken for something else."""
    try:
        return KINDS[normalised(written)]
    except KeyError:
        raise UnknownPowerType(written) from None
