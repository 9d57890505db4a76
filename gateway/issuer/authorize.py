"""`/oauth/authorize`: choose an officer, go back with a code.

A program does the same without a browser: it asks with `Accept: application/json`, gets the ticket
and the officers' ids, posts `ticket` and `officer` with the cookie it was given, and reads the code
from the redirect's address (`gateway.issuer.signin`).
"""

import re
import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.issuer import page, requests, store
from gateway.issuer.people import Person
from gateway.issuer.requests import Asked, BadRequest, Unredirectable
from servicekit import access
from servicekit.kit import Kit

COOKIE = "shenguan_authorize"
_COOKIE_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def router(kit: Kit, officers: dict[str, Person]) -> APIRouter:
    """GET shows the officers now in office, POST signs one of them in."""
    made = APIRouter(dependencies=[Depends(access.public())], include_in_schema=False)

    @made.get("/oauth/authorize")
    async def ask(request: Request) -> Response:
        try:
            given = requests.single(request.query_params.multi_items())
            client = await store.client(kit, given.get("client_id", ""))
            redirect_uri = requests.redirect_of(given, client)
        except Unredirectable as refusal:
            return page.refused(f"登录请求无效：{refusal}。")
        assert client is not None  # noqa: S101 - redirect_of refuses an unknown one
        try:
            asked = requests.read(given, client, redirect_uri)
        except BadRequest as refusal:
            told = {"error": refusal.error, "error_description": refusal.description}
            return _back(kit, redirect_uri, told, given.get("state"))
        return _choice(kit, request, asked, client.name, _in_office(kit, officers))

    @made.post("/oauth/authorize")
    async def choose(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        cookie = request.cookies.get(COOKIE, "")
        asked = requests.open_ticket(kit.vault, str(form.get("ticket", "")), cookie)
        if asked is None:
            return page.refused("登录页面已失效，请返回应用重新登录。", 403)
        chosen = officers.get(str(form.get("officer", "")))
        if chosen is None or not chosen.serves(kit.clock.today()):
            return page.refused("没有此人员，或其任职已到期。", 403)
        code = await store.issue_code(kit, _grant(asked, chosen))
        return _back(kit, asked.redirect_uri, {"code": code}, asked.state)

    return made


def _choice(
    kit: Kit, request: Request, asked: Asked, client_name: str, people: list[Person]
) -> Response:
    cookie = request.cookies.get(COOKIE, "")
    if not _COOKIE_FORM.fullmatch(cookie):
        cookie = secrets.token_urlsafe(32)
    ticket = requests.ticket(kit.vault, asked, cookie)
    answer: Response
    if request.headers.get("accept") == "application/json":
        named = [{"id": one.id, "name": one.name, "org": one.org} for one in people]
        answer = JSONResponse(
            {"ticket": ticket, "officers": named}, headers={"Cache-Control": "no-store"}
        )
    else:
        html = page.choose(client_name=client_name, ticket=ticket, people=people)
        answer = page.answer(html, redirect_uri=asked.redirect_uri)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=requests.TICKET_LIFE_S,
        path="/oauth",
        secure=kit.settings.public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return answer


def _in_office(kit: Kit, officers: dict[str, Person]) -> list[Person]:
    today = kit.clock.today()
    return [person for person in officers.values() if person.serves(today)]


def _grant(asked: Asked, chosen: Person) -> store.Grant:
    return store.Grant(
        client=asked.client,
        officer=chosen.id,
        redirect_uri=asked.redirect_uri,
        code_challenge=asked.code_challenge,
        scope=asked.scope,
        nonce=asked.nonce,
        acting_for=asked.acting_for,
    )


def _back(kit: Kit, redirect_uri: str, told: dict[str, str], state: str | None) -> Response:
    query = told | {"iss": kit.settings.issuer} | ({"state": state} if state else {})
    joint = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(
        f"{redirect_uri}{joint}{urlencode(query)}", 303, headers={"Cache-Control": "no-store"}
    )
