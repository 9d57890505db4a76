"""What the rehearsal shows: a progress bar meanwhile, a table at the end, JSON beside it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

MODE_NAMES = {
    "direct": "直接赋权",
    "substantive-review": "实质审核",
    "window-forward": "窗口前移",
    "stationed-office": "派驻机构",
    "direct-report": "审批直报",
}


@dataclass(slots=True)
class Row:
    """One item through the whole loop. `failed` says where it stopped, in words."""

    item: str
    name: str
    mode: str
    no: str | None = None
    accepted_by: str | None = None
    reviewed_by: str | None = None
    decided_by: str | None = None
    sealed_by: str | None = None
    decision_no: str | None = None
    regulator: str | None = None
    push_seconds: float | None = None
    claimed_by: str | None = None
    feedback: str | None = None
    acknowledged: bool = False
    failed: str | None = None


def table(rows: Sequence[Row], *, fresh: int, seconds: float) -> Table:
    """The rows as people read them."""
    made = Table(
        title=f"演练：{len(rows)} 个事项走完全链条（本次新收 {fresh} 件，用时 {seconds:.1f} 秒）",
        show_lines=False,
    )
    made.add_column("事项", no_wrap=True, overflow="ellipsis", max_width=34)
    for name in ("方式", "受理", "审核", "决定", "用印", "决定文号", "监管部门"):
        made.add_column(name, overflow="fold")
    made.add_column("推送（秒）", justify="right")
    for name in ("认领", "反馈", "签收"):
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(
            f"{row.item} {row.name}",
            MODE_NAMES.get(row.mode, row.mode),
            row.accepted_by or "–",
            row.reviewed_by or "–",
            row.decided_by or "–",
            row.sealed_by or "–",
            row.decision_no or "–",
            row.regulator or "–",
            "–" if row.push_seconds is None else f"{row.push_seconds:.2f}",
            row.claimed_by or "–",
            row.feedback or "–",
            "是" if row.acknowledged else f"否：{row.failed}" if row.failed else "否",
        )
    return made


def write(rows: Sequence[Row], path: Path) -> None:
    """`rehearsal.json`: a list, one object an item."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def show(console: Console, rows: Sequence[Row], *, fresh: int, seconds: float) -> None:
    """The table, then the failures again in full."""
    console.print(table(rows, fresh=fresh, seconds=seconds))
    for row in rows:
        if row.failed:
            console.print(f"✗ {row.item} {row.name}：{row.failed}", style="bold red")
