"""python -m shenguan.contracts generate|check: all contracts, with OpenAPI told by the apps.

`contracts` may not import a service, so the OpenAPI of the apps is gathered here.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from contracts import generate
from servicekit.sealed import make_keys_file
from servicekit.settings import SERVICES, Settings
from shenguan import openapi
from shenguan.parts import BY_NAME

PARTS = (*SERVICES, "gateway")
OWNED = (*generate.OWNED, "openapi/*.json")
MERGED = "shenguan"


def files() -> dict[str, Any]:
    """Path under `contracts/` → JSON value. No database is asked."""
    with tempfile.TemporaryDirectory() as folder:
        told = {part: openapi.of_app(part, app) for part, app in _apps(Path(folder)).items()}
    documents = told | {MERGED: openapi.merged(told)}
    return generate.files() | {
        f"openapi/{name}.json": document for name, document in documents.items()
    }


def main(arguments: list[str]) -> int:
    """0, or 1 when `check` finds the tree stale, 2 for another word."""
    if arguments not in (["generate"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    made = files()
    if arguments == ["generate"]:
        generate.write(made, owned=OWNED)
        return 0
    stale = generate.differences(made, owned=OWNED)
    for name in stale:
        sys.stderr.write(
            f"contracts/{name} 与代码不一致，请运行 python -m shenguan.contracts generate\n"
        )
    return 1 if stale else 0


def _apps(folder: Path) -> dict[str, FastAPI]:
    """The apps, opened on settings that reach nothing."""
    keys = folder / "keys.json"
    make_keys_file(keys)
    settings = Settings(
        postgres_url="postgresql://nobody@127.0.0.1:1",
        keys_file=str(keys),
        run_dir=str(folder),
        site="local",
    )
    made: dict[str, FastAPI] = {}
    for part in PARTS:
        app: Any = BY_NAME[part].web(settings)
        made[part] = getattr(app, "own", app)
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
