"""Writes of the working-day calendar."""

from __future__ import annotations

from chinese_calendar import constants
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record_fact
from risk_registry.calendar.models import CalendarDay, CalendarYear
from risk_registry.core.actors import Actor

_NOTICE = "国务院办公厅部分节假日安排的通知"
_SATURDAY = 5


def seed_calendar(session: Session, actor: Actor) -> None:
    """Load the published years that the shipped calendar data knows; years already loaded stay as they are.

    Only exceptions to the plain week are kept. No year is guessed: what the data does not hold is not loaded.
    """
    known = set(session.scalars(select(CalendarYear.year)))
    years = {day.year for day in constants.holidays} - known
    for day in sorted(constants.holidays):
        if day.year in years and day.weekday() < _SATURDAY:
            session.add(CalendarDay(day=day, working=False, notice=f"{_NOTICE}（{day.year}年）"))
    for day in sorted(constants.workdays):
        if day.year in years and day.weekday() >= _SATURDAY:
            session.add(CalendarDay(day=day, working=True, notice=f"{_NOTICE}（{day.year}年）"))
    for year in sorted(years):
        session.add(CalendarYear(year=year, notice=f"{_NOTICE}（{year}年）"))
    session.flush()
    if years:
        text = f"{min(years)}–{max(years)}"
        record_fact(session, actor, "load_calendar", kind="calendar", text=text, note={"years": sorted(years)})
