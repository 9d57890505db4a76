"""The four topics everyone may read; their names, partitions and retention are a promise."""

from typing import NamedTuple

_DAY_MS = 24 * 60 * 60 * 1000


class Topic(NamedTuple):
    name: str
    partitions: int
    retention_ms: int | None
    """None keeps for ever."""
    compacted: bool


CATALOG = Topic("catalog.v1", 1, None, compacted=True)
"""Whole state under `kind:id`; one partition, because a day's catalogue is one order."""
INTAKE = Topic("intake.v1", 12, 30 * _DAY_MS, compacted=False)
APPROVAL = Topic("approval.v1", 12, 30 * _DAY_MS, compacted=False)
SUPERVISION = Topic("supervision.v1", 12, 30 * _DAY_MS, compacted=False)
"""Like intake and approval: key is the case number, so one case has one order."""

TOPICS = (CATALOG, INTAKE, APPROVAL, SUPERVISION)
