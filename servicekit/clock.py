"""Business time. It can be moved forwards for rehearsals and tests; real time cannot.

Business days and the stamps on papers follow `Clock.now`; tokens, sessions, leases, retries,
event ids and audit keep `real_now`.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """UTC, never moved."""
    return datetime.now(UTC)


class BackwardsClock(Exception):
    """Business time only goes forwards."""


class Clock:
    """One per process (shared by all parts of an embedded run)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Business time, UTC."""
        return real_now() + self.offset

    def today(self) -> date:
        """The civil day in China."""
        return self.now().astimezone(SHANGHAI).date()

    def forward_to(self, moment: datetime) -> None:
        """Moves business time to `moment`; BackwardsClock when that lies behind it."""
        if moment < self.now() - timedelta(seconds=2):
            raise BackwardsClock
        self.offset = max(self.offset, moment - real_now())


def local(moment: datetime) -> str:
    """RFC 3339 with +08:00, as the REST answers carry it."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
