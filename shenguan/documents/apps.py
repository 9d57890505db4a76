"""Every app of the system, made without a database: for reading its routes and handlers only."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

from gateway.edge import Edge
from servicekit.sealed import make_keys_file
from servicekit.settings import Settings
from shenguan.parts import PARTS

_NOWHERE = "postgresql://127.0.0.1:1"


@contextmanager
def opened() -> Iterator[dict[str, FastAPI]]:
    """Part → its app. Nothing is connected, and nothing may be asked of it."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        make_keys_file(keys)
        settings = Settings.model_validate(
            {"keys_file": str(keys), "postgres_url": _NOWHERE, "run_dir": folder}
        )
        yield {part.name: _fastapi(part.web(settings)) for part in PARTS}


def _fastapi(app: object) -> FastAPI:
    """The gateway's outermost app is no FastAPI; the one inside answers its own routes."""
    own = app.own if isinstance(app, Edge) else app
    if not isinstance(own, FastAPI):
        msg = f"no routes can be read of {own!r}"
        raise TypeError(msg)
    return own
