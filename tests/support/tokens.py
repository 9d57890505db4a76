"""An issuer for tests: real signed tokens, keys of its own, no network."""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

AUDIENCE = "shenguan"


class TestIssuer:
    """Signs tokens of officers and systems; `keys` is what a Verifier asks."""

    __test__ = False

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = ECKey.generate_key("P-256", parameters={"kid": "test"}, private=True)

    async def keys(self, fresh: bool) -> KeySet:
        return KeySet([self._key])

    def officer(
        self, sub: str, *, org: str, roles: list[str], name: str | None = None, **claims: Any
    ) -> str:
        return self.sign(sub=sub, name=name or sub, org=org, roles=roles, **claims)

    def system(self, sub: str, *, scope: str, name: str | None = None) -> str:
        return self.sign(sub=sub, name=name or sub, scope=scope)

    def sign(self, **claims: Any) -> str:
        now = int(time.time())
        body = {"iss": self.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 1800} | claims
        return jwt.encode({"alg": "ES256", "kid": "test"}, body, self._key)
