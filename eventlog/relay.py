"""Moves committed outbox rows to the log, in order, at least once.

One relay per database works, under an advisory lock on a session of its own; others stand by. It
reads what is visible by id, sends the batch, flushes once, and only then, *on the same session*,
moves the confirmed rows to the archive and reads again. Nothing overlaps: a row that commits late
with a lower id is seen by the next read, so no later row of its key can have gone before it. A
session that died can no longer move anything, and what it had sent is sent again: consumers know
the ids.

Positions of the archive come from a one-row counter updated in the inserting transaction, so they
become visible in order and a reader may keep one. On a stamped topic the position must be inside
the body that is sent. It is therefore drawn before the sending and *committed* with the outbox row
(`outbox.position`, rewritten body): a relay that dies between sending and moving sends the same
position again, where one drawn in a transaction still open would be given a second time, to
another event perhaps. Rows that have a position go before all others, and only an unbroken
confirmed run is moved, so the archive still shows positions in order.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from eventlog import direct, wake
from eventlog.envelope import Envelope
from eventlog.failures import told
from eventlog.tables import EventTables
from eventlog.transport import Message, Producer

LOCK = 7_309_001
"""pg advisory lock key; it is per database."""
UPKEEP_SECONDS = 3600.0
MONTHS_AHEAD = 3
_STANDBY_SECONDS = 0.5
_LONGEST_BACKOFF = 5.0
_LAST_BATCH_SECONDS = 5.0

_READ = """
SELECT id, topic, key, body, traceparent, position,
       extract(epoch FROM clock_timestamp() - written_at)::float8 AS age
FROM {outbox}
"""
_BY_ID = _READ + "ORDER BY id LIMIT $1"
_STAMPED_FIRST = _READ + "WHERE position IS NOT NULL ORDER BY position LIMIT $1"
_DRAW = "UPDATE {event_head} SET head = head + $1 RETURNING head - $1"
_STAMP = """
UPDATE {outbox} AS o SET position = s.position, body = s.body
FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS s (id, position, body) WHERE o.id = s.id
"""
_MOVE = """
WITH moved AS (
    DELETE FROM {outbox} WHERE id = ANY ($1::bigint[])
    RETURNING id, event_id, topic, key, body, position
), drawn AS (
    UPDATE {event_head} SET head = head + $2 RETURNING head - $2 AS base
)
INSERT INTO {event} (position, event_id, topic, key, body)
SELECT coalesce(
           moved.position,
           drawn.base + row_number() OVER (PARTITION BY moved.position IS NULL ORDER BY moved.id)
       ), moved.event_id, moved.topic, moved.key, moved.body
FROM moved, drawn
"""
log = logging.getLogger(__name__)


class NotPublished(Exception):
    """The log did not confirm everything; the rest stays in the outbox and is sent again."""


@dataclass(frozen=True, slots=True)
class Lease:
    """For /readyz and the metrics; a standby is ready."""

    state: Literal["down", "standby", "active"]
    seconds: float
    """How long it has been so."""
    turn_age: float
    """Seconds since the last full turn; grows while the log does not confirm."""
    oldest: float
    """Age in seconds of the oldest row seen by the last turn; 0 when the outbox was empty."""


class Relay:
    """The relay of one database; `database` must bypass any pooler.

    `stamped` names the topics whose bodies carry their archive position.
    """

    def __init__(
        self,
        database: str | URL | AsyncEngine,
        tables: EventTables,
        producer: Producer,
        *,
        name: str,
        poll: float = 0.05,
        batch: int = 500,
        stamped: Collection[str] = (),
    ) -> None:
        self._url = direct.url_of(database)
        self._producer = producer
        self._name = f"relay {name}"
        self._poll = poll
        self._batch = batch
        self._stamped = frozenset(stamped)
        names = {one: getattr(tables, one).fullname for one in ("outbox", "event", "event_head")}
        self._by_id, self._stamped_first, self._draw, self._stamp, self._move = (
            sql.format(**names) for sql in (_BY_ID, _STAMPED_FIRST, _DRAW, _STAMP, _MOVE)
        )
        self._session: Any = None
        self._woken = asyncio.Event()
        self._state: Literal["down", "standby", "active"] = "down"
        self._since = self._turned = time.monotonic()
        self._upkeep_due = 0.0
        self._oldest = 0.0

    async def run(self) -> None:
        """Until cancelled; the batch in hand is finished first, for at most a few seconds."""
        pause = 0.1
        try:
            while True:
                try:
                    if not await self._finished(self.step()):
                        await self._wait()
                    pause = 0.1
                except Exception as error:  # noqa: BLE001 - logged there; nothing may end a relay
                    pause = await self._give_up(error, pause)
        finally:
            await self.close()

    async def step(self) -> int:
        """One read, send and move; how many rows were moved, 0 also while standing by.

        Raises NotPublished after moving what was confirmed.
        """
        if not await self._leads():
            return 0
        await self._look_after()
        self._woken.clear()
        rows = await self._next_rows()
        self._oldest = rows[0]["age"] if rows else 0.0
        moved = await self._pass_on(rows) if rows else 0
        self._turned = time.monotonic()
        return moved

    async def close(self) -> None:
        """Gives up the lock and the producer."""
        await self._drop_session()
        await self._producer.stop()

    @property
    def lease(self) -> Lease:
        now = time.monotonic()
        return Lease(self._state, now - self._since, now - self._turned, self._oldest)

    @property
    def last_turn(self) -> float:
        """Monotonic time of the last full turn."""
        return self._turned

    async def _leads(self) -> bool:
        if self._session is None or self._session.is_closed():
            self._become("down")
            self._session = await direct.connect(self._url, name=self._name)
            await wake.listen(self._session, self._woken)
        if self._state == "active":
            return True
        if not await self._session.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            self._become("standby")
            return False
        await self._producer.start()
        self._become("active")
        self._upkeep_due = 0.0
        return True

    async def _look_after(self) -> None:
        if time.monotonic() < self._upkeep_due:
            return
        await self._session.execute("SELECT make_event_partitions($1)", MONTHS_AHEAD)
        await self._producer.prune()
        self._upkeep_due = time.monotonic() + UPKEEP_SECONDS

    async def _next_rows(self) -> Sequence[Any]:
        """What to send next: rows that have a position, else the oldest, stamped where needed."""
        if not self._stamped:
            return await self._fetch(self._by_id)
        rows = await self._fetch(self._stamped_first)
        if rows:
            return rows
        rows = await self._fetch(self._by_id)
        fresh = [row for row in rows if row["topic"] in self._stamped]
        if not fresh:
            return rows
        await self._give_positions(fresh)
        return await self._fetch(self._stamped_first)

    async def _fetch(self, sql: str) -> Sequence[Any]:
        rows: Sequence[Any] = await self._session.fetch(sql, self._batch)
        return rows

    async def _give_positions(self, rows: Sequence[Any]) -> None:
        async with self._session.transaction():
            base: int = await self._session.fetchval(self._draw, len(rows))
            positions = list(range(base + 1, base + 1 + len(rows)))
            bodies = [
                Envelope.from_bytes(row["body"]).at(position).to_bytes()
                for row, position in zip(rows, positions, strict=True)
            ]
            ids = [row["id"] for row in rows]
            await self._session.execute(self._stamp, ids, positions, bodies)

    async def _pass_on(self, rows: Sequence[Any]) -> int:
        published = await self._producer.publish(
            [Message(row["topic"], row["key"], row["body"], row["traceparent"]) for row in rows]
        )
        confirmed = rows[: published.confirmed]
        if confirmed:
            drawn = sum(row["position"] is None for row in confirmed)
            await self._session.execute(self._move, [row["id"] for row in confirmed], drawn)
        if published.error is not None:
            raise NotPublished(told(published.error)) from published.error
        return len(confirmed)

    async def _finished(self, step: Any) -> int:
        """Awaits a step; cancelled meanwhile, lets it end first so that nothing is sent twice."""
        running: asyncio.Task[int] = asyncio.ensure_future(step)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running], timeout=_LAST_BATCH_SECONDS)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            raise

    async def _wait(self) -> None:
        seconds = self._poll if self._state == "active" else _STANDBY_SECONDS
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        if self._state != "active":
            await asyncio.sleep(seconds)

    async def _give_up(self, error: Exception, pause: float) -> float:
        """Frees the lock, so that another relay may try, and waits; the next pause."""
        expected = isinstance(error, (NotPublished, *direct.BROKEN))
        log.warning(
            "%s: %s; next try in %.1f s",
            *(self._name, told(error), pause),
            exc_info=None if expected else error,
        )
        await self._drop_session()
        await asyncio.sleep(pause)
        return min(pause * 2, _LONGEST_BACKOFF)

    async def _drop_session(self) -> None:
        session, self._session = self._session, None
        self._become("down")
        if session is not None:
            await direct.hang_up(session)

    def _become(self, state: Literal["down", "standby", "active"]) -> None:
        if state != self._state:
            log.info("%s is %s", self._name, state)
            self._state, self._since = state, time.monotonic()
