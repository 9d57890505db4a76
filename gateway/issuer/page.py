"""The sign-in page: server-rendered, no script, a policy that allows its own style and form."""

import base64
import hashlib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.responses import HTMLResponse

from gateway.issuer.people import Person

STYLE = """
body{margin:0;background:#f4f6f9;color:#1d2733;
font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif}
main{max-width:60rem;margin:2rem auto;padding:1.5rem 2rem;background:#fff;border-radius:8px}
h1{margin-top:0;font-size:1.5rem}h2{margin:1.5rem 0 .5rem;font-size:1rem;color:#44546a}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.5rem;
grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
button{width:100%;padding:.6rem .8rem;text-align:left;font:inherit;color:inherit;background:#f8fafc;
border:1px solid #b8c4d3;border-radius:6px;cursor:pointer}
button:hover{background:#e8f0fb}button:focus-visible{outline:3px solid #1f5fbf;outline-offset:1px}
.name{font-weight:600}.post,.roles{display:block;font-size:.875rem;color:#44546a}
.problem{padding:.75rem 1rem;background:#fdecea;border-left:4px solid #b3261e}
""".strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
_SAFE_STYLE = Markup(STYLE)  # noqa: S704 - our own constant, hashed above byte for byte


def choose(*, client_name: str, ticket: str, people: Iterable[Person]) -> str:
    """The list of officers, by organisation; each is one button."""
    grouped = [(name, list(them)) for name, them in groupby(people, lambda one: one.org_name)]
    return _page(
        title="选择登录人员", client_name=client_name, ticket=ticket, organisations=grouped
    )


def answer(html: str, status: int = 200, *, redirect_uri: str | None = None) -> HTMLResponse:
    """The page with its headers; the form may end at the client's own redirect and nowhere else."""
    forms = ["'self'"]
    if redirect_uri is not None:
        parts = urlsplit(redirect_uri)
        forms.append(f"{parts.scheme}://{parts.netloc}")
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{_STYLE_HASH}'",
            f"form-action {' '.join(forms)}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    return HTMLResponse(html, status, headers=headers)


def refused(text: str, status: int = 400) -> HTMLResponse:
    """An error that must not be sent to an address nobody has vouched for."""
    return answer(_page(title="无法登录", problem=text), status)


def _page(**values: object) -> str:
    return _TEMPLATES.get_template("authorize.html").render(style=_SAFE_STYLE, **values)
