"""The samples as they are published: whole CloudEvents, one good and one bad of every type."""

import hashlib
from typing import Any, cast

from contracts import catalog
from contracts.examples import BAD, GOOD, people
from contracts.examples.requests import REQUESTS
from contracts.registry import schema_path
from contracts.shape import EventData


def good(type_: str) -> dict[str, Any]:
    """The event of this type in the sample case."""
    return _envelope(GOOD[type_])


def bad(type_: str) -> dict[str, Any]:
    """The good one with one field wrong; `BAD[type_].field` says which."""
    return cast(dict[str, Any], BAD[type_].spoil(good(type_)))


def index() -> dict[str, Any]:
    """What each bad sample is meant to fail on."""
    return {type_: wrong.told() for type_, wrong in sorted(BAD.items())}


def of_requests() -> dict[str, Any]:
    """File name → body, and an index: which route it is for, what the bad one fails on."""
    made: dict[str, Any] = {}
    for sample in REQUESTS:
        made[f"{sample.name}.good.json"] = sample.good
        made[f"{sample.name}.bad.json"] = sample.bad.spoil(sample.good)
    made["index.json"] = {
        sample.name: {"part": sample.part, "route": f"POST {sample.path}", **sample.bad.told()}
        for sample in sorted(REQUESTS, key=lambda one: one.name)
    }
    return made


def _envelope(event: EventData) -> dict[str, Any]:
    service = event.TYPE.partition(".")[0]
    subject = catalog.key_of(event) if isinstance(event, catalog.CatalogEvent) else people.NO
    made = {
        "specversion": "1.0",
        "id": _id(event.TYPE),
        "source": f"/shenguan/local/{service}",
        "type": event.TYPE,
        "subject": subject,
        "time": "2026-03-10T03:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": schema_path(event.TYPE),
        "aggregate": _AGGREGATES.get(service, "case"),
        "sequence": 1,
        "tenant": "zhanggong",
        "rehearsal": False,
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    if service == "catalog":
        made["position"] = 79
    return {**made, "data": event.model_dump(mode="json")}


def _id(type_: str) -> str:
    """A UUID of version 7's form, the same at every generation."""
    seed = hashlib.sha256(type_.encode()).hexdigest()
    return f"019c9f00-7a10-7{seed[:3]}-9{seed[3:6]}-{seed[6:18]}"


_AGGREGATES = {"catalog": "object", "intake": "filing", "supervision": f"push:{people.PUSH}"}
