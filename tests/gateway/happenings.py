"""CloudEvents as the stub parts tell them."""

from datetime import UTC, datetime, timedelta
from typing import Any

NO = "20261122000000017"
_START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def happened(
    type_: str, minute: int, *, sequence: int = 1, no: str = NO, **data: Any
) -> dict[str, Any]:
    """An event `minute` minutes after nine o'clock in China."""
    moment = _START + timedelta(minutes=minute)
    return {
        "specversion": "1.0",
        "id": f"{type_}-{minute}-{sequence}",
        "source": f"/shenguan/test/{type_.split('.', maxsplit=1)[0]}",
        "type": type_,
        "subject": no,
        "time": moment.isoformat().replace("+00:00", "Z"),
        "aggregate": "case",
        "sequence": sequence,
        "data": data,
    }
