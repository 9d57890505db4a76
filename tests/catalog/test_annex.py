"""Reading the annex: rows, headings, sections, power types and what is wrong with a cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.adapters import sheets
from services.catalog.domain import annex
from services.catalog.domain.powertype import UnknownPowerType, normalised, result_kind
from tests.catalog import lists


def of(table: lists.Rows) -> annex.Annex:
    return annex.parse(sheets.read(lists.as_tsv(table)))


def faults(table: lists.Rows) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code) for one in of(table).faults]


def test_the_annex_as_the_government_wrote_it_is_29_and_4_rows() -> None:
    read = of(lists.rows())
    assert read.faults == ()
    titles = [row.section.title for row in read.rows]
    assert titles == ["直接赋权事项清单"] * 29 + ["窗口前移事项清单"] * 4
    assert [row.number for row in read.rows] == [*range(1, 30), *range(1, 5)]


def test_the_heading_is_repeated_five_times_and_is_never_an_item() -> None:
    kinds = [line.what for line in of(lists.rows()).lines]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "heading": 5,
        "section": 2,
        "blank": 4,
        "item": 33,
    }


def test_a_title_above_the_first_heading_is_no_fault() -> None:
    assert faults([["章贡高新区赋权事项和进驻事项清单"], *lists.rows()]) == []


def test_columns_are_found_by_their_heading_in_any_order() -> None:
    turned = [list(reversed(row)) if len(row) == 7 else row for row in lists.rows()]
    straight = [annex.same_written(row) for row in of(lists.rows()).rows]
    assert [annex.same_written(row) for row in of(turned).rows] == straight


@pytest.mark.parametrize("heading", ["县级主管部门", "市级主管部门", "主管部门"])
def test_another_tier_heads_its_column_by_its_own_name(heading: str) -> None:
    table = [[cell.replace("区级主管部门", heading) for cell in row] for row in lists.rows()]
    assert faults(table) == []


def test_a_missing_number_names_row_and_column() -> None:
    row = lists.line_of("建筑工程施工许可")
    assert faults(lists.changed("建筑工程施工许可", 0, "十四")) == [(row, "序号", "not-a-number")]


def test_a_number_out_of_order_names_row_and_column() -> None:
    row = lists.line_of("建筑工程施工许可")
    assert faults(lists.changed("建筑工程施工许可", 0, "15")) == [(row, "序号", "out-of-order")]


@pytest.mark.parametrize(
    ("column", "heading"), [(1, "区级主管部门"), (2, "区级实施机关"), (4, "权力类型")]
)
def test_an_empty_cell_names_row_and_column(column: int, heading: str) -> None:
    row = lists.line_of("企业登记注册")
    assert faults(lists.changed("企业登记注册", column, "")) == [(row, heading, "empty-cell")]


def test_a_row_that_went_missing_shows_in_the_count_the_section_promises() -> None:
    table = [row for row in lists.rows() if "应建防空地下室的民用建筑项目报建审批" not in row]
    assert ("count-differs" in {code for _, _, code in faults(table)}) is True


def test_a_row_before_any_section_is_a_fault() -> None:
    table = [row for row in lists.rows() if not row[0].startswith("一、")]
    assert {code for _, _, code in faults(table)} == {"outside-section"}


def test_a_table_without_rows_is_a_fault() -> None:
    assert faults([lists.rows()[0]]) == [(None, None, "no-rows")]


def test_text_beyond_the_last_column_is_a_fault() -> None:
    table = lists.rows()
    table[2].append("多写的话")
    assert faults(table) == [(3, None, "too-many-cells")]


@pytest.mark.parametrize(
    "written",
    ["其他行政权力-备案", "其他行政权力 - 备案", "其他行政权力－备案", "其他行政权力 — 备案"],
)
def test_spacing_and_dashes_make_no_other_power_type(written: str) -> None:
    assert normalised(written) == "其他行政权力-备案"
    assert result_kind(written) == "recordal"


@pytest.mark.parametrize("written", ["行政处罚", "行政许 可证", "", "许可"])
def test_a_power_type_nobody_knows_is_not_guessed(written: str) -> None:
    with pytest.raises(UnknownPowerType):
        result_kind(written)


WORDS = st.sampled_from(["", "序号", "事项名称", "一、直接赋权（2 项）", "1", "2", "x"])
CELLS = st.lists(WORDS | st.text(max_size=6), max_size=9)


@given(st.lists(CELLS, max_size=12))
def test_no_table_whatever_is_half_read(table: lists.Rows) -> None:
    lines = [annex.Line(number, tuple(row)) for number, row in enumerate(table, start=1)]
    read = annex.parse(lines)
    assert [line.row for line in read.lines] == [line.number for line in lines]
    items = {line.row for line in read.lines if line.what == "item"}
    blamed = {one.row for one in read.faults}
    assert items <= {row.row for row in read.rows} | blamed
