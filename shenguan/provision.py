"""What a system on one machine needs before it can start: PostgreSQL, databases, keys.

Addresses that the settings give are used as they are; only what they leave open is made here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from shenguan.localpostgres import LocalPostgres
from shenguan.parts import DATABASES


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Settings complete for every part."""

    settings: Settings
    place: str
    """Where the data lies, for people."""
    postgres: LocalPostgres | None = None
    """None where the settings name a server."""
    adopted: bool = False
    """Our PostgreSQL ran before we came: somebody else works with it."""

    async def stop(self) -> None:
        if self.postgres is not None:
            await asyncio.to_thread(self.postgres.stop)


@asynccontextmanager
async def at_hand(settings: Settings) -> AsyncIterator[Settings]:
    """For a command beside a running system, or without one: what it started, it stops."""
    made = await provision(settings)
    try:
        yield made.settings
    finally:
        if not made.adopted:
            await made.stop()


def names_a_server(settings: Settings) -> bool:
    """True when any PostgreSQL address is set: then all must be."""
    fields = (f"{name}{role}_postgres_url" for name in DATABASES for role in ("", "_owner"))
    return bool(settings.postgres_url) or any(getattr(settings, field) for field in fields)


async def provision(settings: Settings) -> Provisioned:
    """A second or two the first time. Raises PostgresFailed."""
    if names_a_server(settings):
        keys = _keys(settings, Path(settings.run_dir))
        place = (settings.postgres_url or settings.database_url("catalog")).rpartition("@")[2]
        return Provisioned(settings.model_copy(update={"keys_file": keys}), place)
    postgres = LocalPostgres(Path(settings.run_dir))
    server = await asyncio.to_thread(postgres.start)
    made = {"keys_file": _keys(settings, postgres.home)}
    for name in DATABASES:
        urls = await postgres.ensure_database(name)
        made[f"{name}_postgres_url"] = urls.app
        made[f"{name}_owner_postgres_url"] = urls.owner
    return Provisioned(
        settings.model_copy(update=made), str(postgres.home), postgres, adopted=server.adopted
    )


def _keys(settings: Settings, folder: Path) -> str:
    if settings.keys_file:
        return settings.keys_file
    make_keys_file(folder / "keys.json")
    return str(folder / "keys.json")
