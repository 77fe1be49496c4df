"""``export`` and ``counts``, on the demo county."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.commands.conftest import Commands


def test_counts_json_has_the_promised_keys(demo: Commands) -> None:
    found = demo.json("counts", "--year", "2024")
    assert set(found) == {"period", "as_of", "known_at", "measures", "by", "sentence", "digest"}
    assert found["period"] == {"from": "2024-01-01", "to": "2024-12-31"}
    assert found["as_of"] == "2024-12-31"
    assert set(found["by"]) == {"kind", "field", "organisation", "month", "level_before", "level_after"}
    assert set(found["measures"]) == set(
        "assessed matters_assessed passed deferred rejected passed_and_filed passed_and_filed_in_period filed "
        "carried_over filed_not_passed unfiled in_progress overdue reassessed declared due".split()
    )
    for axis, rows in found["by"].items():
        assert sum(row["assessed"] for row in rows.values()) == 14, axis


def test_counts_text_begins_with_the_sentence(demo: Commands) -> None:
    lines = demo.good("counts", "--year", "2024", "--text").splitlines()
    assert lines[0].endswith("共开展重大项目、重要决策社会稳定风险评估14件次，通过评估并备案14件次。")
    assert demo.good("counts", "--year", "2024").splitlines()[0] == lines[0]


def test_counts_workbook_holds_the_figures(demo: Commands, tmp_path: Path) -> None:
    target = tmp_path / "counts.xlsx"
    demo.good("counts", "--year", "2024", "-o", str(target))
    book = load_workbook(target)
    sheet = book.worksheets[0]
    assert {row[0]: row[1] for row in sheet.iter_rows(min_row=4, values_only=True)}["评估件次"] == 14
    by_kind = list(book["按事项分类"].iter_rows(min_row=3, values_only=True))
    assert by_kind[0][0] == "事项分类"
    assert {row[0]: row[1] for row in by_kind}["合计"] == 14
    assert {str(page.page_setup.paperSize) for page in book.worksheets} == {"9"}, "A4"
    assert any("14件次" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def test_what_was_known_in_summer_stays_known(demo: Commands) -> None:
    """The county was entered day by day, so the middle of 2024 can be asked for by either time."""
    known = demo.json("counts", "--year", "2024", "--known-at", "2024-06-30")
    seen = demo.json("counts", "--year", "2024", "--as-of", "2024-06-30")
    assert known["measures"]["assessed"] == seen["measures"]["assessed"] == 9
    assert known["measures"]["passed_and_filed"] == seen["measures"]["passed_and_filed"] == 8


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
def test_export_holds_what_the_list_holds(demo: Commands, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"ledger.{suffix}"
    said = demo.good("export", "--year", "2024", "--status", "filed", "-o", str(target))
    assert "14 件次" in said
    if suffix == "xlsx":
        rows = list(load_workbook(target).worksheets[0].iter_rows(min_row=3, values_only=True))
        header = list(rows[0])
        assert len(header) == 40
        numbers = [row[header.index("备案编号")] for row in rows[1:15]]
    elif suffix == "csv":
        with target.open(encoding="utf-8-sig", newline="") as file:
            numbers = [row["备案编号"] for row in csv.DictReader(file)]
    else:
        numbers = [json.loads(line)["filing_number"] for line in target.read_text(encoding="utf-8").splitlines()]
    assert numbers == [f"示稳评备〔2024〕{seq}号" for seq in range(1, 15)]


def test_an_account_exports_its_own_scope(demo: Commands, tmp_path: Path) -> None:
    target = tmp_path / "own.jsonl"
    demo.good("export", "--year", "2024", "--scope", "shuili", "-o", str(target))
    owners = {json.loads(line)["owner_org"] for line in target.read_text(encoding="utf-8").splitlines()}
    assert owners == {"示例县水利局"}
    assert "nobody" in demo.refused("export", "--scope", "nobody", "-o", str(target))
    mine = demo.json("counts", "--year", "2024", "--scope", "shuili")["measures"]["assessed"]
    assert mine == 1 == demo.json("counts", "--year", "2024", "--org", "water")["measures"]["assessed"]


def test_faulty_questions_are_refused_with_a_reason(demo: Commands, tmp_path: Path) -> None:
    target = str(tmp_path / "x.xlsx")
    assert "年度" in demo.refused("counts", "--year", "24")
    assert "截至日期" in demo.refused("counts", "--as-of", "2024-02-30")
    assert "办理状态" in demo.refused("export", "--status", "lost", "-o", target)
    assert demo.run("export", "-o", str(tmp_path / "x.pdf")).exit_code == 2
    assert demo.run("counts", "--json", "--text").exit_code == 2
    assert not Path(target).exists()
