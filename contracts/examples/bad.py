"""How a bad sample differs from the good one."""

import copy
from dataclasses import dataclass
from typing import Any

REMOVED = object()
"""The field is left out."""


@dataclass(frozen=True, slots=True)
class Bad:
    """The one field that is wrong (a JSON pointer) and why it fails."""

    field: str
    value: Any
    why: str

    def spoil(self, good: Any) -> Any:
        """A copy of the good sample with this field wrong."""
        made = copy.deepcopy(good)
        *path, last = self.field.strip("/").split("/")
        inner: Any = made
        for step in path:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        key: Any = int(last) if isinstance(inner, list) else last
        if self.value is REMOVED:
            del inner[key]
        else:
            inner[key] = self.value
        return made

    def told(self) -> dict[str, Any]:
        """As the index of the samples tells it."""
        return {"field": self.field, "why": self.why, "removed": self.value is REMOVED}


def removed(field: str, why: str) -> Bad:
    """The field is missing."""
    return Bad(field, REMOVED, why)
