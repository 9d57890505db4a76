"""Appending to Kafka: idempotent, acks=all, one flush for a batch and never one wait a message."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from eventlog.failures import told
from eventlog.kafka import clients
from eventlog.kafka.clients import UNREACHABLE, quietly
from eventlog.kafka.config import KafkaConfig
from eventlog.transport import Health, Message, Published

FLUSH_SECONDS = 60.0
"""Past it the client is thrown away: an idempotent one would try the same batch for ever."""
_MAX_REQUEST = 1_048_576


class KafkaProducer:
    """A new client is made after every error: a fenced or confused one never recovers."""

    def __init__(self, config: KafkaConfig, *, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._config = config
        self._flush_seconds = flush_seconds
        self._client: Any = None
        self._trouble = "not started"

    async def start(self) -> None:
        if self._client is not None:
            return
        client = AIOKafkaProducer(
            **self._config.options(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_request_size=_MAX_REQUEST,
        )
        try:
            await clients.start(client.start(), client.stop)
        except BaseException as error:
            self._trouble = told(error)
            raise
        self._client, self._trouble = client, ""

    async def publish(self, messages: Sequence[Message]) -> Published:
        waiting: list[asyncio.Future[Any]] = []
        error: Exception | None = None
        try:
            await self.start()
            async with asyncio.timeout(self._flush_seconds):
                error = await self._send_all(messages, waiting)
                await self._client.flush()
        except (*UNREACHABLE, TimeoutError) as problem:
            error = problem
        except BaseException:
            await self._discard()
            raise
        confirmed, refused = _run_of_confirmed(waiting)
        error = error or refused
        if error is None:
            return Published(confirmed)
        self._trouble = told(error)
        await self._discard()
        return Published(confirmed, error)

    async def prune(self) -> int:
        """Nothing: retention and compaction are the broker's."""
        return 0

    async def stop(self) -> None:
        self._trouble = "stopped"
        await self._discard()

    def health(self) -> Health:
        return Health("kafka", not self._trouble, self._trouble)

    async def _send_all(
        self, messages: Sequence[Message], waiting: list[asyncio.Future[Any]]
    ) -> Exception | None:
        """Hands over as many as the client takes; what came before the first error still counts."""
        for message in messages:
            try:
                waiting.append(await self._send(message))
            except UNREACHABLE as error:
                return error
        return None

    async def _send(self, message: Message) -> asyncio.Future[Any]:
        headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
        if message.traceparent is not None:
            headers.append(("traceparent", message.traceparent.encode()))
        sent: asyncio.Future[Any] = await self._client.send(
            message.topic, message.value, key=message.key.encode(), headers=headers
        )
        return sent

    async def _discard(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await quietly(client.stop())


def _run_of_confirmed(sent: Sequence[asyncio.Future[Any]]) -> tuple[int, Exception | None]:
    """How many from the front are durable, and why the next one is not."""
    first: Exception | None = None
    run = 0
    for future in sent:
        if not future.done() or future.cancelled():
            failed: BaseException | None = TimeoutError("not confirmed in time")
            future.cancel()
        else:
            failed = future.exception()
        if failed is None and first is None:
            run += 1
        elif first is None:
            first = failed if isinstance(failed, Exception) else RuntimeError(str(failed))
    return run, first
