"""Files that come in: a workbook (.xlsx) or CSV becomes sheets of rows of raw values with their places.

Guarded first (``guard``), read as plain values, never as formulas. What the values mean is for the caller, by the
declared fields; header rows are found by their words.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zipfile import ZipFile

from openpyxl import load_workbook

from risk_registry.core.columns import Column
from risk_registry.core.problems import Refused
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_
from risk_registry.core.values import Raw
from risk_registry.spreadsheets.csv_file import unguarded
from risk_registry.spreadsheets.guard import DAMAGED, Limits, SheetNotes, check_package, column_letters

__all__ = ["Header", "Limits", "Line", "Table", "column_letters", "find_header", "read_tables", "shown"]

_log = logging.getLogger(__name__)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HEADER_WITHIN: Final = 10
_BLANKS: Final = " \t\r\n\u00a0\u3000"

_EMPTY = N_("文件是空的，请选择填好的文件")
_OLD = N_("这是旧版 Excel 97-2003 工作簿或加了密码的工作簿，请另存为不加密码的 Excel 工作簿（XLSX）后再上传")
_LARGE = N_("文件超过%(limit)s兆字节，请只保留要导入的内容后再上传")
_NO_TABLE = N_("不是 Excel 工作簿（XLSX）或 CSV 文件，请选择由模板填写的文件")
_NO_ROWS = N_("文件里没有内容：没有可见的工作表，或工作表是空的")
_MANY_ROWS = N_("“%(sheet)s”超过%(limit)s行，请分成几个文件导入")
_WIDE = N_("“%(sheet)s”第%(row)s行超过%(limit)s列，请删去多余的列")
_NO_HEADER = N_("前%(count)s行里没有找到表头，表头应有：%(names)s")
_TWICE = N_("表头第%(row)s行的“%(name)s”出现了两次，请只保留一列")


@dataclass(frozen=True)
class Line:
    """One row that is not empty; ``number`` is its row in the file, counted from 1."""

    number: int
    values: tuple[Raw, ...]

    def at(self, place: int | None) -> Raw:
        """The value in a column, counted from 0; ``None`` beyond the end."""
        return self.values[place] if place is not None and place < len(self.values) else None


@dataclass(frozen=True)
class Table:
    """One visible sheet (a CSV file is one sheet named ""), with what its values do not show."""

    sheet: str
    lines: tuple[Line, ...]
    notes: SheetNotes


@dataclass(frozen=True)
class Header:
    """Where the header is, and the place (from 0) of each column found, by column key."""

    row: int
    places: Mapping[str, int]
    unknown: tuple[str, ...] = ()

    def cell(self, key: str, row: int) -> str:
        """The cell of a column in a row as people name it: ``C7``; just the row when the column is not there."""
        place = self.places.get(key)
        return str(row) if place is None else f"{column_letters(place + 1)}{row}"


def read_tables(data: bytes, limits: Limits | None = None) -> tuple[Table, ...]:
    """Every visible sheet with content. Raises ``Refused`` on ``file``, saying what to do; never anything else."""
    limits = limits or Limits()
    if not data:
        raise Refused.one("file", _EMPTY)
    if len(data) > limits.size:
        raise Refused.one("file", _LARGE, limit=limits.size >> 20)
    if data.startswith(_OLE):
        raise Refused.one("file", _OLD)
    try:
        tables = _workbook(data, limits) if data.startswith(_ZIP) else _csv(data, limits)
    except Refused:
        raise
    # Broken packages raise whatever they happen to hit (BadZipFile, KeyError, MemoryError…): one boundary for all.
    except Exception as error:
        _log.info("a file could not be read: %s", type(error).__name__)
        raise Refused.one("file", DAMAGED) from None
    if not any(table.lines for table in tables):
        raise Refused.one("file", _NO_ROWS)
    return tuple(table for table in tables if table.lines)


def find_header(table: Table, columns: Sequence[Column], *, needed: Iterable[str]) -> Header:
    """The first of the ten first rows that names every column in ``needed``, by heading or alias.

    Blanks, width and case make no difference. Raises ``Refused`` when there is none, or when a column is there twice.
    """
    names = {
        comparison_key(name): column.key for column in columns for name in (column.heading, *column.aliases) if name
    }
    wanted = set(needed)
    for line in table.lines:
        if line.number > _HEADER_WITHIN:
            break
        places: dict[str, int] = {}
        unknown = []
        twice = ""
        for place, value in enumerate(line.values):
            text = shown(value)
            key = names.get(comparison_key(text.rstrip("*＊")))
            if key is None:
                unknown += [text] if text else []
            elif key in places:
                twice = twice or text
            else:
                places[key] = place
        if wanted <= set(places):
            if twice:
                raise Refused.one("file", _TWICE, row=line.number, name=twice)
            return Header(line.number, places, tuple(unknown))
    headings = [column.heading for column in columns if column.key in wanted]
    raise Refused.one("file", _NO_HEADER, count=_HEADER_WITHIN, names="、".join(headings))


def shown(value: Raw) -> str:
    """A raw value as the text a person sees in its cell, without outer blanks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value).strip(_BLANKS)


def _workbook(data: bytes, limits: Limits) -> list[Table]:
    with ZipFile(io.BytesIO(data)) as package:
        notes = check_package(package, limits)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    tables = []
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=limits.columns, max_row=limits.last_row, values_only=True)
            lines = _lines(enumerate(rows, start=1), sheet.title, limits)
            # The reader keeps the part's name to itself; the notes are by that name.
            part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
            tables.append(Table(sheet.title, lines, notes.get(part, SheetNotes())))
    finally:
        book.close()
    return tables


def _lines(rows: Iterable[tuple[int, Sequence[Any]]], sheet: str, limits: Limits) -> tuple[Line, ...]:
    lines: list[Line] = []
    for number, row in rows:
        values = [_raw(value) for value in row]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if len(lines) >= limits.rows:
            raise Refused.one("file", _MANY_ROWS, sheet=sheet or "CSV", limit=limits.rows)
        lines.append(Line(number, tuple(values)))
    return tuple(lines)


def _raw(value: object) -> Raw:
    """A cell value as the fields read it; blank texts are no value, durations and times are texts."""
    if isinstance(value, str):
        return value if value.strip(_BLANKS) else None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)


def _csv(data: bytes, limits: Limits) -> list[Table]:
    text = _decoded(data)
    head = text[:4096].partition("\n")[0]
    separator = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    for row in reader:
        if len(row) > limits.columns and any(cell.strip(_BLANKS) for cell in row[limits.columns :]):
            raise Refused.one("file", _WIDE, sheet="CSV", row=reader.line_num, limit=limits.columns)
        # A text over several lines is told by the line it begins on.
        breaks = sum(cell.count("\n") for cell in row)
        rows.append((reader.line_num - breaks, [unguarded(cell) for cell in row[: limits.columns]]))
    return [Table("", _lines(rows, "", limits), SheetNotes())]


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else GB 18030, as spreadsheet programs write CSV here."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\x00" in data or data.startswith((b"%PDF", b"<", b"{")):
        raise Refused.one("file", _NO_TABLE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused.one("file", _NO_TABLE)
