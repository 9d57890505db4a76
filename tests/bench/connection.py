"""The client: HTTP/1.1 on kept connections, as cheap as Python allows, and two ways to drive it."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Refused(Exception):
    """An answer that a run must not meet: a figure of refusals would say nothing."""


class Connection(asyncio.Protocol):
    """One request at a time; answers must have a length.

    Opened anew where the server closed it, as it does with what was idle for some seconds.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: Any = None
        self._read = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, port: int) -> "Connection":
        made = cls(port)
        await made._connect()
        return made

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(_END)
        if head < 0 or self._answer is None:
            return
        begin = self._read.index(_LENGTH) + len(_LENGTH)
        body = head + len(_END)
        end = body + int(self._read[begin : self._read.index(b"\r", begin)])
        if len(self._read) >= end:
            answer, self._answer = self._answer, None
            status, said = int(self._read[9:12]), self._read[body:end]
            self._read = self._read[end:]
            answer.set_result((status, said))

    def connection_lost(self, error: Exception | None) -> None:
        self._transport, self._read = None, b""
        if self._answer is not None:
            self._answer.set_exception(error or ConnectionResetError())
            self._answer = None

    async def ask(self, request: bytes) -> bytes:
        """The answer's body. Raises Refused for anything but 200 and 201."""
        if self._transport is None:
            await self._connect()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        status, body = await self._answer
        if status not in {200, 201}:
            raise Refused(f"{status} {body[:500].decode(errors='replace')}")
        return body

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class Desk:
    """Requests of one officer or system: everything that is the same in each is made once."""

    token: str
    _keys: "itertools.count[int]" = field(default_factory=itertools.count)
    _prefix: str = field(default_factory=lambda: f"bench-{time.time_ns():x}")

    def post(self, path: str, body: Any) -> bytes:
        """Under a fresh key."""
        said = json.dumps(body, ensure_ascii=False).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
            f"Idempotency-Key: {self._prefix}-{next(self._keys)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
        )
        return head.encode() + said

    def get(self, path: str) -> bytes:
        return (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        ).encode()


@dataclass(slots=True)
class Pool:
    """A few connections to one port, handed out one caller at a time."""

    free: "asyncio.LifoQueue[Connection]"

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int, size: int) -> Any:
        made = [await Connection.open(port) for _ in range(size)]
        pool = cls(asyncio.LifoQueue())
        for one in made:
            pool.free.put_nowait(one)
        try:
            yield pool
        finally:
            for one in made:
                one.close()

    async def ask(self, request: bytes) -> bytes:
        connection = await self.free.get()
        try:
            return await connection.ask(request)
        finally:
            self.free.put_nowait(connection)


@dataclass(frozen=True, slots=True)
class Run:
    """What a window saw: seconds it took, seconds of each turn."""

    seconds: float
    took: list[float]

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds


Turn = Callable[[int], Awaitable[None]]
"""One unit of work of one hand; the argument is the hand's number."""


async def closed(turn: Turn, *, hands: int, seconds: float) -> Run:
    """Each hand begins its next turn when its last one is done."""
    took: list[float] = []
    began = time.perf_counter()
    until = began + seconds

    async def work(hand: int) -> None:
        while (start := time.perf_counter()) < until:
            await turn(hand)
            took.append(time.perf_counter() - start)

    await asyncio.gather(*(work(hand) for hand in range(hands)))
    return Run(time.perf_counter() - began, took)


async def paced(turn: Turn, *, rate: float, seconds: float) -> Run:
    """A turn is due every 1/rate s, whatever became of those before; late ones count as late."""
    took: list[float] = []
    began = time.perf_counter()
    total = int(rate * seconds)

    async def one(number: int) -> None:
        due = began + number / rate
        await turn(number)
        took.append(time.perf_counter() - due)

    async with asyncio.TaskGroup() as group:
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            group.create_task(one(number))
    return Run(time.perf_counter() - began, took)


@asynccontextmanager
async def connections(port: int, count: int) -> Any:
    """One connection a hand."""
    async with AsyncExitStack() as stack:
        made = [await Connection.open(port) for _ in range(count)]
        for one in made:
            stack.callback(one.close)
        yield made
