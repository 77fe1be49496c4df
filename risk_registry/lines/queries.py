"""The one scoped query over ledger lines: data scope × filters × as of × known at.

List, result count, export, statistics and links are made from the same object, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.core.predicates import Question, Reached, Within, either
from risk_registry.core.status import OPEN, OPEN_YEAR
from risk_registry.db.clock import day_of
from risk_registry.lines.order import Basis, Branch, Condition, Cursor, Dated, FileOrder, Order, Section, walked
from risk_registry.lines.predicates import LINE, condition, status_expression
from risk_registry.lines.search import matches, matches_slowly, terms
from risk_registry.organisations.models import Organisation, OrganisationTree

__all__ = ["Basis", "Condition", "Cursor", "LineFilter", "LineQuery", "Order", "in_scope"]

#: Which date a value came with: it shows empty on a day before that date.
BROUGHT_BY = {
    "filing_number": "filed_on",
    "number_year": "filed_on",
    "number_seq": "filed_on",
    "level_before": "concluded_on",
    "level_before_text": "concluded_on",
    "level_after": "concluded_on",
    "level_after_text": "concluded_on",
    "outcome": "concluded_on",
    "outcome_text": "concluded_on",
    "decision_result": "decided_on",
    "decision_result_text": "decided_on",
    "decision_doc_no": "decided_on",
    # What has no day of its own came with the conclusion at the latest, or after it.
    **dict.fromkeys(
        "notice_days forms_valid support oppose support_rate meetings hearings visits implementation"
        " implementation_text tracking".split(),
        "concluded_on",
    ),
    **dict.fromkeys("procedure procedure_text mode mode_text third_party_id third_party".split(), "started_on"),
}
_DATES = frozenset(column.name for column in LINE.columns if column.name.endswith("_on")) - {"due_on"}

#: Codes a filter may name, and the column each one looks at.
FACETS = ("kind", "field", "level_before", "level_after", "outcome", "owner_org_id", "filing_office_id")


@dataclass(frozen=True)
class LineFilter:
    """What is asked for. Empty parts ask for nothing; ``measure`` asks for exactly the lines a figure counts."""

    question: Question
    basis: Basis = "concluded"
    statuses: tuple[str, ...] = ()
    #: (column, code); ``None`` asks for lines in which it is not filled in on the as-of day.
    codes: tuple[tuple[str, str | int | None], ...] = ()
    #: Month of conclusion as ``2024-03``; ``none`` asks for lines not concluded on the as-of day.
    month: str = ""
    text: str = ""
    measure: str = ""
    #: Code of an organisation that takes part beside the lead (联合单位).
    joint: str = ""


@dataclass(frozen=True)
class LineQuery:
    """A filter seen through a data scope at a moment. ``known_at`` ``None`` means the present of the snapshot."""

    scope: Scope
    filter: LineFilter
    known_at: int | None = None
    #: The newest business day a line can hold: from it on, nothing is later than the as-of day.
    present: date = field(default=date.max)

    @property
    def is_present(self) -> bool:
        """Whether the as-of day hides nothing, so that the stored status and values can be read as they stand."""
        newest = day_of(self.known_at) if self.known_at is not None else self.present
        return self.filter.question.as_of >= newest

    def column(self, name: str) -> ColumnElement[Any]:
        """One line column as it shows on the as-of day, labelled by its name."""
        if name == "status":
            return self.status().label("status")
        if name == "ended_on":
            return self._ended_on().label("ended_on")
        if name == "due_on" and not self.is_present:
            # The term of the step a line stands at now says nothing of the step it stood at then.
            return case((self.status() == LINE.c.status, LINE.c.due_on), else_=None).label("due_on")
        found: ColumnElement[Any] = LINE.c[name]
        brought = name if name in _DATES else BROUGHT_BY.get(name)
        if self.is_present or brought is None:
            return found
        return case((LINE.c[brought] <= self.filter.question.as_of, found), else_=None).label(name)

    def status(self) -> ColumnElement[str]:
        """The status on the as-of day."""
        if self.is_present:
            return LINE.c.status
        return status_expression(self.filter.question)

    def _ended_on(self) -> ColumnElement[Any]:
        """撤销日期: revocation, withdrawal, termination or voiding date, whichever 办理状态 names.

        Of several withdrawals a line keeps the day of the last; on a day before that one it shows empty.
        """
        names = {
            "revoked": "revoked_on",
            "withdrawn": "withdrawn_on",
            "terminated": "terminated_on",
            "void": "voided_on",
        }
        status = self.status()
        return case(*((status == code, self.column(name)) for code, name in names.items()), else_=None)

    def conditions(self, session: Session) -> list[Condition]:
        """Everything a line must meet."""
        return [*self._known(), *self._scoped(), *self._asked(), *self._searched(session)]

    def _known(self) -> list[Condition]:
        if self.known_at is None:
            return [LINE.c.superseded_at.is_(None)]
        later = or_(LINE.c.superseded_at.is_(None), LINE.c.superseded_at > self.known_at)
        return [LINE.c.recorded_at <= self.known_at, later]

    def _scoped(self) -> list[Condition]:
        scope = self.scope
        if scope.kind == "all":
            return []
        if scope.organisation_id is None:
            return [false()]
        if scope.kind == "own":
            return [_among(LINE.c.owner_org_id, scope.organisation_ids)]
        if scope.kind == "office":
            return [_among(LINE.c.filing_office_id, scope.organisation_ids)]
        above = _among(OrganisationTree.ancestor_id, scope.organisation_ids)
        below = select(OrganisationTree.descendant_id).where(above)
        # Else the planner would drive by organisation and sort every line of the subtree.
        return [_unindexed(LINE.c.owner_org_id).in_(below)]

    def branches(self, session: Session) -> list[Branch]:
        """The same lines as disjoint sets, each of which an index yields in registration order.

        A whole year seen at the present is one year's lines, and for the basis of conclusion those still open.
        """
        year = self._whole_year()
        if year is None:
            return [Branch(self.conditions(session))]
        shared = [*self._known(), *self._scoped(), *self._narrowed(), *self._searched(session)]
        branches = [Branch(shared, LINE.c[f"{self.filter.basis}_year"], year)]
        if self.filter.basis == "concluded":
            branches.append(Branch([self._still_open(), *shared], LINE.c.concluded_year, OPEN_YEAR))
        return branches

    def _whole_year(self) -> int | None:
        asked, question = self.filter, self.filter.question
        first, last = question.first, question.last
        whole = first.year == last.year and first == date(first.year, 1, 1) and last == date(first.year, 12, 31)
        if not whole or asked.measure or asked.basis == "all" or self.known_at is not None or not self.is_present:
            return None
        return first.year

    def _still_open(self) -> Condition:
        """Open lines appear if declared by the end of the period and still open on the as-of day."""
        question = self.filter.question
        return and_(LINE.c.declared_on <= question.last, self.status().in_(sorted(OPEN)))

    def _asked(self) -> Iterator[Condition]:
        asked = self.filter
        if asked.measure:
            yield condition(MEASURE_BY_ID[asked.measure].predicate, asked.question)
        else:
            yield from self._in_period()
        yield from self._narrowed()

    def _narrowed(self) -> Iterator[Condition]:
        asked, question = self.filter, self.filter.question
        if asked.statuses:
            yield self.status().in_(asked.statuses)
        for name, code in asked.codes:
            if code is None:
                yield self.column(name).is_(None)
                continue
            yield LINE.c[name] == code
            brought = BROUGHT_BY.get(name)
            if brought and not self.is_present:
                yield condition(Reached(brought), question)
        if asked.month == "none":
            yield self.column("concluded_on").is_(None)
        elif asked.month:
            yield and_(*_month(asked.month, question))
        if asked.joint:
            yield and_(LINE.c.co_org_ids.is_not(None), LINE.c.co_org_ids.contains(_mark_of(asked.joint)))

    def _in_period(self) -> Iterator[Condition]:
        asked, question = self.filter, self.filter.question
        if asked.basis == "all":
            if not self.is_present:
                # What was finished before it was registered is there from the day it was finished.
                there = ("declared_on", "started_on", "concluded_on", "filed_on")
                yield condition(either(*map(Reached, there)), question)
            return
        dated = Within(f"{asked.basis}_on")
        if asked.basis != "concluded":
            yield condition(dated, question)
            return
        yield or_(condition(dated, question), self._still_open())

    def _searched(self, session: Session) -> Iterator[Condition]:
        if not self.filter.text:
            return
        if self.known_at is not None:
            yield from matches_slowly(self.filter.text)
        elif (found := matches(session, self.filter.text)) is not None:
            yield found
        if not self.is_present:
            yield from self._found_by_then()

    def _found_by_then(self) -> Iterator[Condition]:
        """What was found by a filing number had that number on the as-of day."""
        filed = condition(Reached("filed_on"), self.filter.question)
        number = func.lower(func.coalesce(LINE.c.filing_number, ""))
        rest = case((number == "", LINE.c.search_key), else_=func.replace(LINE.c.search_key, number, ""))
        for word in terms(self.filter.text):
            yield or_(filed, rest.contains(word, autoescape=True))

    def select(self, session: Session, names: Sequence[str]) -> Select[Any]:
        """The lines, in no order yet, as these columns and, first, the assessment id."""
        columns = [LINE.c.assessment_id, *(self.column(name) for name in names)]
        return select(*columns).where(*self.conditions(session))

    def page(
        self, session: Session, names: Sequence[str], *, cursor: Cursor, size: int, order: Order = "registered"
    ) -> Sequence[Row[Any]]:
        """Up to ``size + 1`` lines from ``cursor`` on, newest first; the extra one tells of more.

        In an order by dates ``cursor.day`` is the date of its line as it shows on the as-of day (see ``Dated``).
        """
        query, rows = self._columns(tuple(names)), list[Row[Any]]()
        # Straight on the connection: these are rows, and the way through the object layer costs as much as they do.
        connection = session.connection()
        for section, place in walked(self._sections(session, order), cursor):
            rows += section.rows(connection, query, place, size + 1 - len(rows))
            if len(rows) > size:
                break
        return rows[::-1] if cursor.backwards else rows

    def dated(self, order: Order) -> Dated:
        """Which of the lines have the date of an order."""
        asked = self.filter
        return Dated.of(order, asked.basis, asked.question, measured=bool(asked.measure), present=self.is_present)

    def _sections(self, session: Session, order: Order) -> list[Section]:
        branches = self.branches(session)
        if order == "registered":
            return [Section(branches)]
        dated = self.dated(order)
        # The lines still open, the second branch of a year by conclusion, have neither date.
        first = branches[0]
        year = [] if first.column is None or order == self.filter.basis else [_unindexed(first.column) == first.year]
        with_date = [Branch([*first.conditions, *year, *dated.there()], dated.column, dated=True)]
        missing = dated.missing()
        if dated.indexed_without and len(branches) == 1 and first.column is None:
            without = [Branch([*first.conditions, missing], dated.column)]
        else:
            # A year by this very date has no line without it: none is looked for.
            others = branches[1:] if first.column is not None and order == self.filter.basis else branches
            without = [replace(branch, conditions=[*branch.conditions, missing]) for branch in others]
        return [Section(with_date, dated=True), Section(without)]

    def _columns(self, names: tuple[str, ...]) -> Select[Any]:
        """The columns without a condition yet. At the present they are always the same statement."""
        if self.is_present and "ended_on" not in names:
            return _stored(names)
        return select(LINE.c.assessment_id, *(self.column(name) for name in names))

    def count(self, session: Session, *, cap: int | None = None) -> int:
        """How many lines; counting stops at ``cap``."""
        total = 0
        for part in self.branches(session):
            query = select(literal(1)).select_from(LINE).where(*part.all())
            if cap is not None:
                query = query.limit(cap - total)
            total += session.scalar(select(func.count()).select_from(query.subquery())) or 0
            if cap is not None and total >= cap:
                break
        return total

    def rows(
        self, session: Session, names: Sequence[str], *, batch: int = 1000, order: FileOrder | None = None
    ) -> Iterator[Row[Any]]:
        """Every line in ledger order: by filing date, then number; the unfiled last (DOMAIN §4.3). Or as in a list.

        The order is decided first on narrow keys; the lines are then fetched in batches, so no cursor stays open.
        """
        ids = session.scalars(
            select(LINE.c.id).where(*self.conditions(session)).order_by(*self._order_of_file(order))
        ).all()
        columns = [LINE.c.id, *(self.column(name) for name in names)]
        for start in range(0, len(ids), batch):
            part = ids[start : start + batch]
            found = {row[0]: row for row in session.execute(select(*columns).where(LINE.c.id.in_(part)))}
            for number_of_line in part:
                yield found[number_of_line]

    def _order_of_file(self, order: FileOrder | None) -> tuple[ColumnElement[Any], ...]:
        key = LINE.c.assessment_id
        if order is None:
            filed, number = self.column("filed_on"), self.column("number_seq")
            return filed.is_(None), filed, number.is_(None), number, key
        if order == "oldest":
            return (key,)
        if order == "registered":
            return (key.desc(),)
        dated = self.dated(order)
        there = dated.shown()
        return (
            case((there, 0), else_=1),
            case((there, dated.column), else_=None).desc(),
            key.desc(),
        )

    def with_filter(self, **changes: Any) -> LineQuery:
        """The same query with parts of its filter replaced."""
        return replace(self, filter=replace(self.filter, **changes))


def _among(column: Any, ids: Sequence[int]) -> Condition:
    """Whether a column holds one of these ids; of a single one by equality, which an index walks in order."""
    found: Condition = column == ids[0] if len(ids) == 1 else column.in_(ids)
    return found


@lru_cache(maxsize=32)
def _stored(names: tuple[str, ...]) -> Select[Any]:
    return select(LINE.c.assessment_id, *(LINE.c[name] for name in names))


def _unindexed(column: ColumnElement[int]) -> ColumnElement[int]:
    """A column by which no planner looks lines up: a computed side has no index."""
    return column + 0


def _mark_of(code: str) -> ColumnElement[str]:
    """``;7;``, as lines name the organisation of this code among others; no line names an unknown one."""
    mark = select(literal(";") + cast(Organisation.id, String) + literal(";")).where(Organisation.code == code)
    return func.coalesce(mark.scalar_subquery(), "?")


def _month(month: str, question: Question) -> Iterator[Condition]:
    year, number = int(month[:4]), int(month[5:7])
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    yield LINE.c.concluded_on >= first
    yield LINE.c.concluded_on < following
    yield condition(Reached("concluded_on"), question)


def in_scope(scope: Scope) -> Condition:
    """Condition that a line lies in a data scope, for find-and-authorise helpers."""
    parts = LineQuery(scope, LineFilter(Question(date.min, date.max, date.max)))._scoped()
    return and_(true(), *parts)
