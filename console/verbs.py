"""Doing what a form asks, once, and showing either the next page or the form with its problem."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console import forms, view
from console.api import Refused
from console.forms import Drawn, Form
from console.visits import form_of, texts, visit_of

Redraw = Callable[[Drawn], Awaitable[Response]]
Prepare = Callable[[dict[str, Any]], Mapping[str, Any]]


async def submit(
    request: Request,
    form: Form,
    *,
    api_path: str,
    back: str,
    redraw: Redraw,
    prepare: Prepare = lambda body: body,
) -> Response:
    """Reads the form, calls the API under its key, and goes `back` with a word of what was done.

    `redraw` shows the page again with the form's values and what is wrong in it; `prepare` shapes
    the body as the API has it.
    """
    given = texts(await form_of(request))
    body, errors = forms.read(form, given)
    action = request.url.path
    if errors:
        return await redraw(forms.redraw(form, action, given, forms.invalid(errors)))
    try:
        await visit_of(request).api.post(
            api_path,
            prepare(body),
            key=str(given.get("key") or forms.fresh_key()),
            version=str(given.get("version") or "") or None,
        )
    except Refused as refused:
        return await redraw(
            forms.redraw(form, action, given, {**refused.problem, "status": refused.status})
        )
    return RedirectResponse(view.link(back, done=form.key), 303)


def with_failed(drawn: Sequence[Drawn], failed: Drawn | None, version: object) -> list[Drawn]:
    """The page's forms; the one that failed in its place, or first if no longer offered."""
    if failed is None:
        return list(drawn)
    again = forms.on(failed, version)
    keys = [one.form.key for one in drawn]
    if again.form.key not in keys:
        return [again, *drawn]
    return [
        replace(again, form=one.form) if one.form.key == again.form.key else one for one in drawn
    ]
