"""Signing in: the authorization code flow with PKCE against the issuer of the settings."""

import base64
import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import sessions, view
from console.sessions import SignedIn
from servicekit import access
from servicekit.kit import Kit
from servicekit.sealed import Unsealable

CLIENT_ID = "console"
FLOW_COOKIE = "shenguan_sign_in"
FLOW_LIFE_S = 600
PURPOSE = "session"


def router(kit: Kit, http: httpx.AsyncClient) -> APIRouter:
    """`/sign-in`, `/signed-in`, `/sign-out`."""
    made = APIRouter(dependencies=[Depends(access.public())], include_in_schema=False)
    public_url = kit.settings.public_url.rstrip("/")
    issuer = kit.settings.issuer.rstrip("/")
    redirect_uri = f"{public_url}/signed-in"

    @made.get("/sign-in")
    async def begin(request: Request) -> Response:
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        flow = {"verifier": verifier, "state": state, "to": _own(request.query_params.get("to"))}
        answer = RedirectResponse(f"{issuer}/oauth/authorize?{urlencode(asked)}", 303)
        answer.set_cookie(
            FLOW_COOKIE,
            kit.vault.seal(PURPOSE, flow, context=FLOW_COOKIE),
            max_age=FLOW_LIFE_S,
            path="/signed-in",
            httponly=True,
            samesite="lax",
            secure=public_url.startswith("https:"),
        )
        return answer

    @made.get("/signed-in")
    async def finish(request: Request) -> Response:
        flow = _flow(kit, request.cookies.get(FLOW_COOKIE))
        code = request.query_params.get("code")
        if flow is None or code is None or flow["state"] != request.query_params.get("state"):
            return view.message(request, "登录未完成", "登录已过期或被取消，请重新登录。", 400)
        exchanged = await http.post(
            "/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": CLIENT_ID,
                "redirect_uri": redirect_uri,
                "code": code,
                "code_verifier": flow["verifier"],
            },
        )
        if exchanged.is_error:
            return view.message(request, "登录未完成", "登录凭据已失效，请重新登录。", 400)
        token = str(exchanged.json()["access_token"])
        person, expires = await _person(kit, http, token)
        cookie = await sessions.begin(kit, person, token_expires=expires)
        await sessions.end(kit, request.cookies.get(sessions.COOKIE))
        answer = RedirectResponse(flow["to"], 303)
        answer.delete_cookie(FLOW_COOKIE, path="/signed-in")
        answer.set_cookie(
            sessions.COOKIE,
            cookie,
            path="/",
            httponly=True,
            samesite="lax",
            secure=public_url.startswith("https:"),
        )
        return answer

    @made.post("/sign-out")
    async def leave(request: Request) -> Response:
        cookie = request.cookies.get(sessions.COOKIE)
        person = await sessions.find(kit, cookie)
        form = await request.form(max_files=0, max_fields=5)
        if person is not None and sessions.csrf_fits(person, str(form.get("csrf", ""))):
            await sessions.end(kit, cookie)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(sessions.COOKIE, path="/")
        return answer

    return made


async def _person(kit: Kit, http: httpx.AsyncClient, token: str) -> tuple[SignedIn, datetime]:
    caller = await kit.verifier.caller(token)
    org = caller.org or ""
    org_name = org
    found = await http.get(
        f"/api/v1/organisations/{org}", headers={"Authorization": f"Bearer {token}"}
    )
    if found.is_success:
        org_name = str(found.json().get("short_name") or found.json().get("name") or org)
    person = SignedIn(
        token=token,
        sub=caller.sub,
        name=caller.name,
        org=org,
        org_name=org_name,
        roles=tuple(sorted(caller.roles)),
        csrf=secrets.token_urlsafe(24),
    )
    return person, datetime.fromtimestamp(_expiry(token), UTC)


def _expiry(token: str) -> int:
    """`exp` of a token the verifier has already accepted."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return int(claims["exp"])


def _flow(kit: Kit, sealed: str | None) -> dict[str, str] | None:
    if not sealed:
        return None
    try:
        opened: dict[str, str] = kit.vault.open(PURPOSE, sealed, context=FLOW_COOKIE)
    except (Unsealable, ValueError):
        return None
    return opened


def _own(to: str | None) -> str:
    """A path of ours to go to afterwards; never another site."""
    if to and to.startswith("/") and not to.startswith(("//", "/\\")):
        return to
    return "/desk"
