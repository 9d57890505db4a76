"""A part in a process of its own that sends and reads bit by bit; what it saw is asked beside."""

import asyncio

from starlette.types import Receive, Scope, Send

seen: list[str] = []
go = asyncio.Event()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    path: str = scope["path"]
    if path.endswith("/seen"):
        await _answer(send, ",".join(seen).encode())
    elif path.endswith("/go"):
        go.set()
        await _answer(send, b"gone")
    elif path.endswith("/upload"):
        await _upload(receive)
        await _answer(send, b"received")
    elif path.endswith("/stream"):
        await _stream(receive, send)
    else:
        await _answer(send, path.encode())


async def _upload(receive: Receive) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            seen.append("broken-off")
            return
        if message.get("body"):
            seen.append(message["body"].decode())
        more = message.get("more_body", False)


async def _stream(receive: Receive, send: Send) -> None:
    """First half at once, second half when told to go, then silence until the client leaves."""
    headers = [(b"content-type", b"text/event-stream"), (b"set-cookie", b"a=1"), (b"x-part", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
    await go.wait()
    await send({"type": "http.response.body", "body": b"data: second\n\n", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
    seen.append("client-left")


async def _answer(send: Send, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
