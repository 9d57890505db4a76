"""Readiness: every part has been reached once. Later a part may fail without taking the rest along.

A gateway that said “not ready” because one service is down would take the other four with it.
"""

from collections.abc import Mapping
from typing import Any

from gateway.services import NoAnswer, Services
from servicekit.kit import Check
from servicekit.settings import SERVICES


class Reachable:
    """One check for each part behind the edge."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: set[str] = set()

    def checks(self) -> dict[str, Check]:
        return {name: self._check(name) for name in (*SERVICES, "console")}

    def _check(self, name: str) -> Check:
        async def check() -> Mapping[str, Any]:
            try:
                await self._services.ask(name, "/livez", token=None)
            except NoAnswer as error:
                if name not in self._seen:
                    raise
                return {"ok": False, "error": str(error)}
            self._seen.add(name)
            return {"ok": True}

        return check
