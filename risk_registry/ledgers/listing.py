"""One page of the ledger and how many lines there are, from the one scoped query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.core.status import OUT
from risk_registry.ledgers.showing import Showing, line_names
from risk_registry.lines.queries import Cursor as LineCursor
from risk_registry.lines.queries import LineQuery
from risk_registry.web.paging import COUNT_CAP, Cursor, Page, make_page

SIZE = 50


@dataclass(frozen=True)
class Total:
    """Size of a list: lines (件次), and matters (件) where the figure behind it counts matters.

    ``capped`` tells that counting stopped and there are more.
    """

    lines: int
    matters: int | None = None
    capped: bool = False

    @property
    def number(self) -> int:
        """What the figure that led here said."""
        return self.lines if self.matters is None else self.matters

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.capped else ''}"


def count_lines(session: Session, query: LineQuery, *, cap: int | None = COUNT_CAP) -> Total:
    """The size of the list; beyond ``cap`` only that it is more. What counts matters is counted out."""
    measure = query.filter.measure
    if measure and MEASURE_BY_ID[measure].distinct_matters:
        lines = query.select(session, ("matter_id",)).subquery()
        row = session.execute(select(func.count(), func.count(lines.c.matter_id.distinct())).select_from(lines)).one()
        return Total(row[0], row[1])
    found = query.count(session, cap=None if cap is None else cap + 1)
    if cap is not None and found > cap:
        return Total(cap, capped=True)
    return Total(found)


def uncounted(query: LineQuery) -> LineQuery | None:
    """The lines of a list that stand in the ledger and in no count; None for a list of one status or of a figure."""
    if query.filter.measure or query.filter.statuses:
        return None
    return replace(query, filter=replace(query.filter, statuses=OUT))


def line_page(session: Session, query: LineQuery, cursor: Cursor, showing: Showing) -> Page[Row[Any]]:
    """Fifty lines from ``cursor`` on in the order asked for: the assessment id, then ``line_names(showing)``."""
    flipped, order = showing.sort == "oldest", showing.order
    backwards = cursor.backwards != flipped
    place = LineCursor(
        before=None if backwards else cursor.key,
        after=cursor.key if backwards else None,
        oldest=backwards and cursor.key is None,
        day=cursor.day,
    )
    names = line_names(showing)
    found = query.page(session, names, cursor=place, size=SIZE, order=order)
    # The page maker wants the rows as they were walked.
    walked = list(reversed(found)) if backwards else found
    if order == "registered":
        return make_page(walked, size=SIZE, cursor=cursor, key=_assessment_id)
    day, dated = names.index(f"{order}_on") + 1, query.dated(order)
    return make_page(
        walked,
        size=SIZE,
        cursor=cursor,
        key=_assessment_id,
        day=lambda row: row[day] if dated.has(row[day]) else None,
    )


def _assessment_id(row: Row[Any]) -> int:
    number: int = row[0]
    return number
