"""Bearer tokens: verified in every service, not only at the gateway.

The token says who someone is; what they may is the catalogue's (`servicekit.access`).
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from servicekit.problems import Problem

ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
LEEWAY_S = 30
REFETCH_S = 30
CACHE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a system by client credentials, or an officer of an organisation."""

    sub: str
    name: str
    kind: Literal["system", "officer"]
    org: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    acting_for: str | None = None
    scope: frozenset[str] = field(default_factory=frozenset)
    leads: frozenset[str] = field(default_factory=frozenset)
    """Organisations beneath a leader's own, by the catalogue; empty for everyone else."""
    token: str = field(default="", repr=False, compare=False)
    expires_at: datetime | None = field(default=None, compare=False)
    """Real time, UTC; None only for callers made by hand."""


Keys = Callable[[bool], Awaitable[KeySet]]
"""Gives the issuer's keys; True asks for fresh ones."""


class RemoteKeys:
    """The issuer's JWKS over HTTP, kept; asked again for an unknown key at most every 30 s."""

    def __init__(self, url: str, client: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._client = client
        self._keys: KeySet | None = None
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()

    async def __call__(self, fresh: bool) -> KeySet:
        async with self._lock:
            stale = time.monotonic() - self._fetched > REFETCH_S
            if self._keys is None or (fresh and stale):
                self._keys = await self._fetch()
                self._fetched = time.monotonic()
            return self._keys

    async def _fetch(self) -> KeySet:
        try:
            if self._client is not None:
                answer = await self._client.get(self._url)
            else:
                async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                    answer = await client.get(self._url)
            answer.raise_for_status()
            return KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, JoseError, ValueError) as error:
            raise Problem("unavailable", "暂时取不到令牌公钥，无法核验身份") from error


class Verifier:
    """Checks signature, issuer, audience and times; keeps what it verified until it expires."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        keys: Keys,
        org_claim: str = "org",
        roles_claim: str = "roles",
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._org_claim = org_claim
        self._roles_claim = roles_claim
        self._seen: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, token: str) -> Caller:
        """The caller of a token; Problem `unauthenticated` for any other text."""
        digest = hashlib.sha256(token.encode()).digest()
        known = self._seen.get(digest)
        if known is not None and known[0] > time.time():
            return known[1]
        claims = await self._claims(token)
        caller = self._read(claims, token)
        if len(self._seen) >= CACHE_LIMIT:
            self._seen.clear()
        self._seen[digest] = (float(claims["exp"]), caller)
        return caller

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, await self._keys(False), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = await self._decode_with_fresh_keys(token)
        claims = decoded.claims
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise Problem("unauthenticated", f"令牌不被接受：{error.error}") from error
        return claims

    async def _decode_with_fresh_keys(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, await self._keys(True), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise Problem("unauthenticated", "令牌签名无效或已损坏") from error

    def _read(self, claims: Mapping[str, Any], token: str) -> Caller:
        org = _path(claims, self._org_claim)
        roles = _path(claims, self._roles_claim) or []
        return Caller(
            sub=str(claims["sub"]),
            name=str(claims.get("name") or claims["sub"]),
            kind="officer" if org else "system",
            org=str(org) if org else None,
            roles=frozenset(str(role) for role in roles),
            acting_for=claims.get("acting_for"),
            scope=frozenset(str(claims.get("scope") or "").split()),
            token=token,
            expires_at=datetime.fromtimestamp(float(claims["exp"]), UTC),
        )


def _path(claims: Mapping[str, Any], dotted: str) -> Any:
    value: Any = claims
    for part in dotted.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
