"""How often: a sliding window per caller, per address, and a narrow one where secrets are guessed.

Counted in this process: several gateways allow as many times more.
"""

import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.responses import Response

from servicekit import problems
from servicekit.problems import Problem
from servicekit.settings import Settings


class TooOften(Exception):
    """The limit is used up for `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def response(self, path: str) -> Response:
        """429 with Retry-After."""
        problem = Problem("too-many-requests", f"请在 {self.retry_after} 秒后重试")
        answer = problems.response(problem, path)
        answer.headers["Retry-After"] = str(self.retry_after)
        return answer


class Rates:
    """The counters of one gateway."""

    def __init__(self, settings: Settings) -> None:
        self._caller = parse(settings.caller_rate)
        self._public = parse(settings.public_rate)
        self._guess = parse(settings.guess_rate)
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def caller(self, sub: str) -> None:
        """One more request of a known caller. Raises TooOften."""
        await self._hit(self._caller, "caller", sub)

    async def address(self, address: str) -> None:
        """One more request without a token. Raises TooOften."""
        await self._hit(self._public, "address", address)

    async def guess(self, *who: str) -> None:
        """One more try at a verification code. Raises TooOften."""
        await self._hit(self._guess, "guess", *who)

    async def failed(self, *who: str) -> None:
        """Counts a wrong secret, token or code; the limit is felt at the next `may_try`."""
        await self._windows.hit(self._guess, "failed", *who)

    async def may_try(self, *who: str) -> None:
        """Raises TooOften after too many `failed` of the same."""
        if not await self._windows.test(self._guess, "failed", *who):
            raise await self._refusal(self._guess, "failed", *who)

    async def _hit(self, item: RateLimitItem, *who: str) -> None:
        if not await self._windows.hit(item, *who):
            raise await self._refusal(item, *who)

    async def _refusal(self, item: RateLimitItem, *who: str) -> TooOften:
        stats = await self._windows.get_window_stats(item, *who)
        return TooOften(max(1, math.ceil(stats.reset_time - time.time())))
