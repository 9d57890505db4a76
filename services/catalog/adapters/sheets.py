"""A list as handed in, xlsx, xls, csv or tab-separated text, as lines of text cells."""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

from services.catalog.domain.annex import Line

MAX_LINES = 5_000
MAX_UNPACKED = 50_000_000
_XLSX = b"PK\x03\x04"
_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class NotAList(Exception):
    """The bytes are no spreadsheet and no text table; `text` says so in Chinese."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def read(content: bytes) -> list[Line]:
    """All lines from the first, blank ones included, so that numbers are those of the file.

    Judged by the bytes, never by the name. Raises NotAList.
    """
    if content.startswith(_XLSX):
        _check_unpacked(content)
        return _numbered(_workbook(content))
    if content.startswith(_XLS):
        return _numbered(_workbook(content))
    return _numbered(_text(content))


def _numbered(rows: Iterable[Iterable[str]]) -> list[Line]:
    lines = [Line(number, tuple(row)) for number, row in enumerate(rows, start=1)]
    if len(lines) > MAX_LINES:
        raise NotAList(f"表格超过 {MAX_LINES} 行")
    return lines


def _check_unpacked(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise NotAList("文件不是完整的 xlsx 表格") from error
    if size > MAX_UNPACKED:
        raise NotAList("表格展开后过大")


def _workbook(content: bytes) -> list[list[str]]:
    """The first sheet that is shown and not empty, merged cells filled downwards."""
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        shown = [
            one.name
            for one in book.sheets_metadata
            if one.visible == calamine.SheetVisibleEnum.Visible
        ]
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            rows = [[_cell(value) for value in row] for row in sheet.to_python(False)]
            if any(any(row) for row in rows):
                return _filled(rows, sheet.merged_cell_ranges or [])
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise NotAList("文件不是可读的 Excel 表格") from error
    raise NotAList("表格中没有内容")


def _filled(rows: list[list[str]], merged: Iterable[Any]) -> list[list[str]]:
    """A department merged over its rows stands in each of them."""
    for (top, left), (bottom, _) in merged:
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]
    return rows


def _cell(value: Any) -> str:
    """As a person reads it: 1 and not 1.0, dates by their day."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value).strip() if value is not None else ""


def _text(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise NotAList("文件不是文本表格")
    delimiter = "\t" if "\t" in text else ","
    try:
        return [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise NotAList("文本表格的引号或分隔不完整") from error


def _decoded(content: bytes) -> str:
    """UTF-8, else GB 18030 as Chinese editions of Excel save csv."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAList("文件不是 UTF-8 或 GB 18030 文本")
