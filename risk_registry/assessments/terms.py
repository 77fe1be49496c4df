"""Deadlines. A shipped term is a suggestion until the office switches it on; before that nothing is due."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.calendar.queries import working_calendar
from risk_registry.core.working_days import add_working_days


def due_after(session: Session, act: Act, term: str, start: date) -> date | None:
    """The last day of a term of the settings, counted in working days after ``start``; ``None`` while it is off."""
    days = act.settings.number(term)
    if not days:
        return None
    return add_working_days(start, days, working_calendar(session)).date
