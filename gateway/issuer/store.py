"""Clients and authorization codes in the gateway's database."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables
from gateway.issuer.people import ClientSpec
from servicekit.clock import real_now
from servicekit.kit import Kit

CODE_LIFE = timedelta(seconds=60)
CODES_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Client:
    """A client that may ask for tokens; `secret` None for a public one."""

    id: str
    name: str
    secret: str | None
    grants: frozenset[str]
    scope: tuple[str, ...]
    redirect_uris: tuple[str, ...]

    def granted(self, asked: str) -> str | None:
        """The scope to write into a token; None when more is asked than the client has."""
        words = asked.split() or list(self.scope)
        return " ".join(words) if set(words) <= set(self.scope) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an authorization code stands for."""

    client: str
    officer: str
    redirect_uri: str
    code_challenge: str
    scope: str
    nonce: str | None
    acting_for: str | None


async def enrol(kit: Kit, specs: list[ClientSpec]) -> list[Client]:
    """Brings the table in line with the profile; secrets once made stay."""
    async with kit.engine.begin() as connection:
        await connection.execute(update(tables.client).values(active=False))
        for spec in specs:
            await _enrol(connection, kit, spec)
        rows = await connection.execute(
            select(tables.client).where(tables.client.c.active).order_by(tables.client.c.id)
        )
        return [_client(kit, row) for row in rows]


async def _enrol(connection: AsyncConnection, kit: Kit, spec: ClientSpec) -> None:
    table = tables.client
    secret = None
    if not spec.public:
        fresh = secrets.token_urlsafe(32)
        secret = kit.vault.seal("session", fresh, context=_context(spec.id))
    values = {
        "name": spec.name,
        "grants": list(spec.grants),
        "scope": list(spec.scope),
        "redirect_uris": list(spec.redirect_uris),
        "active": True,
        "updated_at": real_now(),
    }
    statement = postgresql.insert(table).values(id=spec.id, secret=secret, **values)
    kept = None if spec.public else func.coalesce(table.c.secret, statement.excluded.secret)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={**values, "secret": kept})
    )


async def client(kit: Kit, id_: str) -> Client | None:
    """The client that may ask now, or None."""
    async with kit.reading() as connection:
        row = (
            await connection.execute(
                select(tables.client).where(tables.client.c.id == id_, tables.client.c.active)
            )
        ).first()
    return None if row is None else _client(kit, row)


async def issue_code(kit: Kit, grant: Grant) -> str:
    """A code good once, for 60 seconds."""
    code = secrets.token_urlsafe(32)
    table = tables.authorization_code
    now = real_now()
    async with kit.engine.begin() as connection:
        await connection.execute(delete(table).where(table.c.expires_at < now - CODES_KEPT))
        await connection.execute(
            insert(table).values(
                sha256=_digest(code),
                client=grant.client,
                officer=grant.officer,
                redirect_uri=grant.redirect_uri,
                code_challenge=grant.code_challenge,
                scope=grant.scope,
                nonce=grant.nonce,
                acting_for=grant.acting_for,
                expires_at=now + CODE_LIFE,
            )
        )
    return code


async def redeem(kit: Kit, code: str, client_id: str) -> Grant | None:
    """What the code stands for, once; None when unknown, another client's, late or used."""
    table = tables.authorization_code
    now = real_now()
    async with kit.engine.begin() as connection:
        row = (
            await connection.execute(
                update(table)
                .where(
                    table.c.sha256 == _digest(code),
                    table.c.client == client_id,
                    table.c.used_at.is_(None),
                    table.c.expires_at > now,
                )
                .values(used_at=now)
                .returning(table)
            )
        ).first()
    if row is None:
        return None
    return Grant(
        client=row.client,
        officer=row.officer,
        redirect_uri=row.redirect_uri,
        code_challenge=row.code_challenge,
        scope=row.scope,
        nonce=row.nonce,
        acting_for=row.acting_for,
    )


def _client(kit: Kit, row: Row[Any]) -> Client:
    sealed: str | None = row.secret
    id_: str = row.id
    return Client(
        id=id_,
        name=row.name,
        secret=kit.vault.open("session", sealed, context=_context(id_)) if sealed else None,
        grants=frozenset(row.grants),
        scope=tuple(row.scope),
        redirect_uris=tuple(row.redirect_uris),
    )


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _context(id_: str) -> str:
    return f"client:{id_}"
