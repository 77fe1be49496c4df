"""What a cell holds, decided once for workbook, CSV and JSON Lines, and the digest of the rows written.

All three formats carry the same values, so the digest of the same lines is the same in each of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, TypeAlias

from risk_registry.core.columns import CellKind, Column
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_

Value: TypeAlias = str | int | Decimal | date | None

ORDINAL: Final = "ordinal"
"""Key of the column the writers number themselves, from 1 without gaps; the value given for it is ignored."""

LONGEST_TEXT: Final = 32_767
"""Characters a workbook cell can hold; every format refuses more, so that no export is silently shorter."""

FORMULA_SIGNS: Final = "=+-@\t\r\n＝＋－＠"
"""A text beginning with one of these is run as a formula by some spreadsheet program, the full-width forms included."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_YEAR: Final = 1900  # workbooks count days from there
_CENT = Decimal("0.01")


class _UnfitError(ValueError):
    """A value that does not fit its column; `params` fill the message, with `at`, the place, added later."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


@dataclass(frozen=True)
class Written:
    """What an export wrote: the number of data rows and the SHA-256 of their values, in hexadecimal."""

    rows: int
    digest: str


class Tally:
    """Counts and digests rows as they pass: the column keys first, then each row as one canonical JSON array.

    Headings, widths and fonts are left out: a relabelled layout of the same lines has the same digest.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._sha = hashlib.sha256(_canonical([column.key for column in columns]))
        self._rows = 0

    def add(self, values: Sequence[Value]) -> None:
        """Take one row of values as `checked_rows` gives them."""
        self._sha.update(_canonical([None if value is None else plain_text(value) for value in values]))
        self._rows += 1

    def written(self) -> Written:
        """The figures so far; final once the last row has been taken."""
        return Written(self._rows, self._sha.hexdigest())


def plain_text(value: Value) -> str:
    """The value as text without layout: `2024-03-05`, `299.65`, `12`; blank for None."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def starts_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might run the text instead of showing it."""
    return text[:1] in FORMULA_SIGNS if text else False


def cell_value(column: Column, raw: object, line: int) -> Value:
    """The value of one cell. `line` is the 1-based data row, for the message.

    Blank text is None; line ends become LF; amounts and rates are rounded half up to two places. Raises `Refused`
    naming row and heading for a value of another type, a character XML cannot hold, or a text too long.
    """
    try:
        return _READERS[column.cell](raw)
    except _UnfitError as unfit:
        raise Refused.one(column.key, unfit.message, at=f"第{line}行“{column.heading}”", **unfit.params) from None


def label_text(text: str, what: str) -> str:
    """A title, heading or note cleared for writing; `what` names it in the refusal."""
    try:
        return _text(text) or ""
    except _UnfitError as unfit:
        raise Refused.one("", unfit.message, at=f"“{what}”", **unfit.params) from None


def checked_rows(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], tally: Tally
) -> Iterator[tuple[Value, ...]]:
    """Rows ready to write, one at a time: normalised, numbered, counted in `tally`.

    Every row has one value per column, in their order. Raises `Refused` as `cell_value` does.
    """
    plan = tuple((column, _READERS[column.cell]) for column in columns)
    ordinal = next((place for place, column in enumerate(columns) if column.key == ORDINAL), None)
    for line, row in enumerate(rows, start=1):
        raws: Sequence[object] = row
        if ordinal is not None:
            raws = [*row]
            raws[ordinal] = line
        try:
            values = tuple(reader(raw) for (_, reader), raw in zip(plan, raws, strict=True))
        except _UnfitError:
            values = tuple(cell_value(column, raw, line) for column, raw in zip(columns, raws, strict=True))
        tally.add(values)
        yield values


def _canonical(values: Sequence[str | None]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _text(raw: object) -> str | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise _UnfitError(N_("%(at)s：应为文字，实际为 %(seen)s"), seen=type(raw).__name__)
        raw = str(raw)
    text = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
    if len(text) > LONGEST_TEXT:
        raise _UnfitError(
            N_("%(at)s：文字有 %(length)s 字，单元格最多 %(limit)s 字，请缩短后再导出"),
            length=len(text),
            limit=LONGEST_TEXT,
        )
    if bad := _UNWRITABLE.search(text):
        code = f"U+{ord(bad.group()):04X}"
        raise _UnfitError(
            N_("%(at)s：第 %(position)s 个字符（%(code)s）无法写入表格，请在原记录中删去"),
            position=bad.start() + 1,
            code=code,
        )
    return text or None


def _integer(raw: object) -> int | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, Decimal) and raw.is_finite() and raw == raw.to_integral_value():
        return int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _UnfitError(N_("%(at)s：应为整数，实际为 %(seen)s"), seen=repr(raw)[:40])
    return raw


def _amount(raw: object) -> Decimal | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, Decimal | int):
        raise _UnfitError(N_("%(at)s：应为精确小数，实际为 %(seen)s"), seen=repr(raw)[:40])
    amount = Decimal(raw)
    try:
        if amount.is_finite():
            return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:  # more digits than the context holds
        pass
    raise _UnfitError(N_("%(at)s：数值无法写入，实际为 %(seen)s"), seen=repr(raw)[:40])


def _day(raw: object) -> date | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime) or not isinstance(raw, date) or raw.year < _FIRST_YEAR:
        raise _UnfitError(N_("%(at)s：应为1900年以后的日期，实际为 %(seen)s"), seen=str(raw)[:40])
    return raw


_READERS: dict[CellKind, Callable[[object], Value]] = {
    CellKind.TEXT: _text,
    CellKind.CODE: _text,
    CellKind.INTEGER: _integer,
    CellKind.DECIMAL: _amount,
    CellKind.PERCENT: _amount,
    CellKind.DATE: _day,
}
