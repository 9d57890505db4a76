"""What a system on one machine needs before it can start: PostgreSQL, databases, keys.

Addresses that the settings give are used as they are; only what they leave open is made here.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from shenguan.localpostgres import LocalPostgres
from shenguan.parts import DATABASES


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Settings complete for every part; `postgres` is None where the settings name a server."""

    settings: Settings
    postgres: LocalPostgres | None
    place: str
    """Where the data lies, for people."""


def names_a_server(settings: Settings) -> bool:
    """True when any PostgreSQL address is set: then all must be."""
    fields = (f"{name}{role}_postgres_url" for name in DATABASES for role in ("", "_owner"))
    return bool(settings.postgres_url) or any(getattr(settings, field) for field in fields)


async def provision(settings: Settings) -> Provisioned:
    """A second or two the first time. Raises PostgresFailed."""
    run_dir = Path(os.path.abspath(settings.run_dir))  # noqa: PTH100 - pathlib's one asks the disk
    made: dict[str, object] = {"run_dir": str(run_dir)}
    if names_a_server(settings):
        made["keys_file"] = _keys(settings, run_dir)
        place = (settings.postgres_url or settings.database_url("catalog")).rpartition("@")[2]
        return Provisioned(settings.model_copy(update=made), None, place)
    postgres = LocalPostgres(run_dir)
    await asyncio.to_thread(postgres.start)
    for name in DATABASES:
        urls = await postgres.ensure_database(name)
        made[f"{name}_postgres_url"] = urls.app
        made[f"{name}_owner_postgres_url"] = urls.owner
    made["keys_file"] = _keys(settings, postgres.home)
    return Provisioned(settings.model_copy(update=made), postgres, str(postgres.home))


def _keys(settings: Settings, folder: Path) -> str:
    if settings.keys_file:
        return settings.keys_file
    make_keys_file(folder / "keys.json")
    return str(folder / "keys.json")
