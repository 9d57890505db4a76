"""Which part answers a path: a table of first segments under /api/v1, and the console beneath."""

import re
from typing import Literal, NamedTuple

Part = Literal["catalog", "intake", "approval", "supervision", "console", "gateway"]

API = "/api/v1/"
OWNERS: dict[str, Part] = {
    "items": "catalog",
    "delegations": "catalog",
    "organisations": "catalog",
    "calendar": "catalog",
    "imports": "catalog",
    "competence": "catalog",
    "guides": "catalog",
    "materials": "intake",
    "filings": "intake",
    "cases": "approval",
    "feedback": "approval",
    "pushes": "supervision",
    "events": "gateway",
    "verifications": "gateway",
}
"""The segment after /api/v1/ → the part that has it."""

OPEN_READS = frozenset({"items", "guides", "delegations", "calendar"})
"""Lists the public may read (政务公开); whoever writes there needs a token."""
READS = frozenset({"GET", "HEAD"})

OPEN = frozenset({"items", "guides", "delegations", "calendar"})
"""What the law wants public: the catalogue's reads. The catalogue itself refuses more."""

_TIMELINE = re.compile(r"/api/v1/filings/[^/]+/timeline")
_OWN_ROOTS = ("oauth", ".well-known", "contracts", "development", "livez", "readyz", "metrics")
_NOWHERE = frozenset({"internal", "openapi.json"})
"""Never reached from outside, whatever stands behind: the parts' routes among themselves."""


class Target(NamedTuple):
    """Where a request goes, and whether it may come without a token."""

    part: Part
    public: bool
    guessing: bool = False
    """Answers a secret's yes or no: limited more strictly."""


class BadPath(Exception):
    """A path no client of ours sends: `.` and `..` segments would climb out of the prefix."""


def target(path: str, method: str = "GET") -> Target | None:
    """The target of a decoded path, None where nothing is. Raises BadPath."""
    segments = path.split("/")
    if not path.startswith("/") or "." in segments or ".." in segments or "\\" in path:
        raise BadPath(path)
    root = segments[1]
    if root == "api":
        return _api(path, method, segments)
    if root in _NOWHERE:
        return None
    if root in _OWN_ROOTS:
        return Target("gateway", public=True)
    return Target("console", public=True, guessing=root == "verify")


def _api(path: str, method: str, segments: list[str]) -> Target | None:
    if not path.startswith(API) or segments[3] not in OWNERS:
        return None
    if _TIMELINE.fullmatch(path):
        return Target("gateway", public=False)
    guessing = segments[3] == "verifications"
    public = guessing or (segments[3] in OPEN_READS and method in READS)
    return Target(OWNERS[segments[3]], public=public, guessing=guessing)
