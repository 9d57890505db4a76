"""Which pages there are, and whether the tree holds them as the code says."""

from pathlib import Path

from shenguan import settingspage
from shenguan.documents import events, problems, routes, states

DOCS = Path(__file__).parents[2] / "docs"


def made() -> dict[str, str]:
    """File under docs/ → its text, as it must be."""
    return {
        "settings.md": settingspage.page(),
        "problems.md": problems.page(),
        "states.md": states.page(),
        "events.md": events.page(),
        "routes.md": routes.page(),
    }


def write(folder: Path = DOCS) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in made().items():
        (folder / name).write_text(text, encoding="utf-8")


def stale(folder: Path = DOCS) -> list[str]:
    """Pages that are missing or say something else."""
    return [name for name, text in made().items() if _read(folder / name) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
