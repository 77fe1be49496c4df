"""Files that come in: what is read, with its place, and what is refused in words."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from risk_registry.core.columns import CellKind, Column
from risk_registry.core.problems import Refused
from risk_registry.spreadsheets.guard import column_letters, column_number
from risk_registry.spreadsheets.intake import Limits, find_header, read_tables, shown

COLUMNS = (
    Column("name", "账号", CellKind.CODE, 12, ("用户名",)),
    Column("unit", "机构代码", CellKind.CODE, 12),
)


def book(*rows: tuple[Any, ...], title: str = "名单") -> Workbook:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return made


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def changed(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The package with some parts put in other words, or added."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def sheet_xml(inside: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{inside}</sheetData></worksheet>"
    ).encode()


def with_sheet(inside: str, head: str = "") -> bytes:
    return changed(saved(book(("x",))), {"xl/worksheets/sheet1.xml": sheet_xml(inside, head)})


def refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as found:
        read_tables(data, limits)
    assert [problem.field for problem in found.value.problems] == ["file"]
    return str(found.value)


def test_values_come_with_their_rows() -> None:
    made = book(("账号", "机构代码"), (), ("zhang", "0012", 12.0, date(2024, 3, 5), True, "  "))
    [table] = read_tables(saved(made))
    assert table.sheet == "名单"
    assert [line.number for line in table.lines] == [1, 3]
    values = table.lines[1].values
    assert values[:5] == ("zhang", "0012", 12, datetime.combine(date(2024, 3, 5), time()), True)
    assert [shown(value) for value in values] == ["zhang", "0012", "12", "2024-03-05", "是"]
    assert table.lines[1].at(99) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_as_spreadsheet_programs_write_it(encoding: str, separator: str) -> None:
    text = f'账号{separator}机构代码\r\n"两\n行"{separator}\'=1+1\r\n\r\n末{separator}0012\r\n'
    [table] = read_tables(text.encode(encoding))
    assert [(line.number, line.values) for line in table.lines] == [
        (1, ("账号", "机构代码")),
        (2, ("两\n行", "=1+1")),
        (5, ("末", "0012")),
    ]


def test_hidden_sheets_are_left_out_and_hidden_rows_told() -> None:
    made = book(("账号",), ("甲",), ("乙",))
    sheet = made.active
    assert sheet is not None
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A2:B2")
    sheet["C3"] = "=1+1"
    made.create_sheet("藏").append(("丙",))
    made["藏"].sheet_state = "hidden"
    [table] = read_tables(saved(made))
    assert table.notes.hidden_rows == {2}
    assert table.notes.hidden_columns == {2}
    assert table.notes.merged == ["A2:B2"]
    assert table.notes.uncalculated == ["C3"], "a formula no program has computed has no value to read"


def test_the_header_is_found_by_its_words() -> None:
    [table] = read_tables(saved(book(("账号名单",), (" 用 户名＊", "备 注", "机构代码"), ("a", "", "b"))))
    header = find_header(table, COLUMNS, needed=["name"])
    assert (header.row, dict(header.places), header.unknown) == (2, {"name": 0, "unit": 2}, ("备 注",))
    assert (header.cell("unit", 7), header.cell("other", 7)) == ("C7", "7")
    with pytest.raises(Refused, match="没有找到表头，表头应有：机构代码"):
        find_header(read_tables(saved(book(("账号",))))[0], COLUMNS, needed=["unit"])
    with pytest.raises(Refused, match="“用户名”出现了两次"):
        find_header(read_tables(saved(book(("账号", "用户名"))))[0], COLUMNS, needed=["name"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "加了密码的工作簿，请另存为"),
        (b"%PDF-1.7", "不是 Excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是 Excel"),
        (b"<html><table></table></html>", "不是 Excel"),
        (b"PK\x03\x04 and then nothing", "已损坏"),
        (b" \r\n , , \r\n", "没有内容"),
    ],
)
def test_other_files_are_refused_in_words(data: bytes, words: str) -> None:
    assert words in refused(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed(saved(book(("x",))), {"xl/vbaProject.bin": b"x"}), "宏"),
        (changed(saved(book(("x",))), {"xl/embeddings/a.bin": b"x"}), "宏"),
        (changed(saved(book(("x",))), {"../evil.xml": b"<a/>"}), "已损坏"),
        (changed(saved(book(("x",))), {"XL/workbook.xml": b"<a/>"}), "已损坏"),
        (with_sheet("", '<!DOCTYPE worksheet [<!ENTITY a "b">]>'), "文档类型"),
        (with_sheet('<row r="1"><c r="DA1"><v>1</v></c></row>'), "单元格DA1有内容"),
        (with_sheet('<row r="999999"><c r="A999999"><v>1</v></c></row>'), "单元格A999999有内容"),
        (with_sheet('<row r="1"><c r="1A"><v>1</v></c></row>'), "已损坏"),
        (with_sheet('<row r="1"><c r="XFE1"/></row>'), "已损坏"),
        (with_sheet("<row>" * 100 + "</row>" * 100), "已损坏"),
        (with_sheet("<row"), "已损坏"),
        (
            changed(
                saved(book(("x",))),
                {"xl/workbook.xml": b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'},
            ),
            "严格",
        ),
    ],
)
def test_hostile_workbooks_are_refused_in_words(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_bombs_are_refused_before_they_are_read() -> None:
    bomb = changed(saved(book(("x",))), {"xl/sharedStrings.xml": b"<a>" + b" " * (70 << 20) + b"</a>"})
    assert len(bomb) < 200_000
    assert "过大" in refused(bomb)
    many = changed(saved(book(("x",))), {f"x{number}.bin": b"" for number in range(200)})
    assert "过大" in refused(many)
    cells = "<row>" + "<c/>" * 200 + "</row>"
    assert "太多" in refused(with_sheet(cells * 10), Limits(cells=1000))
    assert "超过8兆字节" in refused(b"x" * ((8 << 20) + 1))


def test_far_but_empty_cells_do_no_harm() -> None:
    inside = '<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    [table] = read_tables(with_sheet(inside))
    assert [(line.number, line.values[0]) for line in table.lines] == [(1, 7)]


def test_rows_and_columns_have_a_limit() -> None:
    assert "超过2行" in refused(saved(book(("a",), ("b",), ("c",))), Limits(rows=2))
    assert "超过2行" in refused(b"a\nb\nc\n", Limits(rows=2))
    assert "超过1列" in refused(b"a,b\n", Limits(columns=1))


def test_columns_have_letters() -> None:
    for number, letters in ((1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")):
        assert column_letters(number) == letters
        assert column_number(letters) == number
