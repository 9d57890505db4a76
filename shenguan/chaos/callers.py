"""Officers and their systems: real tokens, and the same key again until an answer is final."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from gateway.issuer.signin import SignInRefused, sign_in
from shenguan.chaos.connection import BROKEN, Connection, Said

TOKEN_LIFE_S = 20 * 60
LONGEST_PAUSE_S = 1.0
SHOWN = 300
_AGAIN = frozenset({"case-not-yet-here", "request-in-progress", "too-many-requests"})


class Unanswered(Exception):
    """Nobody gave a final answer within the caller's patience."""


@dataclass(frozen=True, slots=True)
class Done:
    """An acknowledged verb: what the system has promised to keep."""

    verb: str
    who: str
    on: str
    """The case's number, or the id of a push or a feedback."""
    said: Any


@dataclass(slots=True)
class Journal:
    """What callers saw; kept outside the system, by the only process that is never killed."""

    done: list[Done] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    """Answers no rule explains, e.g. a refusal of what had been done under the same key."""
    again: Counter[str] = field(default_factory=Counter)
    """Why calls were repeated."""

    def of(self, *verbs: str) -> list[Done]:
        return [one for one in self.done if one.verb in verbs]


class Callers:
    """Everybody who calls the gateway, over kept connections."""

    def __init__(
        self, port: int, credentials: Path, *, patience_s: float, connections: int
    ) -> None:
        self.journal = Journal()
        self._port = port
        self._known: dict[str, Any] = json.loads(credentials.read_text(encoding="utf-8"))
        self._patience_s = patience_s
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(Connection(port))
        self._tokens: dict[str, tuple[float, str]] = {}
        self._signing_in: dict[str, asyncio.Lock] = {}

    def close(self) -> None:
        while not self._free.empty():
            self._free.get_nowait().close()

    async def act(
        self, verb: str, who: str, path: str, body: Any, *, on: str, expects: tuple[int, ...] = ()
    ) -> Said:
        """A POST with one key for all its attempts; a success is entered in the journal.

        `expects` are refusals that the rules explain. Raises Unanswered.
        """
        key = f"chaos:{on}:{verb}:{who}"
        said = await self._final("POST", who, path, body, key)
        if said.status in {200, 201}:
            self.journal.done.append(Done(verb, who, on, said.body))
        elif said.status not in expects:
            self.journal.unexpected.append(
                f"{verb} {on}: {said.status} {said.code} {said.body}"[:300]
            )
        return said

    async def read(self, who: str, path: str) -> Any:
        """The JSON of a GET. Raises Unanswered."""
        return (await self._final("GET", who, path, None, None)).body

    async def _final(self, method: str, who: str, path: str, body: Any, key: str | None) -> Said:
        deadline = time.monotonic() + self._patience_s
        pause = 0.05
        why = ""
        while time.monotonic() < deadline:
            try:
                token = await self._token(who)
                async with self._connection() as connection:
                    said = await connection.ask(method, path, token, body=body, key=key)
                if said.status < 500 and said.code not in _AGAIN:
                    return said
                why = f"{said.status} {said.code}"
            except (*BROKEN, httpx.HTTPError, SignInRefused) as error:
                why = type(error).__name__
            self.journal.again[why] += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries
            pause = min(pause * 2, LONGEST_PAUSE_S)
        self.journal.unanswered.append(f"{method} {path}: {why}")
        raise Unanswered(path)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await self._free.get()
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def _token(self, who: str) -> str:
        async with self._signing_in.setdefault(who, asyncio.Lock()):
            good_until, token = self._tokens.get(who, (0.0, ""))
            if good_until < time.monotonic():
                async with httpx.AsyncClient(
                    base_url=f"http://127.0.0.1:{self._port}", trust_env=False, timeout=20
                ) as client:
                    token = await sign_in(client, who, **self._known["officers_sign_in_by"])
                self._tokens[who] = (time.monotonic() + TOKEN_LIFE_S, token)
            return token
