"""Forms as data: one list of fields draws the form, reads it, and names what is wrong in it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from servicekit.clock import SHANGHAI

Kind = Literal[
    "text",
    "area",
    "date",
    "moment",
    "number",
    "choice",
    "choices",
    "lines",
    "yes-no",
    "check",
    "file",
    "hidden",
]
Errors = list[dict[str, str]]
LINES = 4
"""Empty lines drawn at first; a script adds more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`name` is the API's own, dots for nesting, so that its errors find their field."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = True
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    value: Any = ""
    longest: int = 2000
    fewest: int = 1

    accepts: str = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
    """Of a file: what its dialog offers."""

    @property
    def id(self) -> str:
        """The element's id."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One verb. `key` is the last part of its route."""

    key: str
    title: str
    button: str
    fields: Sequence[Field] = ()
    explains: str = ""
    preview: str = ""
    """Address of the paper as it would be sealed."""
    grave: bool = False
    """Cannot be taken back: said in words beside the button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A form on a page: what it says now, what is wrong in it, and its idempotency key.

    The key is made when the form is drawn, so the same form sent twice is done once.
    """

    form: Form
    action: str
    key: str
    version: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: Mapping[str, Any] | None = None

    @property
    def uploads(self) -> bool:
        """Whether it carries files."""
        return any(one.kind == "file" for one in self.form.fields)

    def value(self, one: Field) -> Any:
        """What stands in the field."""
        return self.values.get(one.name, one.value)

    def error(self, name: str) -> str:
        """What is wrong with the field, empty for nothing."""
        return "；".join(
            str(error.get("message", ""))
            for error in self._errors()
            if _same(str(error.get("field", "")), name)
        )

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """Every error as (element id, label, message); the id is empty for no field of ours."""
        lines = []
        for error in self._errors():
            known = [one for one in self.form.fields if _same(str(error.get("field")), one.name)]
            label = known[0].label if known else str(error.get("label") or error.get("field") or "")
            lines.append((known[0].id if known else "", label, str(error.get("message", ""))))
        return lines

    def _errors(self) -> Iterable[Mapping[str, Any]]:
        return (self.problem or {}).get("errors") or ()


def draw(form: Form, action: str, *, version: object = "", **values: Any) -> Drawn:
    """A fresh form."""
    return Drawn(form=form, action=action, key=fresh_key(), version=str(version), values=values)


def redraw(form: Form, action: str, given: Mapping[str, Any], problem: Mapping[str, Any]) -> Drawn:
    """The form as it was sent, with what is wrong in it.

    An answer nobody knows keeps key and version, so that sending again finds out; what was refused
    gets new ones, since it will be another request.
    """
    unknown = int(problem.get("status") or 500) >= 500
    key = str(given.get("key") or "") if unknown else ""
    return Drawn(
        form=form,
        action=action,
        key=key or fresh_key(),
        version=str(given.get("version") or "") if unknown else "",
        values=given,
        problem=problem,
    )


def on(drawn: Drawn, version: object) -> Drawn:
    """A form on what is shown now, unless it must find out about an earlier sending."""
    return drawn if drawn.version else replace(drawn, version=str(version))


def fresh_key() -> str:
    """An idempotency key nobody else has."""
    return secrets.token_urlsafe(18)


def invalid(errors: Errors) -> dict[str, Any]:
    """Our own problem, before the API is asked."""
    labels = "、".join(error["label"] for error in errors)
    return {
        "title": "有内容需要更正",
        "detail": f"请更正：{labels}",
        "status": 422,
        "next_step": None,
        "errors": errors,
    }


def read(form: Form, given: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """The API's body, nested by dots, and what is missing or unreadable."""
    body: dict[str, Any] = {}
    errors: Errors = []
    for one in form.fields:
        if one.kind == "file":
            continue
        try:
            value = _read(one, given.get(one.name))
        except ValueError as error:
            errors.append({"field": one.name, "label": one.label, "message": str(error)})
            continue
        if value is not None:
            _put(body, one.name, value)
    return body, errors


def _read(one: Field, raw: Any) -> Any:
    if one.kind in {"choices", "lines"}:
        listed = [raw] if isinstance(raw, str) else list(raw or ())
        values = [text.strip() for text in listed if text.strip()]
        if one.required and len(values) < one.fewest:
            raise ValueError(f"至少填写 {one.fewest} 项" if one.fewest > 1 else "请填写此项")
        return values or None
    text = (raw if isinstance(raw, str) else "").strip()
    if one.kind == "check":
        return True if text else None
    if not text:
        if one.required:
            raise ValueError("请填写此项")
        return None
    if len(text) > one.longest:
        raise ValueError(f"不超过 {one.longest} 个字")
    return _parsed(one, text)


def _parsed(one: Field, text: str) -> Any:
    match one.kind:
        case "yes-no":
            return text == "yes"
        case "choice":
            if text not in {code for code, _ in one.choices}:
                raise ValueError("不在可选项内")
            return text
        case "number":
            if not text.replace(".", "", 1).removeprefix("-").isdecimal():
                raise ValueError("请填写数字")
            return text
        case "date":
            return _date(text).isoformat()
        case "moment":
            return _moment(text).isoformat()
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("日期应如 2026-03-02") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise ValueError("时间应如 2026-03-02T09:30") from None


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    *path, last = name.split(".")
    for step in path:
        body = body.setdefault(step, {})
    body[last] = value


def _same(told: str, name: str) -> bool:
    """The API may name a field's part (`inspectors.0`) or the whole it stands in (`place`)."""
    return told == name or told.startswith(f"{name}.") or name.startswith(f"{told}.")
