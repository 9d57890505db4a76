"""An authorization request: what must be right before anybody is asked, and its sealed ticket."""

import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gateway.issuer.store import Client
from servicekit.sealed import Unsealable, Vault

TICKET_LIFE_S = 600
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_CONTEXT = "authorize"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authorization request that may be shown to an officer."""

    client: str
    redirect_uri: str
    scope: str
    code_challenge: str
    state: str | None = None
    nonce: str | None = None
    acting_for: str | None = None


class Unredirectable(Exception):
    """Client or redirect address unknown: the refusal is shown here and sent nowhere."""


class BadRequest(Exception):
    """OAuth's error code, to be told to the client at its redirect address."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


def single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name; Unredirectable when one stands twice (RFC 6749 3.1)."""
    listed = list(pairs)
    if len(dict(listed)) != len(listed):
        raise Unredirectable("参数重复")
    return {name: value for name, value in listed if value}


def redirect_of(given: Mapping[str, str], client: Client | None) -> str:
    """The redirect address, compared as a whole. Raises Unredirectable."""
    if client is None or "authorization_code" not in client.grants:
        raise Unredirectable("未登记的应用")
    uri = given.get("redirect_uri", "")
    if uri not in client.redirect_uris:
        raise Unredirectable("回调地址未登记")
    return uri


def read(given: Mapping[str, str], client: Client, redirect_uri: str) -> Asked:
    """Raises BadRequest. PKCE with S256 is asked of every client."""
    if given.get("response_type") != "code":
        raise BadRequest("unsupported_response_type", "response_type must be code")
    challenge = given.get("code_challenge", "")
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise BadRequest("invalid_request", "PKCE with code_challenge_method S256 is required")
    scope = client.granted(given.get("scope", ""))
    if scope is None:
        raise BadRequest("invalid_scope", "the client does not have this scope")
    acting_for = given.get("acting_for")
    if acting_for is not None and not _ORGANISATION.fullmatch(acting_for):
        raise BadRequest("invalid_request", "acting_for is not an organisation")
    return Asked(
        client=client.id,
        redirect_uri=redirect_uri,
        scope=scope,
        code_challenge=challenge,
        state=given.get("state"),
        nonce=given.get("nonce"),
        acting_for=acting_for,
    )


def ticket(vault: Vault, asked: Asked, cookie: str) -> str:
    """The request, sealed for 10 minutes and bound to the browser's cookie."""
    body = {**asdict(asked), "until": time.time() + TICKET_LIFE_S, "cookie": _digest(cookie)}
    return vault.seal("session", body, context=_CONTEXT)


def open_ticket(vault: Vault, text: str, cookie: str) -> Asked | None:
    """None for a ticket that is not ours, too old, or another browser's (CSRF)."""
    try:
        body: dict[str, Any] = vault.open("session", text, context=_CONTEXT)
    except (Unsealable, ValueError):
        return None
    same = hmac.compare_digest(body.pop("cookie"), _digest(cookie))
    return Asked(**body) if body.pop("until") > time.time() and same else None


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
