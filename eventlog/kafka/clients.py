"""Starting and stopping aiokafka's clients so that none is left half done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from aiokafka.errors import KafkaError

from eventlog.failures import told

UNREACHABLE = (KafkaError, OSError)
"""What a client raises while the cluster cannot be reached or answers wrongly."""
_PATIENCE_SECONDS = 5.0

log = logging.getLogger(__name__)


async def start(starting: Coroutine[Any, Any, None], stop: Callable[[], Awaitable[None]]) -> None:
    """Awaits a client's start, and stops it where that fails. Raises ConnectionError.

    Cancelled meanwhile, it lets the start end first: a consumer torn off while it joins goes on
    by itself as a member nobody reads for, and any client torn off while it connects leaks the
    connection.
    """
    running = asyncio.ensure_future(starting)
    try:
        await asyncio.shield(running)
    except BaseException as error:
        await asyncio.wait([running], timeout=_PATIENCE_SECONDS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await quietly(stop())
        if isinstance(error, UNREACHABLE):
            raise ConnectionError(told(error)) from error
        raise


async def quietly(stopping: Awaitable[None]) -> None:
    """Stops a client for a few seconds at most; what it complains of no longer matters."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await stopping
    except (*UNREACHABLE, TimeoutError) as error:
        log.debug("a Kafka client did not stop cleanly: %s", told(error))
