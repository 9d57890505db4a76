"""Signing a rehearsal officer in without a browser: the code flow with PKCE, done by a program."""

import secrets
from urllib.parse import parse_qs, urlsplit

import httpx

from gateway.issuer.tokens import challenge_of


class SignInRefused(Exception):
    """The issuer answered otherwise than with a code or a token."""


async def sign_in(
    client: httpx.AsyncClient,
    officer: str,
    *,
    client_id: str,
    redirect_uri: str,
    acting_for: str | None = None,
) -> str:
    """An access token good for 30 minutes. `client` has the gateway as its base URL.

    `client_id` and `redirect_uri` stand in credentials.json under `officers_sign_in_by`.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        **({"acting_for": acting_for} if acting_for else {}),
    }
    page = await client.get(
        "/oauth/authorize", params=asked, headers={"Accept": "application/json"}
    )
    _expect(page, 200)
    chosen = {"ticket": page.json()["ticket"], "officer": officer}
    back = await client.post("/oauth/authorize", data=chosen)
    _expect(back, 303)
    answer = parse_qs(urlsplit(back.headers["location"]).query)
    if answer.get("state") != [state] or "code" not in answer:
        raise SignInRefused(f"no code for {officer}: {answer}")
    exchanged = await client.post(
        "/oauth/token",
        data={
            "grant_type": "authorization_code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "code": answer["code"][0],
            "code_verifier": verifier,
        },
    )
    _expect(exchanged, 200)
    return str(exchanged.json()["access_token"])


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise SignInRefused(f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
