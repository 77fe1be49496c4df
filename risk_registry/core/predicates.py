"""A small language for questions about a ledger line, read alike by Python and by SQL.

A question is asked for a period ``[first, last]`` and a day ``as_of``; a date later than ``as_of`` counts as not yet
there. Status, measures and filters are written in it once, so that list, export and count cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Question:
    """Period (inclusive), the day up to which facts are seen, and the outcomes that count as passed."""

    first: date
    last: date
    as_of: date
    pass_codes: frozenset[str] = frozenset({"implement", "partial", "phased"})


@dataclass(frozen=True)
class Reached:
    """The date is set and not later than ``as_of``."""

    date: str


@dataclass(frozen=True)
class Within:
    """The date lies in the period and is not later than ``as_of``."""

    date: str


@dataclass(frozen=True)
class BeforePeriod:
    """The date lies before the period."""

    date: str


@dataclass(frozen=True)
class Past:
    """The date lies before ``as_of``: a deadline that has passed."""

    date: str


@dataclass(frozen=True)
class Later:
    """The first date is reached, and later than the second."""

    date: str
    than: str


@dataclass(frozen=True)
class During:
    """``as_of`` lies in one of the spells of the column (written by ``spells``), its last day not counted."""

    column: str


@dataclass(frozen=True)
class OneOf:
    """The column holds one of these codes."""

    column: str
    codes: frozenset[str]


@dataclass(frozen=True)
class Passed:
    """The outcome is one that counts as passed."""


@dataclass(frozen=True)
class FirstRound:
    """The line is the first round of its matter."""


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: Predicate


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


Predicate = Reached | Within | BeforePeriod | Past | Later | During | OneOf | Passed | FirstRound | Not | All | AnyOf


#: How many spells a line keeps, the newest ones, and the width of one: two ISO dates with a mark behind each.
SPELLS, SPELL_WIDTH = 8, 22


def spells(found: Iterable[tuple[date, date]]) -> str | None:
    """Spells (first day, day it was over) as text of fixed width that both engines can compare; ``None`` for none."""
    texts = [f"{first.isoformat()}/{end.isoformat()} " for first, end in found]
    return "".join(texts[-SPELLS:]) or None


def read_spells(text: object) -> list[tuple[date, date]]:
    """The spells that ``spells`` wrote."""
    pairs = [spell.split("/") for spell in text.split()] if isinstance(text, str) else []
    return [(date.fromisoformat(first), date.fromisoformat(end)) for first, end in pairs]


def both(*parts: Predicate) -> All:
    """Every one of ``parts``."""
    return All(parts)


def either(*parts: Predicate) -> AnyOf:
    """At least one of ``parts``."""
    return AnyOf(parts)


def holds(predicate: Predicate, facts: Mapping[str, object], question: Question) -> bool:
    """Whether ``predicate`` is true of a line given as a mapping of its columns."""

    def day(name: str) -> date | None:
        value = facts.get(name)
        return value if isinstance(value, date) else None

    match predicate:
        case Reached(name):
            return (found := day(name)) is not None and found <= question.as_of
        case Within(name):
            found = day(name)
            return found is not None and question.first <= found <= min(question.last, question.as_of)
        case BeforePeriod(name):
            return (found := day(name)) is not None and found < question.first and found <= question.as_of
        case Past(name):
            return (found := day(name)) is not None and found < question.as_of
        case Later(name, than):
            found, other = day(name), day(than)
            return found is not None and found <= question.as_of and other is not None and found > other
        case During(column):
            return any(first <= question.as_of < end for first, end in read_spells(facts.get(column)))
        case OneOf(column, codes):
            return facts.get(column) in codes
        case Passed():
            return facts.get("outcome") in question.pass_codes
        case FirstRound():
            return facts.get("seq") == 1
        case Not(part):
            return not holds(part, facts, question)
        case All(parts):
            return all(holds(part, facts, question) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts, question) for part in parts)
