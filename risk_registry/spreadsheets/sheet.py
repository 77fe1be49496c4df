"""A ledger workbook: title, unit and period, header, lines, 合计, notes, signatures; streamed with flat memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from risk_registry.core.columns import CellKind, Column
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.spreadsheets import layout
from risk_registry.spreadsheets.package import StampedZip, whole_file
from risk_registry.spreadsheets.values import Tally, Value, Written, checked_rows, label_text

MOST_ROWS: Final = 1_048_000
"""Rows the lines may reach down to: the format has 1,048,576, the rest is for 合计, notes and signatures."""

_NAME_SIGNS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """What a ledger says around its lines.

    `title` fills row 1 and `subtitle` row 2 over the whole width, `notes` and `signature` follow the lines, the
    signature last. `totals` adds 合计: the number of lines (with `count_unit`) and the sums of `total` columns, as
    values. `footer_left` stands at the left foot of every printed page, the page number at the right.
    """

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    sheet_name: str
    paper: Literal["A3", "A4"]
    totals: bool
    signature: str
    footer_left: str
    notes: tuple[str, ...] = ()
    count_unit: str = "条"


def write_workbook(
    path_or_file: str | Path | BinaryIO, sheet: Sheet, rows: Iterable[Sequence[object]], *, created: datetime
) -> Written:
    """Write the rows as a workbook and say how many there were, with the digest of their values.

    A row has one value per column; the `ordinal` column is numbered here. `created` (aware, or naive UTC) is the only
    time in the file, so the same rows, sheet and time give the same bytes. A path is written whole or not at all.
    Raises `Refused` when a value does not fit its column or the rows do not fit a sheet.
    """
    return write_book(path_or_file, [(sheet, rows)], created=created)[0]


def write_book(
    path_or_file: str | Path | BinaryIO,
    sheets: Sequence[tuple[Sheet, Iterable[Sequence[object]]]],
    *,
    created: datetime,
) -> list[Written]:
    """The same for several sheets in one workbook, one after the other; its title is that of the first."""
    moment = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = moment.replace(microsecond=0)
    book.properties.creator = ""
    book.properties.title = label_text(sheets[0][0].title, sheets[0][0].title)
    tallies = []
    try:
        for sheet, rows in sheets:
            target = cast(Worksheet, book.create_sheet(sheet_title(sheet.sheet_name)))
            tallies.append(Tally(sheet.columns))
            _fill(book, target, sheet, checked_rows(sheet.columns, rows, tallies[-1]))
    except BaseException:
        # Saving to nowhere is openpyxl's only public way to remove the temporary file of an unfinished sheet.
        ExcelWriter(book, StampedZip(io.BytesIO(), moment)).save()
        raise
    with whole_file(path_or_file) as file:
        ExcelWriter(book, StampedZip(file, moment)).save()
    return [tally.written() for tally in tallies]


def sheet_title(name: str) -> str:
    """A name spreadsheet programs accept: at most 31 characters, none of `[]:*?/\\`, no apostrophe at its ends."""
    return _NAME_SIGNS.sub(" ", name).strip().strip("'")[:31].strip() or "Sheet"


def _fill(book: Workbook, target: Worksheet, sheet: Sheet, rows: Iterator[tuple[Value, ...]]) -> None:
    columns = tuple(replace(column, heading=label_text(column.heading, column.key)) for column in sheet.columns)
    layout.set_page(book, target, columns, paper=sheet.paper, left=label_text(sheet.footer_left, N_("页脚")))
    page = _Page(target, columns)
    page.across(layout.title_cell(target, sheet.title), layout.TITLE_HEIGHT)
    page.text(label_text(sheet.subtitle, N_("第二行")))
    page.row(
        [layout.header_cell(target, column.heading) for column in columns],
        layout.height(max(layout.wrapped_lines(column.heading, column.width) for column in columns)),
    )
    sums: dict[int, int | Decimal] = {place: 0 for place, column in enumerate(columns) if column.total}
    cells = layout.LineCells(target, columns)
    for values in rows:
        if page.rows == MOST_ROWS:
            raise Refused.one("", N_("一张工作表最多 %(limit)s 行，请缩小范围或导出 CSV"), limit=MOST_ROWS)
        for place in sums:
            amount = values[place]
            if isinstance(amount, int | Decimal):
                sums[place] += amount
        page.row(cells.filled(values), layout.row_height(columns, values))
    target.auto_filter.ref = f"A{layout.HEADER_ROW}:{page.last_column}{page.rows}"
    if sheet.totals:
        totals = _totals(columns, sums, f"{page.rows - layout.HEADER_ROW}{sheet.count_unit}")
        page.row(layout.LineCells(target, _as_text(columns, totals), bold=True).filled(totals), layout.height(1))
    for note in (*sheet.notes, sheet.signature):
        if note:
            page.text(label_text(note, note[:20]))


def _totals(columns: Sequence[Column], sums: dict[int, int | Decimal], count: str) -> list[Value]:
    totals: list[Value] = [None] * len(columns)
    totals[0] = N_("合计")
    anchors = [place for place, column in enumerate(columns) if column.key == layout.ANCHOR]
    if place := (anchors or [min(1, len(columns) - 1)])[0]:
        totals[place] = count
    for place, amount in sums.items():
        totals[place] = amount
    return totals


def _as_text(columns: Sequence[Column], totals: Sequence[Value]) -> list[Column]:
    """The columns of the totals row: a word in a numeric column is laid out as text."""
    return [
        replace(column, cell=CellKind.TEXT) if isinstance(value, str) else column
        for column, value in zip(columns, totals, strict=True)
    ]


class _Page:
    """Rows written one after the other, each high enough for its text; forgets a row as soon as it is written."""

    def __init__(self, sheet: Worksheet, columns: Sequence[Column]) -> None:
        self._sheet, self._width = sheet, sum(column.width for column in columns)
        self.last_column = get_column_letter(len(columns))
        self.rows = 0

    def row(self, cells: list[Cell], points: float) -> None:
        self.rows += 1
        self._sheet.row_dimensions[self.rows].height = points
        self._sheet.append(cells)
        del self._sheet.row_dimensions[self.rows]

    def across(self, cell: Cell, points: float) -> None:
        """One cell merged over the whole width."""
        self.row([cell], points)
        if self.last_column != "A":
            self._sheet.merged_cells.add(f"A{self.rows}:{self.last_column}{self.rows}")

    def text(self, text: str) -> None:
        """A line of running text over the whole width."""
        self.across(layout.line_cell(self._sheet, text), layout.height(layout.wrapped_lines(text, self._width)))
