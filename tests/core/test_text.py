from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.problems import Refused
from risk_registry.core.text import clean_text, comparison_key

QUIET = settings(deadline=None, derandomize=True, max_examples=150)
BAD = [
    "\x00",
    "\x07",
    "\x1f",
    "\x7f",
    "\x85",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\uffff",
]


@pytest.mark.parametrize("bad", BAD, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("multiline", [False, True])
def test_hidden_characters_are_refused_with_their_position(bad: str, multiline: bool) -> None:
    with pytest.raises(Refused) as caught:
        clean_text(f"自来{bad}水", multiline=multiline, field="title", label="事项名称")
    (problem,) = caught.value.problems
    assert problem.field == "title"
    assert problem.params["position"] == 3
    assert str(problem).startswith("事项名称：第3个字符")
    assert f"U+{ord(bad):04X}" in str(problem)
    str(problem).encode()  # the message itself carries no broken character


def test_position_counts_what_was_typed_before_blanks_were_taken_off() -> None:
    with pytest.raises(Refused) as caught:
        clean_text("  水\x00", multiline=False)
    assert caught.value.problems[0].params["position"] == 4


def test_lines_only_where_lines_are_meant() -> None:
    assert clean_text("一\r\n二\t三", multiline=True) == "一\n二\t三"
    for raw in ("一\n二", "一\t二", "一\r\n二"):
        with pytest.raises(Refused, match="只能填一行"):
            clean_text(raw, multiline=False)
    with pytest.raises(Refused):
        clean_text("一\r二", multiline=True)


def test_outer_blanks_go_and_nothing_else_changes() -> None:
    assert clean_text("\u3000 Ａ①ﬁ é \u00a0\r\n", multiline=False) == "Ａ①ﬁ é"
    assert clean_text("👨\u200d👩", multiline=False) == "👨\u200d👩"


@QUIET
@given(st.text())
def test_clean_is_stable_or_refused(raw: str) -> None:
    try:
        once = clean_text(raw, multiline=True)
    except Refused:
        return
    assert clean_text(once, multiline=True) == once
    assert once in raw.replace("\r\n", "\n")
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in once if char not in "\n\t")


def test_key_makes_look_alikes_equal() -> None:
    assert comparison_key("城口县 ＡＢＣ　工程\u200b") == comparison_key("城口县abc工程") == "城口县abc工程"
    assert comparison_key("工程一") != comparison_key("工程二")


@QUIET
@given(st.text())
def test_key_is_stable(raw: str) -> None:
    assert comparison_key(comparison_key(raw)) == comparison_key(raw)
    assert " " not in comparison_key(raw)
