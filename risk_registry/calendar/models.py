"""Table of days that differ from the plain week."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.db.base import Base


class CalendarDay(Base):
    """One published exception: a weekday off (放假) or a weekend day worked (上班)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    #: The notice the day comes from.
    notice: Mapped[str] = mapped_column(String(64))


class CalendarYear(Base):
    """A year whose notice is loaded. In any other year a term is an estimate on plain weeks, and says so."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notice: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("year BETWEEN 1900 AND 2100", name="year_sane"),)
