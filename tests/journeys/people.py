"""Who calls in journeys: every answer as it is, or patience through crashes."""

import asyncio
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import httpx

from gateway.issuer.signin import SignInRefused
from servicekit.clock import SHANGHAI
from shenguan.rehearse import place
from shenguan.rehearse.caller import Callers, Refused
from shenguan.rehearse.place import PlaceRead, Power
from shenguan.rehearse.scenario import Journey
from tests.support.system import System

PLATFORM = "ywtb"


class People(Callers):
    """Everybody of a system: officers by id, `ywtb` for the platform, None for the public."""

    @classmethod
    def of(cls, system: System, *, patience_s: float = 20.0) -> "People":
        return cls.from_file(system.url, system.credentials, patience_s=patience_s)

    async def answer(
        self,
        method: str,
        who: str | None,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        **params: Any,
    ) -> httpx.Response:
        """What is answered, whatever it is; only a part that is catching up is asked again."""
        headers = {"Idempotency-Key": key} if key else {}
        if who is not None:
            headers["Authorization"] = f"Bearer {await self._token(who)}"
        until = time.monotonic() + self.patience_s
        while True:
            got = await self._client.request(
                method, path, json=body, headers=headers, params=params or None
            )
            if got.status_code != 503 or time.monotonic() > until:
                return got
            await asyncio.sleep(0.2)

    async def token(self, who: str) -> str:
        """An access token, for what is not a plain request."""
        return await self._token(who)

    async def place(self) -> PlaceRead:
        """The powers, officers and points of the place."""
        anyone = next(iter(self.credentials["officers"]))
        now = (await self.get(anyone, "/development/clock"))["now"]
        today: date = datetime.fromisoformat(now).astimezone(SHANGHAI).date()
        return await place.read(self, anyone, today)

    async def journey(self, item: str, run_name: str) -> Journey:
        """A filing of this item, not yet handed in."""
        read = await self.place()
        return Journey(self, read, power_of(read, item), PLATFORM, run_name)


class Steadfast(People):
    """Goes on, with the same keys, when a part or the gateway itself was killed beneath a call."""

    async def _send(self, method: str, who: str, path: str, **options: Any) -> httpx.Response:
        until = time.monotonic() + self.patience_s
        while True:
            try:
                return await super()._send(method, who, path, **options)
            except (httpx.TransportError, SignInRefused):
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.2)


def power_of(read: PlaceRead, item: str) -> Power:
    """The one delegation of an item."""
    (found,) = [one for one in read.powers if one.item == item]
    return found


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code, to be compared in one line."""
    return answer.status_code, str(answer.json().get("code"))


__all__ = ["PLATFORM", "Journey", "People", "Refused", "Steadfast", "power_of", "problem"]
