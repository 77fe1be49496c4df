"""Reads of the working-day calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from risk_registry.calendar.models import CalendarDay, CalendarYear
from risk_registry.core.working_days import Calendar

#: In these months the next year's notice is usually out (2026's came on 4 November 2025).
NOTICE_MONTHS = (11, 12)


def working_calendar(session: Session) -> Calendar:
    """The calendar by which terms are counted."""
    days = {row.day: row.working for row in session.execute(select(CalendarDay.day, CalendarDay.working))}
    return Calendar(days, frozenset(session.scalars(select(CalendarYear.year))))


@dataclass(frozen=True)
class LoadedYear:
    """A year whose notice is loaded, with how many weekdays are off and how many weekend days are worked."""

    year: int
    notice: str
    off: int
    worked: int


def loaded_years(session: Session) -> list[LoadedYear]:
    """The years there are, newest first."""
    working = func.sum(case((CalendarDay.working, 1), else_=0))
    year = func.extract("year", CalendarDay.day)
    rows = session.execute(select(year, func.count(), working).group_by(year))
    found = {int(row[0]): (int(row[1]), int(row[2])) for row in rows}
    years = session.execute(select(CalendarYear.year, CalendarYear.notice).order_by(CalendarYear.year.desc()))
    made = []
    for row in years:
        every, worked = found.get(row.year, (0, 0))
        made.append(LoadedYear(row.year, row.notice, every - worked, worked))
    return made


def days_of(session: Session, year: int) -> Sequence[CalendarDay]:
    """The exceptions of a year to the plain week, in order."""
    query = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return session.scalars(query.order_by(CalendarDay.day)).all()


def missing_years(session: Session, today: date) -> list[int]:
    """The years whose notice should be loaded by ``today`` and is not: this one, and in November the next."""
    wanted = [today.year, *([today.year + 1] if today.month in NOTICE_MONTHS else [])]
    known = set(session.scalars(select(CalendarYear.year).where(CalendarYear.year.in_(wanted))))
    return [year for year in wanted if year not in known]
