"""Serving ASGI apps from one event loop that one signal ends, for every process we start."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

import uvicorn
import uvloop
from starlette.types import ASGIApp

Value = TypeVar("Value")

OPEN_REQUESTS_S = 4
"""How long an answer that is being made may take once the process was told to stop."""


class PortTaken(Exception):
    """Somebody else listens there."""


class _Server(uvicorn.Server):
    """Signals belong to the whole process, which serves more than one app."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()


def run(main: Coroutine[Any, Any, Value]) -> Value:
    """Runs a command to its end on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def stop_on_signals() -> asyncio.Event:
    """Set by SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, before anything else is done. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((host, port))
    except OSError as error:
        one.close()
        raise PortTaken(f"端口 {port} 不能用：{error.strerror}") from error
    one.set_inheritable(False)
    return one


@asynccontextmanager
async def serving(
    app: ASGIApp, listener: socket.socket, *, lifespan: Literal["on", "off"] = "on"
) -> AsyncIterator[None]:
    """Answers on `listener` inside the block, the app's lifespan around it.

    Raises RuntimeError when the app does not start. Forwarded headers are not believed: who stands
    in front is for the gateway to know.
    """
    server = _Server(
        uvicorn.Config(
            app,
            lifespan=lifespan,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=OPEN_REQUESTS_S,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    answers = asyncio.create_task(server.answers.wait())
    await asyncio.wait({task, answers}, return_when=asyncio.FIRST_COMPLETED)
    if not server.started:
        answers.cancel()
        await task
        raise RuntimeError("the application did not start; its log says why")
    try:
        yield
    finally:
        stop_streams = getattr(app, "stop_streams", None)
        if stop_streams is not None:
            stop_streams()
        server.should_exit = True
        await task
