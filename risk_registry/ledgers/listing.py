"""One page of the ledger and how many lines there are, from the one scoped query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.lines.queries import Cursor as LineCursor
from risk_registry.lines.queries import LineQuery
from risk_registry.web.paging import COUNT_CAP, Cursor, Page, make_page

SIZE = 50

#: Line columns of the screen, in the order in which the template takes them apart, after the assessment id.
SHOWN = (
    "reg_no seq incomplete status filing_number title kind_text owner_org third_party"
    " level_before level_before_text level_after level_after_text outcome outcome_text"
    " concluded_on filed_on decision_result_text implementation_text remark"
).split()


#: Statuses of a round that is out: registered, and counted nowhere (DOMAIN §8c).
OUT = ("withdrawn", "terminated", "void")


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


def line_page(session: Session, query: LineQuery, cursor: Cursor, names: Sequence[str] = SHOWN) -> Page[Row[Any]]:
    """Fifty lines from ``cursor`` on, newest registration first."""
    if not cursor.backwards:
        place = LineCursor(before=cursor.key)
    elif cursor.key is None:
        place = LineCursor(oldest=True)
    else:
        place = LineCursor(after=cursor.key)
    found = query.page(session, names, cursor=place, size=SIZE)
    # The page maker wants the rows as they were walked.
    walked = list(reversed(found)) if cursor.backwards else found
    return make_page(walked, size=SIZE, cursor=cursor, key=lambda row: row[0])
