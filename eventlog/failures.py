"""How an event can fail: what a handler may raise, and which errors are the server's, not its."""

import asyncpg
import sqlalchemy.exc

_TROUBLE = frozenset({"08", "40", "53", "57", "58"})


class Refused(Exception):
    """The event is readable and this service can never take it; it is set aside at once."""


class Missing(Exception):
    """What the event builds on has not arrived yet (two topics race).

    Its key waits; it is tried again when anything of the same key arrives on another topic,
    and slowly besides. It counts as a dead letter only after a bound.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
        """What is awaited, in words for the operator, e.g. `case 20261122000000017`."""


class Stopped(Exception):
    """The consumer stands still and needs an operator: going on would lose or park too much."""


class OutOfRange(Stopped):
    """The log no longer holds (or never held) the position this service has reached."""


class Trouble(Exception):
    """The database or the connection failed; the event is not to blame and is tried again."""


_BROKEN = (
    Trouble,
    ConnectionError,
    TimeoutError,
    sqlalchemy.exc.TimeoutError,
    asyncpg.InternalClientError,
)
"""The last is what asyncpg says to a session that was ended while nobody looked."""


def is_trouble(error: BaseException) -> bool:
    """Connection and server trouble (SQLSTATE 08, 40, 53, 57, 58), here or among the causes."""
    seen: BaseException | None = error
    known: set[int] = set()
    while seen is not None and id(seen) not in known:
        known.add(id(seen))  # an error may be its own cause
        if isinstance(seen, _BROKEN):
            return True
        if isinstance(seen, sqlalchemy.exc.DBAPIError) and seen.connection_invalidated:
            return True
        if str(getattr(seen, "sqlstate", None) or "")[:2] in _TROUBLE:
            return True
        seen = seen.__cause__
    return False


def told(error: BaseException) -> str:
    """One line for a log or a parked row; never the statement's parameters (personal data)."""
    cause = getattr(error, "orig", None) or error
    first = (str(cause).splitlines() or [""])[0]
    return f"{type(cause).__name__}: {first}"[:500]
