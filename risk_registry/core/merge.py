"""Two people changed one record: what can be brought together by itself, and what one of them must decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Merged:
    """The outcome cell by cell. ``taken`` are the cells only the other changed, ``open`` those changed differently by
    both; in ``values`` an open cell holds what the one who saves typed.
    """

    values: Mapping[str, str]
    taken: tuple[str, ...]
    open: tuple[str, ...]


def three_way(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Merged:
    """Bring ``mine`` together with ``theirs``, both begun from ``base``; a cell that is not named is empty."""
    values, taken, undecided = dict[str, str](), list[str](), list[str]()
    for name in dict.fromkeys((*mine, *theirs)):
        before, other, own = (cells.get(name, "") for cells in (base, theirs, mine))
        values[name] = own
        if own == other or other == before:
            continue
        if own == before:
            values[name] = other
            taken.append(name)
        else:
            undecided.append(name)
    return Merged(values, tuple(taken), tuple(undecided))
