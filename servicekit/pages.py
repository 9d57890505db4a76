"""Lists by keyset: `?limit=&cursor=`; a cursor is opaque and says where the last page ended."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query

from servicekit.problems import Problem

Limit = Annotated[int, Query(ge=1, le=200, description="每页条数，至多 200")]
Cursor = Annotated[str | None, Query(max_length=500, description="上一页给出的 next_cursor")]


def encode(*values: Any) -> str:
    """A cursor of the sort values of the last row."""
    raw = json.dumps(values, ensure_ascii=False, default=str).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(cursor: str, *types: Callable[[str], Any]) -> list[Any]:
    """The sort values; Problem `malformed` for a text that no page gave."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError
        return [make(str(value)) for make, value in zip(types, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise Problem("malformed", "cursor 不是上一页给出的值") from error


def page(
    rows: Sequence[Mapping[str, Any]], limit: int, sort: Callable[[Mapping[str, Any]], str]
) -> dict[str, Any]:
    """`{"items": …, "next_cursor": …}` from up to `limit + 1` rows."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {"items": shown, "next_cursor": sort(shown[-1]) if more else None}
