"""Reads a service's topics and applies each event once, in the order of its key.

The loop here decides what to fetch, from where, and what an error means; one transaction of work
is in `eventlog.effects`. Kafka's own offset is told beside the work and never awaited in its path.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventlog.effects import Effects, Lost, Told
from eventlog.envelope import Unreadable
from eventlog.failures import Missing, OutOfRange, Refused, Stopped, is_trouble, told
from eventlog.parking import Handler
from eventlog.tables import EventTables
from eventlog.transport import Place, Reader, Record
from eventlog.wake import notify_soon

__all__ = ["Consumer", "Handler", "Missing", "Refused", "Stopped", "Told"]

_LONGEST_BACKOFF = 5.0
_GIVE_BACK_SECONDS = 10.0
_ROUNDS_OF_FREEING = 5

log = logging.getLogger(__name__)


def _real_now() -> datetime:
    return datetime.now(UTC)


class Consumer:
    """The consumer of one service in one process; several processes share the places.

    `handlers` by event type; an unknown type is passed over. `caught_up` names what to tell, once,
    when a topic of a single partition was first read to the end it had when reading began; an
    empty topic is not caught up before its first event. `clock` is real time: holds and retries
    do not follow the business clock.
    """

    def __init__(  # noqa: PLR0917 - what it is made of; how it behaves is keyword-only
        self,
        engine: AsyncEngine,
        tables: EventTables,
        reader: Reader,
        topics: Sequence[str],
        handlers: Mapping[str, Handler],
        group: str,
        *,
        clock: Callable[[], datetime] = _real_now,
        batch: int = 200,
        attempts: int = 3,
        pause: float = 0.1,
        holds_per_minute: int = 20,
        missing_bound: timedelta = timedelta(minutes=10),
        look_seconds: float = 15.0,
        caught_up: Mapping[str, Told] | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._topics = tuple(topics)
        self._group = group
        self._batch = batch
        self._attempts = attempts
        self._pause = pause
        self._look_seconds = look_seconds
        self._caught_up = dict(caught_up or {})
        self._effects = Effects(
            engine, tables, dict(handlers), "", clock, holds_per_minute, missing_bound
        )
        self._at: dict[Place, int] = {}
        """Positions as stored, of the places that are ours and sought."""
        self._ends: dict[Place, int] = {}
        """Ends that a first replay has to reach."""
        self._behind: dict[Place, int] = {}
        self._working = asyncio.Lock()
        self._started = False
        self._retry_due = 0.0
        self._look_due = 0.0
        self.last_turn = time.monotonic()
        """Monotonic time of the last turn of the loop, for /livez; trouble turns it too."""
        self.alarm: str | None = None
        """Why the consumer stands still; None while it works."""
        self.trouble: str | None = None
        """What it is waiting out now, for /readyz."""

    async def run(self) -> None:
        """Until cancelled. When it has to stop it stays, with its alarm, and takes nothing more:

        a restart would only go on doing harm.
        """
        pause = self._pause
        try:
            while True:
                self.last_turn = time.monotonic()
                try:
                    await self.turn()
                    pause, self.trouble = self._pause, None
                except Stopped as error:
                    await self._stand_still(error)
                except Exception as error:
                    self.trouble = told(error)
                    if is_trouble(error):
                        log.warning("%s: %s", self._group, self.trouble)
                    else:
                        log.exception("%s: unexpected, tried again", self._group)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_BACKOFF)
        finally:
            await self.close()

    async def turn(self, *, wait: float = 0.2) -> int:
        """Fetches once and applies what came; how many records were passed.

        Raises Stopped, or connection trouble after which the next turn goes on.
        """
        await self._start()
        await self._seek_new()
        try:
            fetched = await self._reader.fetch(wait, self._batch)
        except OutOfRange:
            await self._same_log()
            raise
        passed = 0
        for place, records in fetched.items():
            async with self._working:
                passed += await self._take(place, records)
        await self._retry_waiting()
        await self._look(passed)
        return passed

    async def close(self) -> None:
        """Gives the places back; the reader tells its positions first."""
        self._started = False
        self._forget(list(self._at))
        await self._reader.stop()

    @property
    def positions(self) -> Mapping[Place, int]:
        """Where each place of ours stands, for the lag."""
        return dict(self._at)

    async def _start(self) -> None:
        if self._started:
            return
        await self._reader.start(self._topics, self._group, self._revoked)
        try:
            self._adopt_log(await self._reader.log_id())
        except BaseException:
            await self._reader.stop()
            raise
        self._started = True

    def _adopt_log(self, log_id: str) -> None:
        self._effects = replace(self._effects, log_id=log_id)
        self._forget(list(self._at))
        log.info("%s reads log %s", self._group, log_id)

    async def _same_log(self) -> None:
        """Raises ConnectionError when the log behind the address is another one by now."""
        log_id = await self._reader.log_id()
        if log_id != self._effects.log_id:
            self._adopt_log(log_id)
            raise ConnectionError(f"the log changed to {log_id}")

    async def _seek_new(self) -> None:
        new = self._reader.assigned() - self._at.keys()
        if not new:
            return
        bounds = await self._reader.bounds(new)
        for place in sorted(new):
            first, end = bounds[place]
            stored = await self._effects.stored(place, first=first)
            if not first <= stored.position <= end:
                await self._same_log()
                raise OutOfRange(
                    f"{place.topic}/{place.partition} holds {first} to {end},"
                    f" this service is at {stored.position}"
                )
            if not self._reader.seek(place, stored.position):
                continue
            self._at[place] = stored.position
            if place.topic in self._caught_up and not stored.replayed:
                self._ends[place] = max(end, 1)
        self._reader.note({place: self._at[place] for place in new if place in self._at})
        await self._check_ends()

    async def _take(self, place: Place, records: Sequence[Record]) -> int:
        begin = self._at.get(place)
        if begin is None:  # given back while it was fetched
            return 0
        ours = [record for record in records if record.offset >= begin]
        if not ours:
            return 0
        try:
            applied = await self._apply(place, begin, ours)
        except Lost as lost:
            log.info("%s", lost)
            self._forget([place])
            return 0
        except BaseException:
            self._forget(list(self._at))
            raise
        self._reader.note({place: self._at[place]})
        if applied:
            notify_soon(self._engine)
            await self._free_keys({record.key for record in ours})
        await self._check_ends()
        return len(ours)

    async def _apply(self, place: Place, begin: int, records: Sequence[Record]) -> int:
        try:
            applied = await self._effects.take(place, begin, records)
        except Lost:
            raise
        except Exception as error:
            if is_trouble(error):
                raise
            if len(records) > 1:
                log.info("%s/%s: one by one after %s", *place, told(error))
            return await self._one_by_one(place, begin, records)
        self._at[place] = records[-1].offset + 1
        return applied

    async def _one_by_one(self, place: Place, begin: int, records: Sequence[Record]) -> int:
        applied = 0
        for record in records:
            applied += await self._single(place, begin, record)
            begin = self._at[place] = record.offset + 1
        return applied

    async def _single(self, place: Place, begin: int, record: Record) -> int:
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._effects.take(place, begin, [record])
            except Lost:
                raise
            except (Missing, Refused, Unreadable) as error:
                return await self._set_aside(place, begin, record, error)
            except Exception as error:
                if is_trouble(error):
                    raise
                if attempt == self._attempts:
                    return await self._set_aside(place, begin, record, error)
                await asyncio.sleep(self._pause * attempt)
        raise AssertionError("unreachable")

    async def _set_aside(self, place: Place, begin: int, record: Record, error: Exception) -> int:
        await self._effects.set_aside(place, begin, record, error)
        if not isinstance(error, Missing):
            log.error("%s %s is held: %s", record.topic, record.key, told(error))
            return 0
        # The cause may have been committed between our look and the hold: look once more, now that
        # whoever commits it can see the hold.
        return (await self._effects.free(record.topic, record.key)).applied

    async def _free_keys(self, keys: Collection[str]) -> None:
        """Something of these keys took effect: what waited for it, on whatever topic, may go."""
        for _ in range(_ROUNDS_OF_FREEING):
            waiting = await self._effects.waiting_for(sorted(keys))
            freed = [await self._effects.free(topic, key) for topic, key in waiting]
            if not any(one.applied for one in freed):
                return
            notify_soon(self._engine)

    async def _retry_waiting(self) -> None:
        if time.monotonic() < self._retry_due:
            return
        self._retry_due = time.monotonic() + 1.0
        for topic, key in await self._effects.due():
            freed = await self._effects.free(topic, key)
            if freed.applied:
                await self._free_keys({key})

    async def _check_ends(self) -> None:
        for place in [one for one, end in self._ends.items() if self._at.get(one, 0) >= end]:
            await self._effects.replayed(place, self._caught_up[place.topic])
            del self._ends[place]
            log.info("%s has read %s to its end", self._group, place.topic)

    async def _look(self, passed: int) -> None:
        """Now and then: is this still the same log, and does a quiet reader really have nothing?

        A client that comes back from a broker's restart without its fetches shows itself by an end
        that lies past where we stand, twice, while nothing arrives.
        """
        if passed:
            self._behind = {}
        if time.monotonic() < self._look_due:
            return
        self._look_due = time.monotonic() + self._look_seconds
        await self._same_log()
        places = [place for place in self._at if place in self._reader.assigned()]
        bounds = await self._reader.bounds(places) if places else {}
        behind = {place: self._at[place] for place in places if bounds[place][1] > self._at[place]}
        stuck = [place for place, at in behind.items() if self._behind.get(place) == at]
        self._behind = behind
        if stuck:
            log.error("%s: the reader is stuck at %s and is made anew", self._group, stuck)
            self._behind = {}
            await self.close()

    async def _revoked(self, places: Collection[Place]) -> None:
        """Waits for the batch in hand, then knows nothing of these places any more."""
        try:
            async with asyncio.timeout(_GIVE_BACK_SECONDS), self._working:
                self._forget(places)
        except TimeoutError:
            self._forget(places)

    def _forget(self, places: Collection[Place]) -> None:
        for place in places:
            self._at.pop(place, None)
            self._ends.pop(place, None)

    async def _stand_still(self, error: Stopped) -> None:
        self.alarm = told(error)
        log.critical("%s stands still: %s", self._group, self.alarm)
        await self.close()
        while True:
            self.last_turn = time.monotonic()
            await asyncio.sleep(1)


async def has_replayed(connection: AsyncConnection, tables: EventTables, topic: str) -> bool:
    """Whether this service ever read the topic to the end it had, in any log."""
    rows = tables.position
    found = await connection.execute(
        rows.select().where(rows.c.topic == topic, rows.c.replayed_at.is_not(None)).limit(1)
    )
    return found.first() is not None
