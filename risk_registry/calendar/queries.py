"""Reads of the working-day calendar."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.calendar.models import CalendarDay, CalendarYear
from risk_registry.core.working_days import Calendar


def working_calendar(session: Session) -> Calendar:
    """The calendar by which terms are counted."""
    days = {row.day: row.working for row in session.execute(select(CalendarDay.day, CalendarDay.working))}
    return Calendar(days, frozenset(session.scalars(select(CalendarYear.year))))
