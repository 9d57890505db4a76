"""What stands in a token: `sub name org roles acting_for scope aud iss exp iat jti`."""

import secrets
from collections.abc import Sequence
from typing import Any

from joserfc import jwt

from gateway.issuer.keys import SigningKeys
from gateway.issuer.people import Person
from servicekit.clock import real_now
from servicekit.settings import Settings

LIFE_S = 30 * 60
"""Real time, whatever the business clock says."""


class Signer:
    """Signs with the newest key. Who may have which token is decided by the caller."""

    def __init__(self, settings: Settings, keys: SigningKeys) -> None:
        self._issuer = settings.issuer
        self._audience = settings.oidc_audience
        self._keys = keys

    async def system(self, *, sub: str, name: str, scope: Sequence[str]) -> str:
        """An access token of a system client."""
        return await self._access({"sub": sub, "name": name, "scope": " ".join(scope)})

    async def officer(self, person: Person, *, scope: str, acting_for: str | None) -> str:
        """An access token of an officer; services cut the roles to the catalogue's."""
        claims = {
            "sub": person.id,
            "name": person.name,
            "org": person.org,
            "roles": list(person.roles),
            "scope": scope,
        }
        return await self._access(claims | ({"acting_for": acting_for} if acting_for else {}))

    async def identity(self, person: Person, *, client: str, nonce: str | None) -> str:
        """OpenID Connect's id token; its audience is the client, so no service takes it."""
        claims = {"sub": person.id, "name": person.name, "aud": client}
        return await self._sign(claims | ({"nonce": nonce} if nonce else {}), "JWT")

    async def _access(self, claims: dict[str, Any]) -> str:
        return await self._sign({**claims, "aud": self._audience}, "at+jwt")

    async def _sign(self, claims: dict[str, Any], kind: str) -> str:
        key = await self._keys.newest()
        now = int(real_now().timestamp())
        stamped = {
            **claims,
            "iss": self._issuer,
            "iat": now,
            "exp": now + LIFE_S,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": kind}, stamped, key)
