"""The tree as the guards see it: our packages, their modules, every tracked file."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def configuration() -> dict[str, Any]:
    """pyproject.toml's import-linter part."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    part: dict[str, Any] = whole["tool"]["importlinter"]
    return part


def packages() -> list[str]:
    """The top-level packages of the product."""
    return list(configuration()["root_packages"])


def services(root: Path = ROOT) -> list[str]:
    """Folders of services/ that hold code, registered anywhere or not."""
    return sorted(one.name for one in (root / "services").iterdir() if any(one.glob("**/*.py")))


@dataclass(frozen=True)
class Module:
    """One file of ours. `path` is relative to the root, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def within(self, *folders: str) -> bool:
        return any(self.path == one or self.path.startswith(f"{one}/") for one in folders)

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def product() -> tuple[Module, ...]:
    """Every module that ships."""
    return _modules(*packages(), "profiles")


@cache
def everything() -> tuple[Module, ...]:
    """The tests as well."""
    return (*product(), *_modules("tests"))


def _modules(*folders: str) -> tuple[Module, ...]:
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def tracked() -> list[Path]:
    """What a clone holds."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]
