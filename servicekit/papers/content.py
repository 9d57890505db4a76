"""What a paper says. The seal is over the SHA-256 of its canonical form, and so is the preview."""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class SealMark:
    """A seal's specimen on a paper, always marked 样章; the first is the authority's."""

    id: str
    name: str
    org: str
    """The organisation's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperContent:
    """All words of one paper. `facts` are rows of a table: label and value."""

    kind: str
    title: str
    number: str
    dated: date
    authority: str
    """Name of the organisation in whose name it is given."""
    addressee: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    remedies: tuple[str, ...] = ()
    seals: tuple[SealMark, ...] = ()
    code: str
    verify_url: str
    rehearsal: bool = False

    def as_json(self) -> dict[str, Any]:
        """As stored; `read` gives the content back."""
        return {
            **{name: getattr(self, name) for name in _FIELDS},
            "dated": self.dated.isoformat(),
            "seals": [{"id": one.id, "name": one.name, "org": one.org} for one in self.seals],
        }

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "PaperContent":
        """The content of a stored row."""
        return cls(
            **{
                **stored,
                "dated": date.fromisoformat(stored["dated"]),
                "paragraphs": tuple(stored["paragraphs"]),
                "facts": tuple((label, value) for label, value in stored["facts"]),
                "remedies": tuple(stored["remedies"]),
                "seals": tuple(SealMark(**seal) for seal in stored["seals"]),
            }
        )


_canonically = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_FIELDS = tuple(one.name for one in fields(PaperContent))


def canonical(content: PaperContent) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the same words, the same bytes."""
    return _canonically(content.as_json()).encode()


def content_sha256(content: PaperContent) -> str:
    """Hex digest the seal stands over."""
    return hashlib.sha256(canonical(content)).hexdigest()
