"""Two questions before anything is forwarded: whose token is this, and how often did it come."""

from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.rates import Rates
from gateway.routing import Target
from servicekit.problems import Problem
from servicekit.tokens import Verifier


class Admission:
    """Judges a request by its head alone, so that a refused body is never read."""

    def __init__(self, verifier: Verifier, rates: Rates) -> None:
        self._verifier = verifier
        self._rates = rates

    async def check(self, scope: Scope, target: Target) -> None:
        """Raises Problem `unauthenticated` or TooOften. Services check the token again."""
        address = address_of(scope)
        token = _bearer(scope)
        if token is None or target.part == "console":
            await self._without_token(address, target)
            return
        try:
            caller = await self._verifier.caller(token)
        except Problem as problem:
            if problem.code == "unauthenticated":
                await self._rates.address(address)
            raise
        await self._rates.caller(caller.sub)

    async def _without_token(self, address: str, target: Target) -> None:
        await self._rates.address(address)
        if target.guessing:
            await self._rates.guess(address)
        if not target.public:
            raise Problem("unauthenticated", "请求没有携带令牌")


def address_of(scope: Scope) -> str:
    """The caller's address, trusted proxies already looked through."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _bearer(scope: Scope) -> str | None:
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
