"""`/oauth/token`: client credentials, and codes exchanged with their PKCE verifier."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from gateway.admission import address_of
from gateway.issuer import store
from gateway.issuer.people import Person
from gateway.issuer.signing import LIFE_S, Signer
from gateway.issuer.store import Client
from gateway.rates import Rates, TooOften
from servicekit.access import Rule
from servicekit.kit import Kit

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Refusal(Exception):
    """An error of RFC 6749 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        headers = dict(_NO_STORE)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="shenguan"'
        body = {"error": self.error, "error_description": self.description}
        return JSONResponse(body, self.status, headers=headers)


class OfTheClient(Rule):
    """Public for the walk over the routes: Authorization carries a client's secret, no token."""

    async def __call__(self, request: Request) -> None:
        del request


@dataclass(frozen=True, slots=True)
class Issuer:
    """What the token endpoint works with."""

    kit: Kit
    signer: Signer
    officers: Mapping[str, Person]
    rates: Rates


def router(issuer: Issuer) -> APIRouter:
    """One route; errors are OAuth's own form, as its clients expect."""
    made = APIRouter(
        dependencies=[Depends(OfTheClient(frozenset({"public"})))], include_in_schema=False
    )

    @made.post("/oauth/token")
    async def token(request: Request) -> Response:
        try:
            given = await _form(request)
            client = await _authenticated(issuer, request, given)
            answer = await _granted(issuer, client, given)
        except Refusal as refusal:
            return refusal.response()
        except TooOften as refusal:
            return refusal.response(request.url.path)
        return JSONResponse(answer, headers=_NO_STORE)

    return made


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refusal("invalid_request", "send application/x-www-form-urlencoded")
    pairs = (await request.form(max_fields=20)).multi_items()
    given = {name: str(value) for name, value in pairs}
    if len(given) != len(pairs):
        raise Refusal("invalid_request", "a parameter is repeated")
    return given


async def _authenticated(issuer: Issuer, request: Request, given: Mapping[str, str]) -> Client:
    id_, secret = _credentials(request, given)
    who = ("client", id_, address_of(request.scope))
    await issuer.rates.may_try(*who)
    client = await store.client(issuer.kit, id_)
    expected = client.secret if client is not None else None
    right = hmac.compare_digest((expected or "").encode(), secret.encode())
    if client is None or not right:
        await issuer.rates.failed(*who)
        raise Refusal("invalid_client", "unknown client or wrong secret", 401)
    return client


def _credentials(request: Request, given: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return given.get("client_id", ""), given.get("client_secret", "")
    try:
        id_, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise Refusal("invalid_client", "unreadable Authorization header", 401) from error
    return unquote_plus(id_), unquote_plus(secret)


async def _granted(issuer: Issuer, client: Client, given: Mapping[str, str]) -> dict[str, object]:
    kind = given.get("grant_type", "")
    if kind not in {"client_credentials", "authorization_code"}:
        raise Refusal("unsupported_grant_type", "client_credentials or authorization_code")
    if kind not in client.grants:
        raise Refusal("unauthorized_client", "the client may not use this grant")
    if kind == "client_credentials":
        return await _for_system(issuer, client, given.get("scope", ""))
    return await _for_officer(issuer, client, given)


async def _for_system(issuer: Issuer, client: Client, asked: str) -> dict[str, object]:
    if client.secret is None:
        raise Refusal("unauthorized_client", "a public client has no credentials")
    scope = client.granted(asked)
    if scope is None:
        raise Refusal("invalid_scope", "the client does not have this scope")
    token = await issuer.signer.system(sub=client.id, name=client.name, scope=scope.split())
    return _bearer(token, scope)


async def _for_officer(
    issuer: Issuer, client: Client, given: Mapping[str, str]
) -> dict[str, object]:
    grant = await store.redeem(issuer.kit, given.get("code", ""), client.id)
    person = issuer.officers.get(grant.officer) if grant is not None else None
    if grant is None or person is None:
        raise Refusal("invalid_grant", "the code is unknown, used or too old")
    if grant.redirect_uri != given.get("redirect_uri"):
        raise Refusal("invalid_grant", "redirect_uri differs from the one asked with")
    if not _proves(given.get("code_verifier", ""), grant.code_challenge):
        raise Refusal("invalid_grant", "code_verifier does not fit")
    token = await issuer.signer.officer(person, scope=grant.scope, acting_for=grant.acting_for)
    answer = _bearer(token, grant.scope)
    if "openid" in grant.scope.split():
        answer["id_token"] = await issuer.signer.identity(
            person, client=client.id, nonce=grant.nonce
        )
    return answer


def _proves(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(challenge_of(verifier), challenge)


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _bearer(token: str, scope: str) -> dict[str, object]:
    return {"access_token": token, "token_type": "Bearer", "expires_in": LIFE_S, "scope": scope}
