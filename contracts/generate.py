"""Everything generated from the event models, by path under `contracts/`; written or compared."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts import asyncapi, samples
from contracts.registry import BY_TYPE
from contracts.schemas import event_schema

FOLDER = Path(__file__).resolve().parent
OWNED = ("events/*.json", "samples/*/*.json")
"""What this generator alone writes, besides `asyncapi.json`."""


def files() -> dict[str, Any]:
    """Path → JSON value: schemas, AsyncAPI, samples of events and requests."""
    made: dict[str, Any] = {"asyncapi.json": asyncapi.document()}
    for type_, model in BY_TYPE.items():
        made[f"events/{type_}.json"] = event_schema(model)
        made[f"samples/events/{type_}.good.json"] = samples.good(type_)
        made[f"samples/events/{type_}.bad.json"] = samples.bad(type_)
    made["samples/events/index.json"] = samples.index()
    made |= {f"samples/requests/{name}": body for name, body in samples.of_requests().items()}
    return made


def text(value: Any) -> str:
    """As it lies in the tree: two spaces, Chinese readable."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def write(made: Mapping[str, Any], *, owned: Sequence[str], folder: Path = FOLDER) -> None:
    """Writes what is new or changed and removes what `owned` (globs) no longer holds."""
    for name in _leftovers(made, owned, folder):
        (folder / name).unlink()
    for name, value in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(value), encoding="utf-8")


def differences(
    made: Mapping[str, Any], *, owned: Sequence[str], folder: Path = FOLDER
) -> list[str]:
    """Names that are missing, stale or left over."""
    stale = [name for name, value in made.items() if _read(folder / name) != text(value)]
    return sorted([*stale, *_leftovers(made, owned, folder)])


def _leftovers(made: Mapping[str, Any], owned: Sequence[str], folder: Path) -> list[str]:
    there = {path.relative_to(folder).as_posix() for one in owned for path in folder.glob(one)}
    return sorted(there - set(made))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
