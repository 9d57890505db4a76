"""Signing keys (ES256), kept sealed in the gateway's database; the newest signs, all verify."""

import secrets
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey, KeySet
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.tables import signing_key
from servicekit.clock import real_now
from servicekit.sealed import Vault

RENEWED_AFTER = timedelta(days=30)
_MAKING = text("SELECT pg_advisory_xact_lock(hashtextextended('signing_key', 0))")


class SigningKeys:
    """The issuer's keys; read once, and again when a token names one nobody here knows."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._keys: list[ECKey] = []

    async def prepare(self) -> None:
        """Makes the first key, or a new one when the newest has signed for 30 days."""
        async with self._engine.begin() as connection:
            await connection.execute(_MAKING)
            newest = await connection.scalar(
                select(signing_key.c.created_at).order_by(signing_key.c.created_at.desc()).limit(1)
            )
            if newest is None or newest < real_now() - RENEWED_AFTER:
                await self._make(connection)
        await self._read()

    async def newest(self) -> ECKey:
        """The private key that signs."""
        if not self._keys:
            await self._read()
        return self._keys[0]

    async def public(self, fresh: bool) -> KeySet:
        """`servicekit.tokens.Keys` for whoever lives in the gateway's process."""
        if fresh or not self._keys:
            await self._read()
        return KeySet(list(self._keys))

    async def jwks(self) -> dict[str, Any]:
        """What `/.well-known/jwks.json` answers: no private member."""
        return dict((await self.public(False)).as_dict(private=False))

    async def _make(self, connection: AsyncConnection) -> None:
        kid = secrets.token_hex(8)
        key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"}, private=True)
        sealed = self._vault.seal("session", key.as_dict(private=True), context=_context(kid))
        await connection.execute(insert(signing_key).values(kid=kid, sealed=sealed))

    async def _read(self) -> None:
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(signing_key.c.kid, signing_key.c.sealed).order_by(
                    signing_key.c.created_at.desc()
                )
            )
            self._keys = [
                ECKey.import_key(self._vault.open("session", row.sealed, context=_context(row.kid)))
                for row in rows
            ]


def _context(kid: str) -> str:
    return f"signing-key:{kid}"
