"""Templates with everything a page always shows: whose session, business time, words, links."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from console import words
from law.project import USES
from servicekit.clock import SHANGHAI

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
WAIT_HELPS = frozenset({"catching-up", "case-not-yet-here", "paper-not-ready", "unavailable"})
AGAIN_S = 2
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "allowScriptTags": False,
    }
)


@cache
def static_url(name: str) -> str:
    """The file's address with its digest, so that a new one is fetched at once."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def moment(value: str | datetime | None) -> str:
    """2026年3月2日 09:05, in China; a dash for none."""
    if not value:
        return "—"
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = when.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(value: str | date | None) -> str:
    """2026年3月2日; a dash for none."""
    if not value:
        return "—"
    when = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{when.year}年{when.month}月{when.day}日"


def _use_name(code: str) -> str:
    return USES.get(code, code)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": moment, "day": day, "use_name": _use_name}
    made.globals |= {
        "static": static_url,
        "htmx_config": HTMX_CONFIG,
        "words": words,
        "named": words.named,
        "link": link,
        "with_cursor": lambda query, cursor: {**query, "cursor": cursor},
        "without_cursor": lambda query: {n: v for n, v in query.items() if n != "cursor"},
    }
    return made


def link(path: str, **params: Any) -> str:
    """An address with its query; parameters that are None or empty are left out."""
    given = {name: value for name, value in params.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(given)}" if given else path


TEMPLATES = _environment()


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page, or the piece of one that htmx puts in its place."""
    html = TEMPLATES.get_template(template).render(**_always(request), **context)
    return HTMLResponse(html, status, headers={"Vary": "HX-Request, Cookie"})


def message(request: Request, title: str, detail: str, status: int) -> HTMLResponse:
    """A page with one sentence and a way on."""
    problem = {"title": title, "detail": detail, "next_step": None, "request_id": None}
    return page(request, "problem.html", status, problem=problem, status_code=status, waits=False)


def problem(request: Request, told: Mapping[str, Any], status: int) -> HTMLResponse:
    """A problem as it is: title, detail, next step, fields, the id to tell an administrator.

    Where waiting helps, a page that only reads comes again by itself.
    """
    waits = told.get("code") in WAIT_HELPS and request.method == "GET"
    shown = page(
        request, "problem.html", status, problem=dict(told), status_code=status, waits=waits
    )
    if waits:
        shown.headers["Refresh"] = str(AGAIN_S)
    return shown


def _always(request: Request) -> dict[str, Any]:
    state = request.app.state
    visit = getattr(request.state, "visit", None)
    return {
        "request": request,
        "path": request.url.path,
        "query": request.query_params,
        "visit": visit,
        "now": state.kit.clock.now(),
        "today": state.kit.clock.today(),
        "clock_moved": state.business_time.moved,
        "development": state.kit.settings.development,
        "done": words.DONE.get(request.query_params.get("done", "")),
    }
