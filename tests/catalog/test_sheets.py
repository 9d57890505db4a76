"""One list in four formats is one list."""

import pytest

from services.catalog.adapters import sheets
from services.catalog.domain import annex
from tests.catalog import lists

FORMS = {
    "tsv": lists.as_tsv,
    "csv": lists.as_csv,
    "csv-gb18030": lambda table: lists.as_csv(table, "gb18030"),
    "xls": lists.as_xls,
    "xlsx": lists.as_xlsx,
    "xlsx-merged": lambda table: lists.as_xlsx(table, merge_departments=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_come_out_of_every_format(form: str) -> None:
    read = annex.parse(lists.read(FORMS[form]))
    assert read.faults == ()
    assert [annex.same_written(row) for row in read.rows] == [
        annex.same_written(row) for row in annex.parse(sheets.read(lists.TSV)).rows
    ]


def test_lines_are_numbered_as_the_spreadsheet_shows_them() -> None:
    rows = annex.parse(lists.read(lists.as_xlsx)).rows
    assert rows[0].row == lists.line_of("排污单位突发环境事件应急预案备案")


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\x03",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook",
        b'a,"b\n',
        b"\xff\xff\xff\xff\x80",
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(sheets.NotAList):
        sheets.read(content)


def test_text_that_is_no_table_has_no_rows() -> None:
    faults = annex.parse(sheets.read(b"%PDF-1.7")).faults
    assert [one.code for one in faults] == ["no-rows"]


def test_a_list_of_more_lines_than_any_county_has_is_refused() -> None:
    with pytest.raises(sheets.NotAList):
        sheets.read(b"a,b\n" * (sheets.MAX_LINES + 1))
