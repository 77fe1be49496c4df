"""What a reader finds in the workbook: two readers, because each forgives what the other does not."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from risk_registry.core.columns import CellKind, Column
from risk_registry.core.problems import Refused
from risk_registry.spreadsheets import sheet as sheet_module
from risk_registry.spreadsheets.sheet import Sheet, sheet_title, write_workbook

Row = tuple[object, ...]


def written(sheet: Sheet, rows: object, created: datetime) -> bytes:
    file = io.BytesIO()
    write_workbook(file, sheet, rows, created=created)  # type: ignore[arg-type]
    return file.getvalue()


def reopened(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def calamine_rows(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.fixture
def content(ledger: Sheet, rows: tuple[Row, ...], created: datetime) -> bytes:
    return written(ledger, rows, created)


@pytest.fixture
def sheet(content: bytes) -> Worksheet:
    return reopened(content)


def test_title_subtitle_header_totals_note_and_signature_stand_in_order(sheet: Worksheet, ledger: Sheet) -> None:
    assert sheet["A1"].value == ledger.title
    assert sheet["A2"].value == ledger.subtitle
    assert [cell.value for cell in sheet[3]] == [column.heading for column in ledger.columns]
    assert [cell.value for cell in sheet[7]] == ["合计", None, "3件次", 8988.08, 31_255, None, None, None]
    assert [sheet.cell(row, 1).value for row in (8, 9)] == [ledger.notes[0], ledger.signature]
    assert sheet.max_row == 9
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:H1", "A2:H2", "A8:H8", "A9:H9"}


def test_every_cell_has_the_type_of_its_column(sheet: Worksheet) -> None:
    first: tuple[Cell, ...] = sheet[4]  # type: ignore[assignment]
    assert [cell.value for cell in first] == [
        1,
        "500229-2024-0001",
        "马家台村四、五组河堤工程",
        299.65,
        5,
        100,
        datetime(2024, 3, 5),  # noqa: DTZ001  # a cell has no time zone
        None,
    ]
    assert [cell.data_type for cell in first] == ["n", "s", "s", "n", "n", "n", "d", "n"]
    assert [cell.number_format for cell in first] == [
        "0",
        "@",
        "General",
        "#,##0.00",
        "0",
        "0.00",
        "yyyy-mm-dd",
        "General",
    ]
    assert [cell.value for cell in sheet["A"][3:6]] == [1, 2, 3]
    assert sheet["B5"].value == "500229"
    assert sheet["B6"].value == "0017"
    assert sheet["D6"].value == 8688.43, "half a cent rounds up"
    assert sheet["E6"].value == 0, "nought is an answer, not a blank"
    assert sheet["F6"].value == 82.14


def test_the_fast_reader_sees_the_same_types(content: bytes) -> None:
    rows = calamine_rows(content)
    assert rows[3][:7] == [1, "500229-2024-0001", "马家台村四、五组河堤工程", 299.65, 5, 100, date(2024, 3, 5)]
    assert rows[4] == [2, "500229", "自来水供水价格调整", "", 31_250, "", "", "=1+1"]
    assert rows[5][1] == "0017"


@pytest.mark.parametrize("text", ["=1+1", "+8613", "-5", "@SUM(A1)", "\t=1", "＝1+1", "－5", "#N/A", "TRUE", "1E5"])
def test_text_stays_text(ledger: Sheet, created: datetime, with_remark: Callable[[object], Row], text: str) -> None:
    content = written(ledger, [with_remark(text), with_remark("平常")], created)
    cell, plain = reopened(content)["H4"], reopened(content)["H5"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert bool(cell.quotePrefix) is (text[0] in "=+-@\t＝＋－＠")
    assert not plain.quotePrefix
    assert calamine_rows(content)[3][7] == text
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_text_that_looks_like_an_escape_is_read_as_written(
    ledger: Sheet, created: datetime, with_remark: Callable[[object], Row]
) -> None:
    content = written(ledger, [with_remark("_x0041_ 甲_x4e00_")], created)
    assert calamine_rows(content)[3][7] == "_x0041_ 甲_x4e00_", "openpyxl alone leaves inline escapes as they are"
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_ 甲_x005F_x4e00_" in xml


def test_spaces_line_ends_and_long_numbers_survive(
    ledger: Sheet, created: datetime, with_remark: Callable[[object], Row]
) -> None:
    long_number = (*with_remark("")[:4], 12345678901234567890, *with_remark("")[5:])
    content = written(ledger, [with_remark(" 前后空格 "), with_remark("一\r\n二\r三"), long_number], created)
    sheet = reopened(content)
    assert sheet["H4"].value == " 前后空格 "
    assert sheet["H5"].value == "一\n二\n三"
    assert (sheet["E6"].value, sheet["E6"].data_type) == ("12345678901234567890", "s")


@pytest.mark.parametrize(
    ("text", "code"), [("甲\uffff乙", "U+FFFF"), ("甲\ufffe", "U+FFFE"), ("甲\x0b", "U+000B"), ("甲\ud800", "U+D800")]
)
def test_a_character_xml_cannot_hold_is_refused_by_row_heading_and_place(
    tmp_path: Path, ledger: Sheet, created: datetime, with_remark: Callable[[object], Row], text: str, code: str
) -> None:
    target = tmp_path / "ledger.xlsx"
    with pytest.raises(Refused) as refused:
        write_workbook(target, ledger, [with_remark("好"), with_remark(text)], created=created)
    assert str(refused.value) == f"第2行“备注”：第 2 个字符（{code}）无法写入表格，请在原记录中删去"
    assert refused.value.problems[0].field == "remark"
    assert list(tmp_path.iterdir()) == []


def test_text_too_long_for_a_cell_is_refused_not_cut(
    ledger: Sheet, created: datetime, with_remark: Callable[[object], Row]
) -> None:
    assert reopened(written(ledger, [with_remark("字" * 32_767)], created))["H4"].value == "字" * 32_767
    with pytest.raises(Refused, match="32768 字，单元格最多 32767 字"):
        written(ledger, [with_remark("字" * 32_768)], created)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (2, 1.5),
        (2, True),
        (3, 299.65),
        (3, Decimal("NaN")),
        (3, Decimal("1e40")),
        (4, 1.0),
        (4, True),
        (6, "2024-03-05"),
        (6, date(1899, 1, 1)),
    ],
)
def test_a_value_of_another_type_is_refused(ledger: Sheet, created: datetime, place: int, value: object) -> None:
    row: list[object] = [None] * 8
    row[place] = value
    with pytest.raises(
        Refused, match=f"第1行“{ledger.columns[place].heading}”".replace("(", r"\(").replace(")", r"\)")
    ):
        written(ledger, [row], created)


def test_a_fault_leaves_neither_file_nor_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: Sheet, rows: tuple[Row, ...], created: datetime
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[Row]:
        yield rows[0]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_workbook(tmp_path / "ledger.xlsx", ledger, broken(), created=created)
    assert list(tmp_path.iterdir()) == []


def test_the_sheet_is_frozen_filtered_and_laid_out_for_paper(sheet: Worksheet, ledger: Sheet) -> None:
    assert sheet.title == "2024年度台账"
    assert sheet.freeze_panes == "D4", "header and everything up to 事项名称 stay in sight"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.auto_filter.ref == "A3:H6", "the header and the lines, not 合计"
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize or 0) == 9
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.right.text == "第&P页 共&N页"
    assert sheet.oddFooter.left.text == ledger.footer_left
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [5, 13, 26]


def test_the_full_ledger_prints_on_a3(ledger: Sheet, created: datetime) -> None:
    sheet = reopened(written(dataclasses.replace(ledger, paper="A3", totals=False, notes=()), [], created))
    assert int(sheet.page_setup.paperSize or 0) == 8
    assert sheet.auto_filter.ref == "A3:H3"
    assert sheet["A4"].value == ledger.signature


def test_fonts_borders_and_fill_are_those_of_an_office_ledger(sheet: Worksheet) -> None:
    assert (sheet["A1"].font.name, sheet["A1"].font.sz) == ("方正小标宋简体", 18)
    header, data = sheet["C3"], sheet["C4"]
    assert (header.font.name, header.font.sz, header.alignment.wrap_text) == ("黑体", 11, True)
    assert (header.alignment.horizontal, header.fill.fgColor.rgb) == ("center", "FFD9D9D9")
    assert (data.font.name, data.font.sz, data.alignment.wrap_text) == ("宋体", 11, True)
    assert {header.border.left.style, data.border.bottom.style, sheet["H4"].border.top.style} == {"thin"}
    assert sheet["D4"].alignment.horizontal == "right"
    assert sheet["C4"].alignment.horizontal == "left"
    normal = sheet.parent._named_styles["Normal"]  # type: ignore[union-attr]
    assert normal.font.name == "宋体", "column widths are counted in its digits"


def test_rows_are_high_enough_for_wrapped_text(
    ledger: Sheet, created: datetime, with_remark: Callable[[object], Row]
) -> None:
    sheet = reopened(written(ledger, [with_remark(""), with_remark("字" * 30), with_remark("字" * 9_000)], created))
    assert sheet.row_dimensions[4].height == 2 * 15 + 5, "登记号 breaks after its year"
    assert sheet.row_dimensions[5].height == 5 * 15 + 5
    assert sheet.row_dimensions[6].height == 409, "the most a spreadsheet row can be"


def test_same_ledger_same_bytes(content: bytes, ledger: Sheet, rows: tuple[Row, ...], created: datetime) -> None:
    assert written(ledger, iter(rows), created) == content
    later = written(ledger, rows, created + timedelta(seconds=2))
    assert later != content
    names = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert {info.date_time for info in names} == {(2026, 11, 23, 5, 32, 10)}


def test_rows_and_digest_are_those_of_the_lines_not_of_their_looks(
    ledger: Sheet, rows: tuple[Row, ...], created: datetime
) -> None:
    first = write_workbook(io.BytesIO(), ledger, rows, created=created)
    relabelled = tuple(dataclasses.replace(column, heading="甲", width=9) for column in ledger.columns)
    other = dataclasses.replace(ledger, columns=relabelled, title="另一标题", totals=False, paper="A3")
    assert write_workbook(io.BytesIO(), other, rows, created=created + timedelta(days=1)) == first
    assert first.rows == 3
    assert len(first.digest) == len(hashlib.sha256().hexdigest())
    assert write_workbook(io.BytesIO(), ledger, rows[:2], created=created).digest != first.digest
    assert write_workbook(io.BytesIO(), ledger, rows[::-1], created=created).digest != first.digest


def test_memory_does_not_grow_with_the_lines(
    ledger: Sheet, rows: tuple[Row, ...], created: datetime, tmp_path: Path
) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            write_workbook(tmp_path / "l.xlsx", ledger, (rows[i % 3] for i in range(count)), created=created)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(4_000) < peak(400) + 300_000


def test_more_lines_than_a_sheet_holds_are_refused(
    monkeypatch: pytest.MonkeyPatch, ledger: Sheet, rows: tuple[Row, ...], created: datetime
) -> None:
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 5)
    written(ledger, rows[:2], created)
    with pytest.raises(Refused, match="一张工作表最多 5 行"):
        written(ledger, rows, created)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("2024/台账[甲]:*?\\", "2024 台账 甲"),
        ("长" * 40, "长" * 31),
        ("'台账'", "台账"),
        ("", "Sheet"),
        ("///", "Sheet"),
    ],
)
def test_sheet_names_are_made_acceptable(name: str, shown: str) -> None:
    assert sheet_title(name) == shown


def test_one_column_and_no_anchor_still_make_a_sheet(ledger: Sheet, created: datetime) -> None:
    single = dataclasses.replace(ledger, columns=(Column("note", "说明", CellKind.TEXT, 30),))
    sheet = reopened(written(single, [("甲",)], created))
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["说明", "甲", "合计"]
    assert sheet.freeze_panes == "A4"
