"""Looks at a workbook before anything opens it: size, parts, and every XML part for what could harm or mislead.

A workbook is a zip of XML written by a stranger. openpyxl alone accepts bombs, document types and cells at the far end
of the sheet; all of that is refused here, in words that say what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_

_PIECE: Final = 1 << 16
_DEEPEST: Final = 64
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_MACROS: Final = ("vbaproject", "/activex/", "/embeddings/", "/macrosheets/", "/dialogsheets/", "/ctrlprops/")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576

DAMAGED = N_("文件已损坏，或不是 Excel 工作簿，请用表格软件打开后另存为 Excel 工作簿（XLSX）再上传")
_TOO_BIG = N_("工作簿展开后过大，请只保留要导入的工作表后再上传")
_MACRO = N_("工作簿带有宏、控件或嵌入的文件，请另存为不含宏的 Excel 工作簿（XLSX）后再上传")
_ENCRYPTED = N_("工作簿加了密码，请去掉密码后另存为 Excel 工作簿（XLSX）再上传")
_DOCTYPE = N_("工作簿里有不该有的文档类型声明，已拒绝读取，请新建工作簿，复制数据后再上传")
_STRICT_FORM = N_("这是“严格”格式的工作簿，请另存为普通的 Excel 工作簿（XLSX）后再上传")
_FAR_CELL = N_("单元格%(cell)s有内容，超出了可以导入的范围（最多%(rows)s行、%(columns)s列），请删去多余的内容")
_MANY_CELLS = N_("工作表的单元格太多（最多%(count)s个），请删去空行空列和多余的格式后再上传")


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. Bytes as sent and inflated; rows with content, columns and cells of a sheet."""

    size: int = 8 << 20
    inflated: int = 64 << 20
    members: int = 200
    rows: int = 5_000
    columns: int = 100
    cells: int = 500_000

    @property
    def last_row(self) -> int:
        """The last row in which anything may stand; titles and empty rows take some beyond ``rows``."""
        return self.rows + 1_000


@dataclass
class SheetNotes:
    """What the reader of values does not tell: hidden rows and columns, merges, formulas without a kept result."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)


def column_letters(number: int) -> str:
    """The letters of a column, counted from 1: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, counted from 1: AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def check_package(package: ZipFile, limits: Limits) -> dict[str, SheetNotes]:
    """Look through the whole package; notes by the name of each sheet's part.

    Raises ``Refused`` for what may not be read, other exceptions for what is broken.
    """
    members = package.infolist()
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.inflated:
        raise Refused.one("file", _TOO_BIG)
    if len({member.filename.casefold() for member in members}) != len(members):
        raise Refused.one("file", DAMAGED)
    for member in members:
        _check_member(member)
    notes = {}
    for member in members:
        if member.filename.casefold().endswith((".xml", ".rels", ".vml")):
            part = _Part(limits, is_sheet="/worksheets/" in f"/{member.filename}")
            part.read(package, member)
            notes[member.filename] = part.notes
    return notes


def _check_member(member: ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise Refused.one("file", DAMAGED)
    if member.flag_bits & 1:
        raise Refused.one("file", _ENCRYPTED)
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused.one("file", DAMAGED)
    if any(mark in f"/{name.casefold()}" for mark in _MACROS):
        raise Refused.one("file", _MACRO)


class _Part:
    """One XML part, read in pieces of bounded size; nothing of it is kept but the notes."""

    def __init__(self, limits: Limits, *, is_sheet: bool) -> None:
        self.notes = SheetNotes()
        self._limits, self._is_sheet = limits, is_sheet
        self._depth = self._cells = self._row = self._column = 0
        self._cell = ""
        self._far = self._formula = self._value = self._inside = False

    def read(self, package: ZipFile, member: ZipInfo) -> None:
        """Parse the part. Raises ``Refused``, or ``expat.ExpatError`` for what is no XML."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        if self._is_sheet:
            parser.CharacterDataHandler = self._text
        with package.open(member) as file:
            while piece := file.read(_PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _doctype(self, *_declaration: object) -> None:
        raise Refused.one("file", _DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused.one("file", DAMAGED)
        if not self._is_sheet:
            if self._depth == 1 and name.startswith(_STRICT):
                raise Refused.one("file", _STRICT_FORM)
            return
        local = name.rpartition(" ")[2]
        if local == "c":
            self._begin_cell(attributes.get("r", ""))
        elif local in ("v", "is") and self._cell:
            self._inside = True
        elif local == "f" and self._cell:
            self._formula = True
        elif local == "row":
            self._begin_row(attributes)
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), min(int(attributes["max"]), self._limits.columns)
            self.notes.hidden_columns.update(range(first, last + 1))
        elif local == "mergeCell" and len(self.notes.merged) < self._limits.rows:
            self.notes.merged.append(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(" ")[2] if self._cell else ""
        if local in ("v", "is"):
            self._inside = False
        elif local == "c":
            if self._formula and not self._value and len(self.notes.uncalculated) < self._limits.rows:
                self.notes.uncalculated.append(self._cell)
            self._cell = ""

    def _text(self, text: str) -> None:
        """An element of a value may be empty; only text makes it one."""
        if self._inside and text:
            self._value = True
            if self._far:
                raise self._far_away()

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        if not 0 < self._row <= _LAST_ROW:
            raise Refused.one("file", DAMAGED)
        if attributes.get("hidden") in ("1", "true") and len(self.notes.hidden_rows) < self._limits.rows:
            self.notes.hidden_rows.add(self._row)

    def _begin_cell(self, reference: str) -> None:
        self._cells += 1
        if self._cells > self._limits.cells:
            raise Refused.one("file", _MANY_CELLS, count=self._limits.cells)
        column, row = self._column + 1, self._row
        if reference:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                raise Refused.one("file", DAMAGED)
            column, row = column_number(match.group(1)), int(match.group(2))
        if column > _LAST_COLUMN or row > _LAST_ROW:
            raise Refused.one("file", DAMAGED)
        self._column = column
        self._cell, self._formula, self._value = reference or f"{column_letters(column)}{row}", False, False
        self._far = column > self._limits.columns or row > self._limits.last_row

    def _far_away(self) -> Refused:
        limits = self._limits
        return Refused.one("file", _FAR_CELL, cell=self._cell, rows=limits.last_row, columns=limits.columns)
