"""Bringing databases to what the code wants, as their owners."""

import asyncio
from collections.abc import Iterable

import asyncpg
from sqlalchemy import make_url

from contracts.topics import TOPICS
from eventlog import postgres
from eventlog.direct import url_of
from eventlog.kafka.topics import ensure as ensure_on_kafka
from eventlog.postgres import ddl
from servicekit import migrations
from servicekit.settings import Settings
from servicekit.transports import kafka_config
from shenguan.parts import LOG_DATABASE


async def migrate(settings: Settings, names: Iterable[str]) -> list[str]:
    """Brings these databases to head and returns those that were not there.

    The looking is done at once for all; the migrations one after another, for Alembic's context
    belongs to the whole process.
    """
    wanted = list(names)
    behind = await asyncio.gather(*(_is_behind(settings, name) for name in wanted))
    moved = [name for name, is_behind in zip(wanted, behind, strict=True) if is_behind]
    for name in moved:
        owner, app = settings.database_url(name, owner=True), settings.database_url(name)
        if name == LOG_DATABASE:
            await _make_log(owner, app)
        else:
            await migrations.upgrade(name, owner, app_url=app)
    return moved


async def ensure_topics(settings: Settings) -> None:
    """The topics of the transport in use, made or checked. Raises WrongTopic, ConnectionError."""
    if settings.transport == "kafka":
        await ensure_on_kafka(kafka_config(settings, "topics"), TOPICS)
    else:
        await postgres.ensure(settings.database_url(LOG_DATABASE, owner=True), TOPICS)


async def _is_behind(settings: Settings, name: str) -> bool:
    owner = settings.database_url(name, owner=True)
    if name != LOG_DATABASE:
        return await migrations.current(name, owner) != migrations.head(name)
    connection = await asyncpg.connect(url_of(owner))
    try:
        return await connection.fetchval("SELECT to_regclass('public.log')") is None
    finally:
        await connection.close()


async def _make_log(owner: str, app: str) -> None:
    role = '"' + (make_url(app).username or "").replace('"', '""') + '"'
    connection = await asyncpg.connect(url_of(owner))
    try:
        async with connection.transaction():
            for statement in [*ddl.upgrade_statements(), *ddl.grant_statements(role)]:
                await connection.execute(statement)
    finally:
        await connection.close()
