"""How a ledger looks on screen and paper: fonts, widths, page, one styled cell per column used again for every row.

The look is the one offices expect (DOMAIN §6): 小标宋 title, 黑体 header on grey, 宋体 lines, A3 or A4 landscape one
page wide, header repeated, page numbers. Fonts are given by name; a machine without them shows its own Chinese font.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from risk_registry.core.columns import CellKind, Column
from risk_registry.spreadsheets.values import ORDINAL, Value, starts_like_formula

TITLE_ROW, SUBTITLE_ROW, HEADER_ROW = 1, 2, 3
FIRST_LINE: Final = HEADER_ROW + 1
ANCHOR: Final = "title"
"""Key of the column that stays in sight when scrolling to the right."""

TITLE_HEIGHT: Final = 34.0
LINE_HEIGHT: Final = 15.0
"""Points one line of 11 pt text takes."""

_PAPER_SIZES: Final = {"A3": "8", "A4": "9"}
_TITLE_FONT = Font(name="方正小标宋简体", size=18, charset=134)
_HEADER_FONT = Font(name="黑体", size=11, charset=134)
_BODY_FONT = Font(name="宋体", size=11, charset=134)
_THIN = Side(style="thin", color="FF000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="FFD9D9D9")
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_NUMBER = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
_DAY = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
_FORMATS: Final = {
    CellKind.TEXT: "General",
    CellKind.CODE: "@",
    CellKind.INTEGER: "0",
    CellKind.DECIMAL: "#,##0.00",
    CellKind.PERCENT: "0.00",
    CellKind.DATE: "yyyy-mm-dd",
}
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_TOKENS = re.compile(r"[A-Za-z0-9.,%]+[-/]?|[〔（《“(].|.")
_CLOSING: Final = frozenset("，。、；：？！）〕》”)%,.;:")
_PADDING: Final = 0.7
_NARROW: Final = 9
"""Columns of short terms are centred: flush left they would stick to the number before them."""
_SIGNIFICANT: Final = 15
_FOOTER_UNITS: Final = 200


def units(text: str) -> int:
    """Width of a text in half-width characters: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


@lru_cache(maxsize=8192)
def wrapped_lines(text: str, width: float) -> int:
    """Lines the text takes in a cell `width` half-width characters wide, broken as spreadsheet programs break it.

    Words and numbers stay whole, closing marks do not begin a line. Row heights are written because only Excel
    fits rows to wrapped text when it opens a file.
    """
    room = max(int(width - _PADDING), 2)
    lines = 0
    for part in text.split("\n"):
        lines += 1
        if 2 * len(part) <= room:
            continue
        used = before = 0
        for token in _TOKENS.findall(part):
            wide = units(token)
            if used + wide <= room:
                used, before = used + wide, wide
                continue
            lines += 1 + (wide - 1) // room
            used = wide % room if wide > room else wide + (before if token in _CLOSING else 0)
            before = wide
    return lines


def height(lines: int) -> float:
    """Points for that many lines of text; a spreadsheet row ends at 409."""
    return min(lines * LINE_HEIGHT + 5, 409)


def row_height(columns: Sequence[Column], values: Sequence[Value]) -> float:
    """Points a data row needs so that no wrapped text is cut."""
    return height(
        max(
            (
                wrapped_lines(value, column.width)
                for column, value in zip(columns, values, strict=True)
                if isinstance(value, str)
            ),
            default=1,
        )
    )


def set_page(book: Workbook, sheet: Worksheet, columns: Sequence[Column], *, paper: str, left: str) -> None:
    """Everything that stands before the first row: widths, panes, paper, footer. `left` is the footer's left text."""
    # The normal font is the unit of column widths; with 宋体 a width is a number of half-width characters.
    book._named_styles["Normal"].font = _BODY_FONT  # type: ignore[attr-defined]  # no public way to it
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    frozen = next((place for place, column in enumerate(columns, start=1) if column.key == ANCHOR), 0)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{FIRST_LINE}"
    sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_SIZES[paper]
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.3
    margins.top, margins.bottom, margins.header, margins.footer = 0.4, 0.6, 0.2, 0.3
    # A lone & starts a footer command, and Excel drops a footer of more than 255 characters.
    footer = sheet.oddFooter or HeaderFooterItem()
    footer.left.text = left.replace("&", "＆").replace("\n", " ")[:_FOOTER_UNITS]
    footer.left.size = 8
    footer.right.text = "第&P页 共&N页"
    footer.right.size = 9
    sheet.oddFooter = footer


def title_cell(sheet: Worksheet, text: str) -> Cell:
    """The title, for the first cell of the merged first row."""
    return _text_cell(sheet, text, _TITLE_FONT, _CENTRE)


def line_cell(sheet: Worksheet, text: str) -> Cell:
    """A line of running text over the whole width: unit and period, a note, the signatures."""
    return _text_cell(sheet, text, _BODY_FONT, _LEFT)


def header_cell(sheet: Worksheet, text: str) -> Cell:
    """A heading: 黑体, wrapped, centred, framed, grey."""
    cell = _text_cell(sheet, text, _HEADER_FONT, _CENTRE)
    cell.border, cell.fill = _BOX, _GREY
    return cell


class LineCells:
    """The cells of a data row, made once and filled again for each row: no style object per cell, flat memory."""

    def __init__(self, sheet: Worksheet, columns: Sequence[Column], *, bold: bool = False) -> None:
        font = _HEADER_FONT if bold else _BODY_FONT
        self._plain = [_framed(sheet, column, font) for column in columns]
        self._quoted = [_framed(sheet, column, font) for column in columns]
        for cell in self._quoted:
            cell.quotePrefix = True
        self._texts = [_framed(sheet, column, font) for column in columns]
        for cell in self._texts:
            cell.number_format, cell.alignment = "@", _LEFT

    def filled(self, values: Sequence[Value]) -> list[Cell]:
        """The cells holding this row, valid until the next call."""
        return [self._filled(place, value) for place, value in enumerate(values)]

    def _filled(self, place: int, value: Value) -> Cell:
        if isinstance(value, str):
            cell = (self._quoted if starts_like_formula(value) else self._plain)[place]
            return _put(cell, value)
        if value is None or not isinstance(value, int) or len(str(abs(value))) <= _SIGNIFICANT:
            cell = self._plain[place]
            cell.value = value
            return cell
        return _put(self._texts[place], str(value))  # a spreadsheet keeps 15 digits of a number and zeroes the rest


def _put(cell: Cell, text: str) -> Cell:
    # Readers decode _x0041_ as a character, so its first underscore is itself written as an escape.
    cell.value = _ESCAPE_LIKE.sub("_x005F_", text)
    cell.data_type = "s"  # after the value: openpyxl guesses formulas and error codes from texts
    return cell


def _text_cell(sheet: Worksheet, text: str, font: Font, alignment: Alignment) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.font, cell.alignment = font, alignment
    cell.quotePrefix = starts_like_formula(text)
    return _put(cell, text)


def _framed(sheet: Worksheet, column: Column, font: Font) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.font, cell.border, cell.number_format = font, _BOX, _FORMATS[column.cell]
    if column.cell is CellKind.DATE or column.key == ORDINAL:
        cell.alignment = _DAY
    elif column.cell in (CellKind.TEXT, CellKind.CODE):
        cell.alignment = _CENTRE if column.width <= _NARROW else _LEFT
    else:
        cell.alignment = _NUMBER
    return cell
