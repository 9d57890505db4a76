"""Who looks at a page: the session behind the cookie, the API with its token, its desks."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from console import sessions
from console.api import Api
from console.sessions import SignedIn
from servicekit.access import Rule, kit_of
from servicekit.kit import Kit
from servicekit.problems import Problem


class SignInFirst(Exception):
    """The page needs a session: the visitor is sent to sign in and comes back."""


class Forged(Exception):
    """A form without this session's secret."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One entry of the navigation; `key` follows `g`."""

    path: str
    title: str
    key: str
    roles: frozenset[str]


DESKS = (
    Desk("/desk", "工作台", "h", frozenset()),
    Desk("/filings", "收件", "s", frozenset({"window", "helper", "approver", "overseer"})),
    Desk(
        "/cases",
        "审批",
        "p",
        frozenset({"reviewer", "approver", "sealer", "overseer", "leader", "window", "helper"}),
    ),
    Desk("/pushes", "监管", "j", frozenset({"regulator", "inspector", "leader", "overseer"})),
    Desk("/feedback", "反馈", "f", frozenset({"window", "reviewer", "approver"})),
    Desk("/oversight", "督查", "d", frozenset({"overseer"})),
    Desk("/board", "看板", "b", frozenset()),
    Desk("/catalogue", "目录", "m", frozenset()),
)
"""An officer sees a desk when one of its roles is theirs; without roles it is everybody's."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in visit to one page."""

    person: SignedIn
    api: Api
    roles: frozenset[str]

    @property
    def desks(self) -> list[Desk]:
        """The navigation of this person."""
        return [desk for desk in DESKS if not desk.roles or desk.roles & self.roles]

    def has(self, *roles: str) -> bool:
        """Whether the person has one of the roles."""
        return bool(self.roles & set(roles))


class Welcome(Rule):
    """Pages for everybody; a visitor who is signed in keeps their header. No bearer token."""

    async def __call__(self, request: Request) -> None:
        await request.app.state.business_time.follow()
        request.state.visit = await _visit(request)


class BySession(Rule):
    """Pages behind the session cookie; the API judges what its token may. No bearer token."""

    async def __call__(self, request: Request) -> None:
        await request.app.state.business_time.follow()
        request.state.visit = await _visit(request)
        if request.state.visit is None:
            raise SignInFirst


def welcome() -> Welcome:
    """For public pages."""
    return Welcome(frozenset({"public"}))


def by_session() -> BySession:
    """For everything behind sign-in."""
    return BySession(frozenset({"public"}))


def visit_of(request: Request) -> Visit:
    """The visit `BySession` found."""
    visit: Visit | None = request.state.visit
    if visit is None:
        raise SignInFirst
    return visit


def anonymous(request: Request) -> Api:
    """The API as the public has it."""
    return Api(request.app.state.http, None, visitor=_address(request))


async def form_of(request: Request, *, max_files: int = 0) -> FormData:
    """The form, once its secret was found to be the session's. Raises Forged."""
    form = await request.form(max_files=max_files, max_fields=300)
    if not sessions.csrf_fits(visit_of(request).person, str(form.get("csrf", ""))):
        raise Forged
    return form


def texts(form: FormData) -> dict[str, Any]:
    """The form's texts by name; a name given several times becomes a list."""
    read: dict[str, Any] = {}
    for name in form:
        values = [str(one) for one in form.getlist(name) if isinstance(one, str)]
        if values:
            read[name] = values if len(values) > 1 else values[0]
    return read


async def _visit(request: Request) -> Visit | None:
    kit = kit_of(request)
    person = await sessions.find(kit, request.cookies.get(sessions.COOKIE))
    if person is None:
        return None
    api = Api(request.app.state.http, person.token, visitor=_address(request))
    return Visit(person, api, await _roles(kit, person))


def _address(request: Request) -> str | None:
    return request.headers.get("x-forwarded-for")


async def _roles(kit: Kit, person: SignedIn) -> frozenset[str]:
    """For the navigation; every service judges anew. The token's while the catalogue is away."""
    told = frozenset(person.roles)
    if kit.directory is None:
        return told
    try:
        known = await kit.directory.roles(person.org, person.sub)
    except Problem:
        return told
    return told & known if known is not None else frozenset()
