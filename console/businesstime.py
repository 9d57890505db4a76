"""Business time as the gateway keeps it, so that every page can say when it was moved."""

import time
from datetime import timedelta

from console.api import Api, Refused, SignedOut
from servicekit.kit import Kit

FRESH_S = 2.0
NOTED_S = 60


class BusinessTime:
    """Follows the gateway's clock, asked at most every two seconds; silence keeps the last."""

    def __init__(self, kit: Kit, api: Api) -> None:
        self._kit = kit
        self._api = api
        self._asked = float("-inf")

    async def follow(self) -> None:
        """Moves the kit's clock on when the gateway's was moved."""
        if time.monotonic() - self._asked < FRESH_S:
            return
        self._asked = time.monotonic()
        try:
            told = await self._api.get("/development/clock")
        except (Refused, SignedOut):
            return
        offset = timedelta(seconds=int(told.get("offset_seconds", 0)))
        self._kit.clock.offset = max(self._kit.clock.offset, offset)

    @property
    def moved(self) -> bool:
        """Whether business time is noticeably not real time."""
        return self._kit.clock.offset.total_seconds() >= NOTED_S
