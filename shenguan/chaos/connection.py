"""HTTP/1.1 as the rehearsal's callers need it: one kept connection, JSON in and out, cheap."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

ANSWERS_WITHIN_S = 20.0
BROKEN = (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError)
"""The call's outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Connection:
    """To one address; made anew after every failure."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, token: str, *, body: Any = None, key: str | None = None
    ) -> Said:
        """Raises one of BROKEN."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                return await self._ask(_request(method, path, token, body, key))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened[1].close()

    async def _ask(self, request: bytes) -> Said:
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        if fields.get("transfer-encoding") == "chunked":
            raw = await _chunks(reader)
        else:
            raw = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self.close()
        return Said(int(head[0].split(" ")[1]), _read(raw))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        whole += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return whole


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")


def _request(method: str, path: str, token: str, body: Any, key: str | None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    content = b""
    if body is not None:
        content = json.dumps(body, ensure_ascii=False).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    if key is not None:
        lines.append(f"Idempotency-Key: {key}")
    return "\r\n".join([*lines, "", ""]).encode() + content
