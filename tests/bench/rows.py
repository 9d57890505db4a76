"""Rows of the result: a figure, its floor, their ratio, the mark and whether it holds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Bound = Literal["at least", "at most"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a figure (or, with `of` "ratio", its ratio to the floor) has to keep."""

    bound: Bound
    limit: float
    of: Literal["value", "ratio"] = "value"

    def holds(self, value: float, ratio: float | None) -> bool:
        seen = ratio if self.of == "ratio" else value
        if seen is None:
            return False
        return seen >= self.limit if self.bound == "at least" else seen <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.bound == "at least" else "≤"
        return f"{sign} {self.limit:g}" + (" of the floor" if self.of == "ratio" else "")


@dataclass(frozen=True, slots=True)
class Row:
    """`figure` names its unit. `mark` None: printed, nothing to hold."""

    figure: str
    value: float
    floor: float | None = None
    mark: Mark | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def held(self) -> bool | None:
        return self.mark.holds(self.value, self.ratio) if self.mark else None

    def as_json(self) -> dict[str, object]:
        return {
            **asdict(self),
            "value": _short(self.value),
            "floor": _short(self.floor),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "mark": str(self.mark) if self.mark else None,
            "held": self.held,
        }

    def __str__(self) -> str:
        beside = ""
        if self.floor is not None:
            beside = f"  floor {_shown(self.floor)}  ratio {self.ratio or 0:.2f}"
        marked = f"  {self.mark}: {'held' if self.held else 'MISSED'}" if self.mark else ""
        told = f"  ({self.note})" if self.note else ""
        return f"{self.figure:<58} {_shown(self.value):>10}{beside}{marked}{told}"


def write(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
