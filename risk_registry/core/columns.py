"""Columns of ledgers and tables: the same entry drives screen, workbook, CSV and import."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CellKind(Enum):
    """How a cell is stored and aligned in a workbook. CODE is text that looks like a number."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """One column; `width` in characters, `aliases` are headings the import also knows, `total` sums it in 合计."""

    key: str
    heading: str
    cell: CellKind
    width: float
    aliases: tuple[str, ...] = ()
    total: bool = False
