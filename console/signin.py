"""Signing in: the authorization code flow with PKCE against the issuer of the settings."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import sessions, view
from console.answers import PageRoute
from console.issuer import Issuer
from console.kit import replica
from console.sessions import SignedIn
from console.visits import welcome
from servicekit.clock import real_now
from servicekit.kit import Kit
from servicekit.problems import Problem
from servicekit.sealed import Unsealable

CLIENT_ID = "console"
FLOW_COOKIE = "shenguan_sign_in"
FLOW_LIFE_S = 600
PURPOSE = "session"
HOME = "/desk"


def router(kit: Kit, http: httpx.AsyncClient) -> APIRouter:
    """`/sign-in`, `/signed-in`, `/sign-out`."""
    made = APIRouter(
        route_class=PageRoute, dependencies=[Depends(welcome())], include_in_schema=False
    )
    public_url = kit.settings.public_url.rstrip("/")
    redirect_uri = f"{public_url}/signed-in"
    secure = public_url.startswith("https:")
    issuer = Issuer(kit.settings, http)

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
        flow = {"verifier": verifier, "state": state, "to": own(request.query_params.get("to"))}
        doors = await issuer.doors()
        answer = RedirectResponse(f"{doors.authorize}?{urlencode(asked)}", 303)
        answer.set_cookie(
            FLOW_COOKIE,
            kit.vault.seal(PURPOSE, flow, context=FLOW_COOKIE),
            max_age=FLOW_LIFE_S,
            path="/signed-in",
            httponly=True,
            samesite="lax",
            secure=secure,
        )
        return answer

    @made.get("/signed-in")
    async def finish(request: Request) -> Response:
        flow = _flow(kit, request.cookies.get(FLOW_COOKIE))
        code = request.query_params.get("code")
        state = request.query_params.get("state", "")
        if flow is None or code is None or not _same(flow["state"], state):
            return view.message(request, "登录未完成", "登录已过期或被取消，请重新登录。", 400)
        token = await _exchange(http, (await issuer.doors()).token, redirect_uri, code, flow)
        if token is None:
            return view.message(request, "登录未完成", "登录凭据已失效，请重新登录。", 400)
        person, expires = await _person(kit, token)
        await sessions.end(kit, request.cookies.get(sessions.COOKIE))
        cookie = await sessions.begin(kit, person, token_expires=expires)
        answer = RedirectResponse(flow["to"], 303)
        answer.delete_cookie(FLOW_COOKIE, path="/signed-in")
        answer.set_cookie(
            sessions.COOKIE, cookie, path="/", httponly=True, samesite="lax", secure=secure
        )
        return answer

    @made.post("/sign-out")
    async def leave(request: Request) -> Response:
        cookie = request.cookies.get(sessions.COOKIE)
        person = await sessions.find(kit, cookie)
        form = await request.form(max_files=0, max_fields=5)
        if person is not None and not sessions.csrf_fits(person, str(form.get("csrf", ""))):
            return view.message(request, "没有退出", "这张表单已失效，请刷新后重试。", 403)
        await sessions.end(kit, cookie)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(sessions.COOKIE, path="/")
        return answer

    return made


def own(to: str | None) -> str:
    """A path of ours to go to afterwards; never another site."""
    if not to or not to.startswith("/") or to.startswith("//") or not to.isprintable():
        return HOME
    parts = urlsplit(to)
    if parts.scheme or parts.netloc or "\\" in to:
        return HOME
    return to


async def _exchange(
    http: httpx.AsyncClient, url: str, redirect_uri: str, code: str, flow: dict[str, str]
) -> str | None:
    """The access token; None when the code is no longer good."""
    try:
        answer = await http.post(
            url,
            data={
                "grant_type": "authorization_code",
                "client_id": CLIENT_ID,
                "redirect_uri": redirect_uri,
                "code": code,
                "code_verifier": flow["verifier"],
            },
        )
    except httpx.TransportError as error:
        raise Problem("unavailable", "统一身份认证暂时没有应答，无法登录") from error
    return None if answer.is_error else str(answer.json()["access_token"])


async def _person(kit: Kit, token: str) -> tuple[SignedIn, datetime]:
    caller = await kit.verifier.caller(token)
    org = caller.org or ""
    person = SignedIn(
        token=token,
        sub=caller.sub,
        name=caller.name,
        org=org,
        org_name=await _name_of(kit, org),
        roles=tuple(sorted(caller.roles)),
        csrf=secrets.token_urlsafe(24),
    )
    return person, caller.expires_at or real_now() + sessions.IDLE


async def _name_of(kit: Kit, org: str) -> str:
    """The organisation's short name; its id while the catalogue is not here."""
    try:
        found = (await replica(kit).current()).organisations.get(org)
    except Problem:
        return org
    return found.short_name if found else org


def _flow(kit: Kit, sealed: str | None) -> dict[str, str] | None:
    if not sealed:
        return None
    try:
        opened: dict[str, str] = kit.vault.open(PURPOSE, sealed, context=FLOW_COOKIE)
    except (Unsealable, ValueError):
        return None
    return opened


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
