"""One service's database on a PostgreSQL server: the database, its two roles, their addresses.

The owner role migrates, the app role runs and never owns a table. Roles belong to the server, so
several databases of one service (a test's throwaway ones) share them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

ROLE_LOCK = 0x5368_656E  # one maker of roles at a time; any number that others do not use


@dataclass(frozen=True, kw_only=True)
class DatabaseUrls:
    """SQLAlchemy's addresses (`postgresql+asyncpg://`) of one database, one for each role."""

    owner: str
    app: str


def database_name(service: str) -> str:
    return f"shenguan_{service}"


def owner_role(service: str) -> str:
    return f"shenguan_{service}_owner"


def app_role(service: str) -> str:
    return f"shenguan_{service}"


def at(url: str, *, database: str, role: str | None = None, password: str = "") -> str:
    """The same server's address with another database, and another role where one is given."""
    parts = urlsplit(url)
    netloc = parts.netloc
    if role is not None:
        netloc = f"{role}:{quote(password, safe='')}@{netloc.rpartition('@')[2]}"
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


async def ensure_database(
    superuser_url: str, service: str, *, password: Callable[[str], str], name: str | None = None
) -> DatabaseUrls:
    """Makes what is missing of the service's roles and database; asked again it changes nothing
    but the roles' passwords, which are set to what `password(role)` says.
    """
    name = name or database_name(service)
    connection = await asyncpg.connect(superuser_url)
    try:
        await ensure_roles(connection, service, password=password)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await create_database(connection, service, name=name)
    finally:
        await connection.close()
    return urls(superuser_url, service, password=password, name=name)


def urls(
    superuser_url: str, service: str, *, password: Callable[[str], str], name: str
) -> DatabaseUrls:
    """What `ensure_database` returns, without asking the server."""
    owner, app = owner_role(service), app_role(service)
    base = "postgresql+asyncpg://" + superuser_url.partition("://")[2]
    return DatabaseUrls(
        owner=at(base, database=name, role=owner, password=password(owner)),
        app=at(base, database=name, role=app, password=password(app)),
    )


async def create_database(
    connection: asyncpg.Connection, service: str, *, name: str, template: str = "template0"
) -> None:
    """Only the service's own roles (and superusers) may connect to what is made here."""
    owner, app = _plain(owner_role(service)), _plain(app_role(service))
    await connection.execute(
        f"CREATE DATABASE {_plain(name)} OWNER {owner} TEMPLATE {_plain(template)}"
        + (" ENCODING 'UTF8'" if template == "template0" else "")
    )
    await connection.execute(f"REVOKE ALL ON DATABASE {_plain(name)} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {_plain(name)} TO {app}")


async def ensure_roles(
    connection: asyncpg.Connection, service: str, *, password: Callable[[str], str]
) -> None:
    """Owner and app role of the service, able to sign in with these passwords."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", ROLE_LOCK)
        for role in (owner_role(service), app_role(service)):
            known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
            verb = "ALTER" if known else "CREATE"
            secret = await connection.fetchval("SELECT quote_literal($1)", password(role))
            await connection.execute(f"{verb} ROLE {_plain(role)} LOGIN PASSWORD {secret}")


def _plain(identifier: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", identifier):
        raise ValueError(f"not a plain PostgreSQL name: {identifier!r}")
    return identifier
