"""The three-way merge: nobody's change is lost, nothing is decided that both changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from risk_registry.core.merge import three_way

CELLS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2", "3"]))


def test_each_kind_of_cell() -> None:
    base = {"same": "1", "mine": "1", "theirs": "1", "both": "1", "alike": "1"}
    theirs = {**base, "theirs": "2", "both": "2", "alike": "3"}
    mine = {**base, "mine": "4", "both": "5", "alike": "3"}
    merged = three_way(base, theirs, mine)
    assert merged.values == {"same": "1", "mine": "4", "theirs": "2", "both": "5", "alike": "3"}
    assert (merged.taken, merged.open) == (("theirs",), ("both",))


@given(CELLS, CELLS)
def test_without_another_change_mine_stands(base: dict[str, str], mine: dict[str, str]) -> None:
    merged = three_way(base, base, mine)
    assert (merged.taken, merged.open) == ((), ())
    assert all(merged.values[name] == mine.get(name, "") for name in merged.values)


@given(CELLS, CELLS)
def test_untouched_cells_become_theirs(base: dict[str, str], theirs: dict[str, str]) -> None:
    merged = three_way(base, theirs, base)
    assert merged.open == ()
    assert all(merged.values[name] == theirs.get(name, "") for name in merged.values)


@given(CELLS, CELLS, CELLS)
def test_the_open_cells_are_the_same_from_either_side(
    base: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
) -> None:
    one, other = three_way(base, theirs, mine), three_way(base, mine, theirs)
    assert set(one.open) == set(other.open)
    agreed = set(one.values) - set(one.open)
    assert all(one.values[name] == other.values[name] for name in agreed)
