"""The log itself, read from its beginning: repeats are allowed there, inversions are not."""

from collections.abc import Collection
from typing import Any

from contracts.topics import TOPICS
from eventlog.envelope import Envelope
from eventlog.transport import Place
from servicekit import transports
from shenguan.chaos.counting import inversions
from shenguan.chaos.stand import Stand

CATALOGUE = "catalog.v1"
WAIT_S = 0.5
BATCH = 2000


async def read(stand: Stand) -> tuple[int, int, list[str]]:
    """Records, how many of them repeat an event, and the inversions within one aggregate."""
    reader = transports.reader(stand.settings, "chaos")
    topics = [one.name for one in TOPICS if one.name != CATALOGUE]
    await reader.start(topics, "chaos-count", _nobody)
    found: dict[Place, list[dict[str, Any]]] = {}
    try:
        places = await _assigned(reader)
        bounds = await reader.bounds(places)
        left = {place: last for place, (first, last) in bounds.items() if last > first}
        for place, (first, _) in bounds.items():
            reader.seek(place, first)
        while left:
            for place, records in (await reader.fetch(WAIT_S, BATCH)).items():
                found.setdefault(place, []).extend(_told(record.value) for record in records)
                if records and records[-1].offset + 1 >= left.get(place, 0):
                    left.pop(place, None)
    finally:
        await reader.stop()
    everything = [one for told in found.values() for one in told]
    repeats = len(everything) - len({one["id"] for one in everything})
    inverted = [one for told in found.values() for one in inversions(told)]
    return len(everything), repeats, inverted


async def _assigned(reader: Any) -> Collection[Place]:
    """Joining a group takes Kafka a moment."""
    while not reader.assigned():
        await reader.fetch(WAIT_S, 1)
    places: Collection[Place] = reader.assigned()
    return places


async def _nobody(_: Collection[Place]) -> None:
    return None


def _told(body: bytes) -> dict[str, Any]:
    one = Envelope.from_bytes(body)
    return {
        "id": str(one.id),
        "key": one.subject,
        "aggregate": one.aggregate,
        "sequence": one.sequence,
        "type": one.type,
    }
