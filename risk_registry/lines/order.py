"""How a list of lines is walked: its orders, a place in one, and the sets that an index yields in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, literal, not_, tuple_

from risk_registry.core.predicates import Question
from risk_registry.lines.predicates import LINE

#: ``registered``: newest registration first. ``filed``, ``concluded``: newest date first, lines without one last.
Order = Literal["registered", "filed", "concluded"]
#: A file can also begin with the oldest; a page of that order is one of ``registered``, read from the other end.
FileOrder = Literal["registered", "oldest", "filed", "concluded"]
Basis = Literal["concluded", "filed", "declared", "all"]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Cursor:
    """Place in a list: lines beyond ``before`` in its order, or on the near side of ``after``; assessment ids.

    ``oldest`` is the far end of the list. ``day`` is the date of that line in a list ordered by dates, ``None`` for a
    line without one.
    """

    before: int | None = None
    after: int | None = None
    oldest: bool = False
    day: date | None = None

    @property
    def backwards(self) -> bool:
        """Whether the page is read from its far end."""
        return self.after is not None or self.oldest

    @property
    def key(self) -> int | None:
        """The line the place is at; ``None`` at an end."""
        return self.before if self.before is not None else self.after

    def away(self) -> Cursor:
        """The end from which a set is walked that lies wholly beyond this place."""
        return Cursor(oldest=self.backwards)


@dataclass(frozen=True)
class Branch:
    """Lines that one index yields in order of ``column`` and registration, or of registration alone.

    A year is asked for as a range and leads the order, though it is but one year: told that it is constant, PostgreSQL
    would walk every line in registration order instead and throw most of them away. For the same reason a date that is
    empty in all of them still leads the order of its index.
    """

    conditions: Sequence[Condition]
    column: ColumnElement[Any] | None = None
    year: int = 0
    #: Whether ``column`` is a date by which the lines are ordered.
    dated: bool = False

    def all(self) -> list[Condition]:
        """Everything a line of the branch must meet."""
        year = [] if self.column is None or not self.year else [self.column == self.year]
        return [*self.conditions, *year]

    def ordered(self, query: Select[Any], cursor: Cursor, limit: int) -> Select[Any]:
        """Up to ``limit`` of the lines from ``cursor`` on, in order or against it."""
        key = LINE.c.assessment_id
        query = query.where(*self.conditions)
        places: list[ColumnElement[Any]] = [key] if self.column is None else [self.column, key]
        if self.column is not None and self.year:
            query = query.where(self.column >= self.year, self.column <= self.year)
        if cursor.key is not None:
            place, there = self._place(), self._at(cursor)
            query = query.where(place > there if cursor.backwards else place < there)
        order = places if cursor.backwards else [place.desc() for place in places]
        return query.order_by(*order).limit(limit)

    def _place(self) -> ColumnElement[Any]:
        key = LINE.c.assessment_id
        return tuple_(self.column, key) if self.column is not None and (self.year or self.dated) else key

    def _at(self, cursor: Cursor) -> ColumnElement[Any]:
        number = literal(cursor.key)
        if self.column is not None and self.year:
            return tuple_(literal(self.year), number)
        if self.dated:
            return tuple_(literal(cursor.day), number)
        return number


@dataclass(frozen=True)
class Section:
    """Disjoint branches whose lines are merged by registration; the sections of a list follow one another."""

    branches: Sequence[Branch]
    dated: bool = False

    def rows(self, connection: Any, query: Select[Any], cursor: Cursor, limit: int) -> list[Row[Any]]:
        """Up to ``limit`` lines from ``cursor`` on, in the direction in which it is read."""
        found: list[Row[Any]] = []
        for branch in self.branches:
            found += connection.execute(branch.ordered(query, cursor, limit)).all()
        if len(self.branches) > 1:
            found.sort(key=_assessment_id, reverse=not cursor.backwards)
        return found[:limit]


def walked(sections: Sequence[Section], cursor: Cursor) -> list[tuple[Section, Cursor]]:
    """The sections still to be read from a place on, each with its place in it, in the direction of reading."""
    if len(sections) == 1:
        return [(sections[0], cursor)]
    inside = cursor.key is not None
    ahead = list(reversed(sections)) if cursor.backwards else list(sections)
    # A list by dates: lines with a date, then those without one.
    begins = next(n for n, section in enumerate(ahead) if not inside or section.dated == (cursor.day is not None))
    return [(ahead[begins], cursor), *((section, cursor.away()) for section in ahead[begins + 1 :])]


def _assessment_id(row: Row[Any]) -> int:
    number: int = row[0]
    return number


@dataclass(frozen=True)
class Dated:
    """Which lines of a question count as having the date they are ordered by.

    A date after the as-of day is not there yet. Conclusion precedes filing and declaration precedes both: within a
    period by the earlier date, a date before the period breaks that order and stands with the missing ones, so that an
    index need not be walked to its end in search of such lines.
    """

    column: ColumnElement[Any]
    first: date | None
    last: date | None

    @classmethod
    def of(cls, order: Order, basis: Basis, question: Question, *, measured: bool, present: bool) -> Dated:
        """The dates of a list in ``order`` whose period goes by ``basis``; ``measured``: a figure brings its own."""
        column = LINE.c[f"{order}_on"]
        last = None if present else question.as_of
        if measured or basis == "all":
            return cls(column, None, last)
        if order == basis:
            return cls(column, question.first, min(question.last, question.as_of))
        if basis == "filed":
            return cls(column, None, min(question.last, question.as_of))
        return cls(column, question.first, last)

    def there(self) -> list[Condition]:
        """Conditions of lines with the date."""
        found: list[Condition] = [self.column.is_not(None)] if self.first is None and self.last is None else []
        if self.first is not None:
            found.append(self.column >= self.first)
        if self.last is not None:
            found.append(self.column <= self.last)
        return found

    def missing(self) -> Condition:
        """Condition of lines without it."""
        if self.first is None and self.last is None:
            return self.column.is_(None)
        return self.column.is_(None) | not_(and_(*self.there()))

    def shown(self) -> Condition:
        """Whether a line has it, as an expression to sort by."""
        return and_(self.column.is_not(None), *self.there())

    def has(self, day: date | None) -> bool:
        """Whether a line showing this date has it."""
        after = day is not None and (self.first is None or day >= self.first)
        return after and day is not None and (self.last is None or day <= self.last)

    @property
    def indexed_without(self) -> bool:
        """Whether the lines without the date lie together in its index."""
        return self.first is None and self.last is None
