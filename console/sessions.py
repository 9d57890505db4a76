"""Server-side sessions: the cookie is a random name, the token never leaves this process.

A session ends after 30 idle minutes, after 8 hours, or with its token, whichever comes first.
"""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from console.tables import session
from servicekit.clock import real_now
from servicekit.kit import Kit

COOKIE = "shenguan_session"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
PURPOSE = "session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is. `csrf` must come back with every form."""

    token: str
    sub: str
    name: str
    org: str
    org_name: str
    roles: tuple[str, ...]
    csrf: str


async def begin(kit: Kit, person: SignedIn, *, token_expires: datetime) -> str:
    """A new session; returns the cookie's value. Never reuses one from before signing in."""
    cookie = secrets.token_urlsafe(32)
    name = _name(cookie)
    now = real_now()
    async with kit.engine.begin() as connection:
        await connection.execute(delete(session).where(session.c.expires_at < now))
        await connection.execute(
            insert(session).values(
                sha256=name,
                sealed=kit.vault.seal(PURPOSE, asdict(person), context=name),
                created_at=now,
                seen_at=now,
                expires_at=min(now + LONGEST, token_expires),
            )
        )
    return cookie


async def find(kit: Kit, cookie: str | None) -> SignedIn | None:
    """The person behind a cookie, None when it ended; a visit keeps it alive."""
    if not cookie:
        return None
    name, now = _name(cookie), real_now()
    async with kit.engine.begin() as connection:
        sealed = await connection.scalar(
            update(session)
            .where(
                session.c.sha256 == name,
                session.c.expires_at > now,
                session.c.seen_at > now - IDLE,
            )
            .values(seen_at=now)
            .returning(session.c.sealed)
        )
    if sealed is None:
        return None
    stored = kit.vault.open(PURPOSE, sealed, context=name)
    return SignedIn(**{**stored, "roles": tuple(stored["roles"])})


async def end(kit: Kit, cookie: str | None) -> None:
    """Signs out."""
    if cookie:
        async with kit.engine.begin() as connection:
            await connection.execute(delete(session).where(session.c.sha256 == _name(cookie)))


def csrf_fits(person: SignedIn, given: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(person.csrf.encode(), given.encode())


def _name(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
