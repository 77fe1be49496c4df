"""CSV for spreadsheet programs (BOM, CRLF, guarded leads) and JSON Lines for programs, both streamed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from risk_registry.core.columns import Column
from risk_registry.spreadsheets.package import whole_file
from risk_registry.spreadsheets.values import FORMULA_SIGNS, Tally, Value, Written, checked_rows, label_text, plain_text

_BATCH: Final = 200
_LEAD = re.compile(f"'*[{re.escape(FORMULA_SIGNS)}]")


def guarded(text: str) -> str:
    """The text with one apostrophe before a lead that would be run as a formula; `unguarded` takes it off again.

    A text that begins with apostrophes and then such a sign gets one more, so that the way back is exact.
    """
    return f"'{text}" if _LEAD.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _LEAD.match(text) else text


def csv_chunks(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, tally: Tally | None = None
) -> Iterator[bytes]:
    """The CSV file piece by piece, the header at once; `tally` knows rows and digest when the last piece is taken.

    Raises `Refused` on a value its column cannot hold, in the middle of the stream.
    """
    lines = checked_rows(columns, rows, tally or Tally(columns))
    yield b"\xef\xbb\xbf" + _csv([[guarded(label_text(column.heading, column.heading)) for column in columns]])
    while batch := list(islice(lines, _BATCH)):
        yield _csv([[_csv_text(value) for value in values] for values in batch])


def jsonl_chunks(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, tally: Tally | None = None
) -> Iterator[bytes]:
    """One JSON object a line, keyed by column key. Dates are ISO text; amounts are text, so that they stay exact."""
    lines = checked_rows(columns, rows, tally or Tally(columns))
    keys = [column.key for column in columns]
    while batch := list(islice(lines, _BATCH)):
        yield b"".join(
            json.dumps(dict(zip(keys, map(_json_value, values), strict=True)), ensure_ascii=False).encode() + b"\n"
            for values in batch
        )


def write_csv(target: str | Path | BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Written:
    """Write the CSV to a path (whole or not at all) or an open binary file."""
    tally = Tally(columns)
    return _write(target, csv_chunks(columns, rows, tally=tally), tally)


def write_jsonl(target: str | Path | BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Written:
    """Write JSON Lines to a path (whole or not at all) or an open binary file."""
    tally = Tally(columns)
    return _write(target, jsonl_chunks(columns, rows, tally=tally), tally)


def _write(target: str | Path | BinaryIO, chunks: Iterator[bytes], tally: Tally) -> Written:
    with whole_file(target) as file:
        file.writelines(chunks)
    return tally.written()


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _csv_text(value: Value) -> str:
    return guarded(value) if isinstance(value, str) else plain_text(value)


def _json_value(value: Value) -> str | int | None:
    return value if value is None or isinstance(value, str | int) else plain_text(value)
