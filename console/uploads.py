"""Materials chosen in a form: uploaded one by one, and remembered when the form is drawn again."""

import hashlib
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import FormData, UploadFile

from console.api import Api, Refused
from console.forms import Field
from servicekit.settings import Settings

MOST = 40
"""Files of one form."""
FILE = "file."
KEPT = "kept."


def largest(settings: Settings) -> int:
    """Bytes of a form with files: a few of the largest at once."""
    return 3 * settings.max_material_bytes + 100_000


def field_of(requirement: str, name: str) -> Field:
    """The input of one material of the guide."""
    return Field(name=f"{FILE}{requirement}", label=name, kind="file", required=False)


async def take(api: Api, form: FormData, *, key: str) -> list[dict[str, Any]]:
    """Uploads what was chosen, and answers all materials as a filing names them.

    Each file has a key of its own under the form's, so that a form sent twice uploads once.
    Raises Refused naming the field.
    """
    fresh: dict[str, dict[str, Any]] = {}
    for name, file in _chosen(form):
        requirement = name.removeprefix(FILE)
        content = await file.read()
        digest = hashlib.sha256(content).hexdigest()[:16]
        try:
            told = await api.upload(
                "/materials",
                name=file.filename or "材料",
                content=content,
                media_type=file.content_type or "application/octet-stream",
                key=f"{key}:{requirement}:{digest}",
            )
        except Refused as refused:
            message = str(refused.problem.get("detail", ""))
            refused.problem["errors"] = [
                {"field": name, "label": file.filename, "message": message}
            ]
            raise
        fresh[requirement] = {"id": told["id"], "requirement": requirement, "name": told["name"]}
    kept = {
        name.removeprefix(KEPT): _kept(name.removeprefix(KEPT), str(form[name]))
        for name in form
        if name.startswith(KEPT) and str(form[name])
    }
    return [_of_filing(one) for one in (kept | fresh).values()]


def remembered(form: FormData, materials: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Hidden values that bring uploaded materials back with the form."""
    names = {name.removeprefix(FILE): file.filename or "材料" for name, file in _chosen(form)} | {
        name.removeprefix(KEPT): str(form[name]).partition("|")[2]
        for name in form
        if name.startswith(KEPT) and not _rechosen(form, name)
    }
    return {
        f"{KEPT}{one['requirement']}": f"{one['id']}|{names.get(one['requirement'], '')}"
        for one in materials
        if one.get("requirement")
    }


def _rechosen(form: FormData, kept: str) -> bool:
    return any(name == FILE + kept.removeprefix(KEPT) for name, _ in _chosen(form))


def _chosen(form: FormData) -> list[tuple[str, UploadFile]]:
    return [
        (name, one)
        for name, one in form.multi_items()
        if name.startswith(FILE) and isinstance(one, UploadFile) and one.filename and one.size
    ]


def _kept(requirement: str, value: str) -> dict[str, Any]:
    return {"id": value.partition("|")[0], "requirement": requirement}


def _of_filing(one: dict[str, Any]) -> dict[str, Any]:
    requirement = one["requirement"]
    if requirement.startswith("other"):
        return {"id": one["id"]}
    return {"id": one["id"], "requirement": requirement}
