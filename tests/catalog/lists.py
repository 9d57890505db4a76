"""The government's annex in the forms people hand it in."""

import csv
import io
from collections.abc import Callable, Iterable

import openpyxl

from services.catalog.adapters import sheets
from services.catalog.domain.annex import Line
from tests.catalog.excel97 import workbook
from tests.support.catalogue import FOLDER

TSV = (FOLDER / "annex1.tsv").read_bytes()
Rows = list[list[str]]


def rows() -> Rows:
    return [line.split("\t") for line in TSV.decode().split("\n")]


def as_csv(table: Iterable[Iterable[str]], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode(encoding)


def as_tsv(table: Iterable[Iterable[str]]) -> bytes:
    return "\n".join("\t".join(row) for row in table).encode()


def as_xlsx(table: Rows, *, merge_departments: bool = False) -> bytes:
    """Numbers as numbers, section lines merged across, as a clerk would have it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(table, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                sheet.cell(number, column, int(text) if text.isdigit() else text)
        if sum(bool(cell) for cell in row) == 1:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=7)
    if merge_departments:
        _merge_down(sheet, table, 2)
        _merge_down(sheet, table, 3)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xls(table: Rows) -> bytes:
    return workbook("附件1", table)


def _merge_down(sheet: object, table: Rows, column: int) -> None:
    start = 0
    for end in range(1, len(table) + 1):
        text = table[start][column - 1] if len(table[start]) >= column else ""
        here = table[end][column - 1] if end < len(table) and len(table[end]) >= column else None
        if here == text:
            continue
        if text and end - start > 1:
            sheet.merge_cells(  # type: ignore[attr-defined]
                start_row=start + 1, end_row=end, start_column=column, end_column=column
            )
        start = end


def changed(item: str, column: int, text: str) -> Rows:
    """The annex with one cell of the row that carries this name prefix written otherwise."""
    table = rows()
    row = next(one for one in table if len(one) > 3 and one[3].startswith(item))
    row[column] = text
    return table


def line_of(item: str) -> int:
    """The line of the file a row stands in, from 1."""
    return 1 + next(
        number for number, one in enumerate(rows()) if len(one) > 3 and one[3].startswith(item)
    )


def read(form: Callable[[Rows], bytes]) -> list[Line]:
    return sheets.read(form(rows()))
