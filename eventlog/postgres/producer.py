"""Appending to the PostgreSQL log.

Positions come from the topic's head row, updated in the inserting transaction: its lock makes
them visible in order, so a reader may keep one.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from eventlog import direct
from eventlog.failures import told
from eventlog.postgres.errors import expected_as_connection_error
from eventlog.transport import Health, Message, Published

CHANNEL = "eventlog_log"
COMPACTED_AFTER = timedelta(days=1)
"""Older states of a key stay readable that long."""

_APPEND = """
WITH drawn AS (
    UPDATE head SET head = head + cardinality($2::text[]) WHERE topic = $1
    RETURNING head - cardinality($2::text[]) AS base
)
INSERT INTO log_record (topic, position, key, body)
SELECT $1, drawn.base + sent.number - 1, sent.key, sent.body
FROM drawn, unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS sent (key, body, number)
"""
_EXPIRE = """
DELETE FROM log_record AS r USING head AS h
WHERE h.topic = $1 AND r.topic = h.topic
  AND r.recorded_at < now() - make_interval(secs => h.retention_ms / 1000.0)
"""
_COMPACT = """
DELETE FROM log_record AS r
WHERE r.topic = $1 AND r.recorded_at < now() - $2::interval AND EXISTS (
    SELECT FROM log_record AS n
    WHERE n.topic = r.topic AND n.key = r.key AND n.position > r.position)
"""
_LOW = """
UPDATE head SET low = coalesce(
    (SELECT min(position) FROM log_record WHERE log_record.topic = $1), head)
WHERE topic = $1
"""
log = logging.getLogger(__name__)


class UnknownTopic(Exception):
    """The topic has no head row: topics are made by command, never by accident."""


class PostgresProducer:
    """`url` is the log's database and must bypass any pooler."""

    def __init__(self, url: str, *, name: str = "producer") -> None:
        self._url = direct.url_of(url)
        self._name = f"log {name}"
        self._connection: Any = None
        self._trouble = "not started"

    async def start(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            return
        with expected_as_connection_error():
            self._connection = await direct.connect(self._url, name=self._name)
        self._trouble = ""

    async def publish(self, messages: Sequence[Message]) -> Published:
        try:
            await self.start()
            async with self._connection.transaction():
                for topic in sorted({message.topic for message in messages}):
                    await self._append(topic, [one for one in messages if one.topic == topic])
                await self._connection.execute(f"NOTIFY {CHANNEL}")
        except (*direct.BROKEN, UnknownTopic) as error:
            self._trouble = told(error)
            await self._discard()
            return Published(0, error)
        self._trouble = ""
        return Published(len(messages))

    async def prune(self) -> int:
        """Deletes what retention no longer asks for, and old states on compacted topics."""
        with expected_as_connection_error():
            await self.start()
            topics = await self._connection.fetch("SELECT topic, compacted FROM head")
            return sum([await self._prune(row["topic"], row["compacted"]) for row in topics])

    async def stop(self) -> None:
        self._trouble = "stopped"
        await self._discard()

    def health(self) -> Health:
        return Health("postgres", not self._trouble, self._trouble)

    async def _append(self, topic: str, messages: Sequence[Message]) -> None:
        keys = [message.key for message in messages]
        done: str = await self._connection.execute(
            _APPEND, topic, keys, [message.value for message in messages]
        )
        if done != f"INSERT 0 {len(messages)}":
            raise UnknownTopic(topic)

    async def _prune(self, topic: str, compacted: bool) -> int:
        async with self._connection.transaction():
            # The lock comes first: a record appended meanwhile must be seen by the new low.
            await self._connection.execute("SELECT FROM head WHERE topic = $1 FOR UPDATE", topic)
            if compacted:
                done = await self._connection.execute(_COMPACT, topic, COMPACTED_AFTER)
            else:
                done = await self._connection.execute(_EXPIRE, topic)
                await self._connection.execute(_LOW, topic)
        return int(done.split()[-1])

    async def _discard(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await direct.hang_up(connection)
