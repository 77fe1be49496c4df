"""Columns and orders as words of an address, there and back."""

from __future__ import annotations

import pytest

from risk_registry.casefile.columns import CHOOSABLE, FULL_LEDGER, PRINT_LEDGER
from risk_registry.core.problems import Refused
from risk_registry.ledgers.showing import Showing, line_names, read_showing
from risk_registry.lines.predicates import LINE


def test_nothing_said_is_the_usual_fourteen() -> None:
    found = read_showing({})
    assert found == Showing()
    assert found.columns == PRINT_LEDGER
    assert found.words == {}
    assert read_showing({"sort": "registered", "cols": "title,filing_number"}).words == {"cols": "title,filing_number"}


@pytest.mark.parametrize("sort", ["oldest", "filed", "concluded"])
def test_words_say_the_same_again(sort: str) -> None:
    found = read_showing({"cols": "filed_on,title,invest_wan", "sort": sort, "view": "12"})
    assert found.words == {"cols": "filed_on,title,invest_wan", "sort": sort, "view": "12"}
    assert read_showing(found.words) == found
    assert [column.heading for column in found.columns] == ["序号", "备案日期", "事项名称", "总投资(万元)"]


def test_the_title_is_never_missing_and_the_ordinal_never_chosen() -> None:
    assert read_showing({"cols": "ordinal,filed_on,filed_on"}).keys == ("title", "filed_on")
    assert read_showing({"cols": ","}).is_usual
    assert read_showing({"view": "1" * 30}).view is None


def test_what_no_ledger_has_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read_showing({"cols": "title,colour", "sort": "size"})
    assert {problem.field for problem in refused.value.problems} == {"", "sort"}


def test_every_column_can_be_read_from_a_line() -> None:
    everything = Showing(tuple(key for key in CHOOSABLE if key != "ordinal"))
    assert len(CHOOSABLE) == len(FULL_LEDGER) + 4
    assert {name for name in line_names(everything) if name not in LINE.c} == {"ended_on"}
