"""What organisations are called, for sentences that people read; the catalogue is asked.

While it does not answer, the organisation's id stands in its place.
"""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from gateway.services import NoAnswer, Services

KEPT_S = 60.0
PAGE = 200
NAMED = ("regulator", "from_regulator", "suggests")
"""Fields of an event's data that hold an organisation's id and are told in a sentence."""


class Names:
    """Short names by id, asked again after a minute, with the token of whoever asks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._names: dict[str, str] = {}
        self._until = 0.0

    async def of(self, token: str) -> Mapping[str, str]:
        """Names known by now."""
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + KEPT_S
            try:
                self._names |= await self._ask(token)
            except NoAnswer:
                self._until = 0.0
        return self._names

    async def _ask(self, token: str) -> dict[str, str]:
        found: dict[str, str] = {}
        query: dict[str, Any] = {"limit": PAGE}
        while True:
            answer = await self._services.ask(
                "catalog", "/api/v1/organisations", token=token, params=query
            )
            if answer.status_code != httpx.codes.OK:
                raise NoAnswer(f"catalog: {answer.status_code}")
            page = answer.json()
            found |= {one["id"]: one["short_name"] for one in page["items"]}
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]


def told(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The data with organisations by their names."""
    known = {key: names.get(data[key], data[key]) for key in NAMED if data.get(key)}
    return {**data, **known}
