"""The predicates of ``core`` said in SQL. Every comparison is true or false, never NULL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, func, literal, not_, or_, true

from risk_registry.core.predicates import (
    SPELL_WIDTH,
    SPELLS,
    All,
    AnyOf,
    BeforePeriod,
    During,
    FirstRound,
    Later,
    Not,
    OneOf,
    Passed,
    Past,
    Predicate,
    Question,
    Reached,
    Within,
)
from risk_registry.core.status import STATUS_RULES
from risk_registry.lines.models import LedgerLine

LINE = LedgerLine.__table__
assert isinstance(LINE, Table)

Condition = ColumnElement[bool]


def condition(predicate: Predicate, question: Question) -> Condition:
    """``predicate`` as a condition on ledger lines."""

    def column(name: str) -> ColumnElement[Any]:
        return LINE.c[name]

    match predicate:
        case Reached(name):
            return and_(column(name).is_not(None), column(name) <= question.as_of)
        case Within(name):
            return and_(column(name).is_not(None), column(name).between(question.first, _last(question)))
        case BeforePeriod(name):
            day = column(name)
            return and_(day.is_not(None), day < question.first, day <= question.as_of)
        case Past(name):
            return and_(column(name).is_not(None), column(name) < question.as_of)
        case Later(name, than):
            day, other = column(name), column(than)
            return and_(day.is_not(None), other.is_not(None), day <= question.as_of, day > other)
        case During(name):
            return _during(func.coalesce(column(name), ""), question.as_of.isoformat())
        case OneOf(name, codes):
            return and_(column(name).is_not(None), column(name).in_(sorted(codes)))
        case Passed():
            return and_(LINE.c.outcome.is_not(None), LINE.c.outcome.in_(sorted(question.pass_codes)))
        case FirstRound():
            return LINE.c.seq == 1
        case Not(part):
            return not_(condition(part, question))
        case All(parts):
            return and_(true(), *(condition(part, question) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(condition(part, question) for part in parts))


def _during(text: ColumnElement[str], day: str) -> Condition:
    """Fixed places of the text are ISO dates, which compare as text; places beyond its end match no day."""

    def place(start: int) -> ColumnElement[str]:
        return func.substr(text, start, 10)

    starts = range(1, SPELLS * SPELL_WIDTH, SPELL_WIDTH)
    # The first test spares almost every line the rest.
    return and_(text != "", or_(*(and_(place(at) <= day, place(at + 11) > day) for at in starts)))


def _last(question: Question) -> Any:
    return min(question.last, question.as_of)


def status_expression(question: Question) -> ColumnElement[str]:
    """``core.status`` as one SQL expression for the as-of day."""
    whens = [(condition(rule, question), literal(status)) for status, rule in STATUS_RULES]
    return case(*whens, else_=None)
