"""A reader that was given its records beforehand."""

import asyncio

from eventlog.transport import Health, Place, Record


class Fed:
    """A reader of one place holding these events, for what no transport changes."""

    place = Place("any", 0)

    def __init__(self, events) -> None:
        self._records = [
            Record("any", 0, offset, event.subject, event.to_bytes())
            for offset, event in enumerate(events)
        ]
        self._next = 0

    async def start(self, topics, group, revoked) -> None:
        return None

    async def log_id(self) -> str:
        return "log"

    def assigned(self) -> frozenset[Place]:
        return frozenset({self.place})

    async def bounds(self, places):
        return dict.fromkeys(places, (0, len(self._records)))

    def seek(self, place: Place, offset: int) -> bool:
        self._next = offset
        return True

    async def fetch(self, wait: float, limit: int):
        found, self._next = self._records[self._next :], len(self._records)
        if not found:
            await asyncio.sleep(wait)
        return {self.place: found} if found else {}

    def note(self, positions) -> None:
        return None

    async def stop(self) -> None:
        return None

    def health(self) -> Health:
        return Health("fed", True)
