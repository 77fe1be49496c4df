"""CSV for people's spreadsheet programs, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_registry.core.columns import Column
from risk_registry.core.problems import Refused
from risk_registry.spreadsheets.csv_file import (
    csv_chunks,
    guarded,
    jsonl_chunks,
    unguarded,
    write_csv,
    write_jsonl,
)
from risk_registry.spreadsheets.sheet import Sheet, write_workbook
from risk_registry.spreadsheets.values import Tally

Row = tuple[object, ...]


def test_csv_has_bom_crlf_numbers_and_guarded_text(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> None:
    content = b"".join(csv_chunks(columns, rows))
    assert content.startswith("\ufeff序号,登记号,".encode())
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "1,500229-2024-0001,马家台村四、五组河堤工程,299.65,5,100.00,2024-03-05,"
    assert lines[2] == "2,500229,自来水供水价格调整,,31250,,,'=1+1"
    assert lines[4:] == [""]


def test_quotes_commas_and_line_ends_come_back(
    columns: tuple[Column, ...], with_remark: Callable[[object], Row]
) -> None:
    text = '他说"可以",\n第二行'
    content = b"".join(csv_chunks(columns, [with_remark(text)])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline="")))[1][7] == text


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_formula_leads_get_an_apostrophe(lead: str) -> None:
    assert guarded(f"{lead}1") == f"'{lead}1"
    assert guarded(f"甲{lead}1") == f"甲{lead}1"


@given(st.text(alphabet="'=+-@\t＝a甲", max_size=6))
def test_the_guard_comes_off_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_negative_amount_is_a_number_not_a_formula(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> None:
    row = (*rows[0][:4], -5, *rows[0][5:])
    assert ",-5," in b"".join(csv_chunks(columns, [row])).decode()


def test_the_header_comes_before_the_first_line_is_fetched(columns: tuple[Column, ...]) -> None:
    def fetch(number: int) -> Row:
        raise AssertionError(number)

    assert next(csv_chunks(columns, map(fetch, range(3)))).endswith("备注\r\n".encode())


def test_json_lines_keep_types_and_exact_amounts(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> None:
    lines = [json.loads(line) for line in b"".join(jsonl_chunks(columns, rows)).decode().splitlines()]
    assert lines[0] == {
        "ordinal": 1,
        "reg_no": "500229-2024-0001",
        "title": "马家台村四、五组河堤工程",
        "invest_wan": "299.65",
        "people": 5,
        "support_rate": "100.00",
        "filed_on": "2024-03-05",
        "remark": None,
    }
    assert lines[1]["remark"] == "=1+1"


def test_the_same_lines_have_one_digest_in_every_format(
    ledger: Sheet, columns: tuple[Column, ...], rows: tuple[Row, ...], created: datetime, tmp_path: Path
) -> None:
    book = write_workbook(tmp_path / "l.xlsx", ledger, rows, created=created)
    assert write_csv(tmp_path / "l.csv", columns, rows) == book
    assert write_jsonl(tmp_path / "l.jsonl", columns, rows) == book
    tally = Tally(columns)
    assert b"".join(csv_chunks(columns, iter(rows), tally=tally)) == (tmp_path / "l.csv").read_bytes()
    assert tally.written() == book


def test_what_a_workbook_refuses_csv_refuses_too_and_leaves_no_file(
    columns: tuple[Column, ...], with_remark: Callable[[object], Row], tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="第1行“备注”"):
        write_csv(tmp_path / "l.csv", columns, [with_remark("甲\uffff")])
    assert list(tmp_path.iterdir()) == []


def test_a_row_of_another_length_is_a_fault(columns: tuple[Column, ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        list(csv_chunks(columns, [(None, "1")]))
