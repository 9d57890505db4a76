"""Connections past any pooler, for those who hold a lock on their session: relay and log reader."""

from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

KEEPALIVES = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""The server notices a vanished client, and frees its lock, within 25 s."""
COMMAND_TIMEOUT = 60.0
BROKEN = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when a session fails; the last when it was ended while nobody looked."""


def url_of(database: str | URL | AsyncEngine) -> str:
    """The address asyncpg takes, from SQLAlchemy's way of writing it."""
    url = database.url if isinstance(database, AsyncEngine) else make_url(database)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def connect(url: str, *, name: str) -> Any:
    """An asyncpg connection with keepalives. Raises OSError or asyncpg's errors."""
    return await asyncpg.connect(
        url,
        timeout=10,
        command_timeout=COMMAND_TIMEOUT,
        server_settings=KEEPALIVES | {"application_name": name[:63], "timezone": "UTC"},
    )


async def hang_up(connection: Any) -> None:
    """Ends the session and with it every lock, without waiting for a server that is gone."""
    try:
        await connection.close(timeout=2)
    except BROKEN:
        connection.terminate()
