"""Every public event by its CloudEvents type."""

from contracts import approval, catalog, intake, supervision
from contracts.shape import EventData

BY_TYPE: dict[str, type[EventData]] = {
    model.TYPE: model
    for model in (
        *catalog.KINDS.values(),
        *intake.EVENTS,
        *approval.EVENTS,
        *supervision.EVENTS,
    )
}


def schema_path(type_: str) -> str:
    """`dataschema` of an event: a path under /contracts/."""
    return f"/contracts/events/{type_}.json"
