"""Reading the list as the government typed it: repeated headings, section lines, empty lines, rows.

Nothing is judged here but the shape of the table; `grants` makes items and delegations of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.catalog.domain.clauses import squeezed
from services.catalog.domain.fault import Fault

NUMBER: Final = "序号"
REGULATOR: Final = "区级主管部门"
DEPARTMENT: Final = "区级实施机关"
NAME: Final = "事项名称"
POWER_TYPE: Final = "权力类型"
SCOPE: Final = "实施范围"
REMARK: Final = "备注"
COLUMNS: Final = (NUMBER, REGULATOR, DEPARTMENT, NAME, POWER_TYPE, SCOPE, REMARK)

_ENDS: Final = {  # a county writes 县级主管部门, a city 市级主管部门
    "主管部门": REGULATOR,
    "实施机关": DEPARTMENT,
}
_SECTION = re.compile(
    r"^(?P<ordinal>[一二三四五六七八九十]+)、(?P<title>.+?)(?:\((?P<count>\d+)项\))?$"
)
_WHOLE = re.compile(r"^(\d+)(?:\.0+)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; `number` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A line such as “二、窗口前移事项清单（4项）”. `announced`: the count it promises."""

    row: int
    ordinal: str
    title: str
    announced: int | None


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One power as written; only leading and trailing white space is gone."""

    row: int
    section: Section
    number: int
    regulator: str
    department: str
    name: str
    power_type: str
    scope: str
    remark: str


@dataclass(frozen=True, slots=True)
class Read:
    """What one line was taken for: title, heading, section, blank, item or unreadable."""

    row: int
    what: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Annex:
    rows: tuple[AnnexRow, ...]
    lines: tuple[Read, ...]
    faults: tuple[Fault, ...]


def parse(lines: Sequence[Line]) -> Annex:
    """Never raises: whatever cannot be read is a fault that names its row and column."""
    reading = _Reading()
    for line in lines:
        reading.take(Line(line.number, tuple(cell.strip() for cell in line.cells)))
    reading.close()
    return Annex(tuple(reading.rows), tuple(reading.lines), tuple(reading.faults))


class _Reading:
    """The place in the table while it is read from top to bottom."""

    def __init__(self) -> None:
        self.rows: list[AnnexRow] = []
        self.lines: list[Read] = []
        self.faults: list[Fault] = []
        self.columns: tuple[str, ...] | None = None
        self.section: Section | None = None

    def take(self, line: Line) -> None:
        if not any(line.cells):
            self.lines.append(Read(line.number, "blank"))
        elif (heading := _heading(line.cells)) is not None:
            self._take_heading(line, heading)
        elif (section := _section(line)) is not None:
            self._close_section()
            self.section = section
            self.lines.append(Read(line.number, "section"))
        else:
            self._take_row(line)

    def close(self) -> None:
        self._close_section()
        if not self.rows:
            self._fault(None, None, "no-rows", "表中没有任何事项行")

    def _take_heading(self, line: Line, heading: tuple[str, ...]) -> None:
        missing = [column for column in COLUMNS if column not in heading]
        for column in missing:
            self._fault(line.number, column, "missing-column", f"表头缺少“{column}”一列")
        self.columns = heading
        self.lines.append(Read(line.number, "heading"))

    def _take_row(self, line: Line) -> None:
        if self.columns is None:
            self._take_title(line)
            return
        spill = [cell for cell in line.cells[len(self.columns) :] if cell]
        if spill:
            self._fault(line.number, None, "too-many-cells", f"多出单元格：{'、'.join(spill)}")
        cells = dict.fromkeys(COLUMNS, "") | dict(zip(self.columns, line.cells, strict=False))
        self.lines.append(Read(line.number, "item", tuple(cells.items())))
        for column in (REGULATOR, DEPARTMENT, NAME, POWER_TYPE):
            if not cells[column]:
                self._fault(line.number, column, "empty-cell", f"“{column}”不能为空")
        if self.section is None:
            self._fault(line.number, None, "outside-section", "事项行不在任何清单之下")
            return
        number = self._number(line.number, cells[NUMBER])
        self.rows.append(
            AnnexRow(
                row=line.number,
                section=self.section,
                number=number,
                regulator=cells[REGULATOR],
                department=cells[DEPARTMENT],
                name=cells[NAME],
                power_type=cells[POWER_TYPE],
                scope=cells[SCOPE],
                remark=cells[REMARK],
            )
        )

    def _take_title(self, line: Line) -> None:
        """Above the first heading only the list's own title may stand, merged or not."""
        if len({cell for cell in line.cells if cell}) == 1:
            self.lines.append(Read(line.number, "title"))
            return
        self._fault(line.number, None, "no-heading", "表头之前出现了内容")
        self.lines.append(Read(line.number, "unreadable"))

    def _number(self, row: int, written: str) -> int:
        expected = 1 + sum(1 for known in self.rows if known.section == self.section)
        match = _WHOLE.match(written)
        if match is None:
            self._fault(row, NUMBER, "not-a-number", f"“{written}”不是序号")
            return expected
        number = int(match.group(1))
        if number != expected:
            self._fault(row, NUMBER, "out-of-order", f"序号应为 {expected}，实为 {number}")
        return number

    def _close_section(self) -> None:
        if self.section is None or self.section.announced is None:
            return
        found = sum(1 for row in self.rows if row.section == self.section)
        if found != self.section.announced:
            text = f"“{self.section.title}”写明 {self.section.announced} 项，实有 {found} 项"
            self._fault(self.section.row, None, "count-differs", text)

    def _fault(self, row: int | None, column: str | None, code: str, message: str) -> None:
        self.faults.append(Fault(row, column, code, message))


def _heading(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The columns in their order when the line is a heading, in whatever order they stand."""
    names = [squeezed(cell) for cell in cells]
    if NUMBER not in names or NAME not in names:
        return None
    return tuple(_column(name) for name in names)


def _column(name: str) -> str:
    return next((known for end, known in _ENDS.items() if name.endswith(end)), name)


def _section(line: Line) -> Section | None:
    """A line whose one text (repeated across a merged cell, perhaps) opens a section."""
    texts = {cell for cell in line.cells if cell}
    if len(texts) != 1:
        return None
    match = _SECTION.match(squeezed(texts.pop()))
    if match is None:
        return None
    count = match["count"]
    return Section(line.number, match["ordinal"], match["title"], int(count) if count else None)


def same_written(row: AnnexRow) -> AnnexRow:
    """The row without its place in a file: equal for the same list in any format."""
    return replace(row, row=0, section=replace(row.section, row=0))
