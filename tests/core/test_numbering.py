from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.numbering import (
    DEFAULT_PATTERN,
    check_pattern,
    format_number,
    format_registration,
    match_number,
    parse_registration,
)
from risk_registry.core.problems import Refused

QUIET = settings(deadline=None, derandomize=True, max_examples=150)


def test_the_number_of_the_source() -> None:
    number = format_number(DEFAULT_PATTERN, short="城", year=2024, seq=14)
    assert number == "城稳评备〔2024〕14号"
    assert match_number(DEFAULT_PATTERN, "城", number) == (2024, 14)


@pytest.mark.parametrize("text", ["城稳评备[2024]14号", "城稳评备（2024）14号", "城稳评备〔２０２４〕１４号"])
def test_other_brackets_of_old_ledgers_match(text: str) -> None:
    assert match_number(DEFAULT_PATTERN, "城", text) == (2024, 14)


@pytest.mark.parametrize(
    "text",
    [
        "城稳评备〔2024〕014号",
        "城稳评备〔2024〕0号",
        "巫稳评备〔2024〕14号",
        "城稳评备〔2024〕14",
        "x城稳评备〔2024〕14号",
        "城稳评备〔2024〕-1号",
        "",
    ],
)
def test_other_texts_do_not_match(text: str) -> None:
    assert match_number(DEFAULT_PATTERN, "城", text) is None


@QUIET
@given(
    st.sampled_from([DEFAULT_PATTERN, "{year}-{seq}", "{short}({year}){seq}", "备{seq}/{year}.{short}", "{year}{seq}"]),
    st.text("城口.*+[(\\", min_size=1, max_size=4),
    st.integers(1900, 2100),
    st.integers(1, 999_999_999),
)
def test_what_is_written_is_read_back(pattern: str, short: str, year: int, seq: int) -> None:
    assert match_number(pattern, short, format_number(pattern, short=short, year=year, seq=seq)) == (year, seq)


@pytest.mark.parametrize(
    "pattern", ["", "{short}号", "{year}{year}{seq}", "{year}{seq}{x}", "{year}{seq}}", "{year:04}{seq}"]
)
def test_patterns_must_hold_year_and_sequence_once(pattern: str) -> None:
    with pytest.raises(Refused):
        check_pattern(pattern)


def test_registration_numbers() -> None:
    assert format_registration("500229", 2024, 17) == "500229-2024-0017"
    assert format_registration("500229", 2024, 12345) == "500229-2024-12345"
    assert parse_registration("500229-2024-0017") == ("500229", 2024, 17)
    for wrong in ("500229-2024-017", "500229-2024-0000", "500229-2024-00017", "50022-2024-0017", " 500229-2024-0017"):
        assert parse_registration(wrong) is None


@QUIET
@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.integers(1900, 2099), st.integers(1, 999_999_999))
def test_registration_round_trip(region: str, year: int, seq: int) -> None:
    assert parse_registration(format_registration(region, year, seq)) == (region, year, seq)


def test_no_number_below_one() -> None:
    with pytest.raises(ValueError, match="sequence 0"):
        format_number(DEFAULT_PATTERN, short="城", year=2024, seq=0)
