"""The office's calendar: what is loaded, what is not guessed, and terms that run on it."""

from __future__ import annotations

from datetime import date

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.calendar.operations import seed_calendar
from risk_registry.calendar.queries import working_calendar
from risk_registry.core.working_days import add_working_days
from risk_registry.settings.operations import change_setting
from tests.registry import CONCLUSION, CONSULTATION, OPERATOR, Registry, matter_values


def test_published_years_are_loaded_and_later_ones_are_not_guessed(sqlite_registry: Registry) -> None:
    with sqlite_registry.writing() as session:
        seed_calendar(session, OPERATOR)
    with sqlite_registry.reading() as session:
        calendar = working_calendar(session)
    deadline = add_working_days(date(2026, 9, 28), 5, calendar)
    assert (deadline.date, deadline.estimated) == (date(2026, 10, 10), False)
    assert add_working_days(date(2024, 12, 30), 5, calendar).date == date(2025, 1, 7)
    assert add_working_days(date(2026, 12, 29), 5, calendar).estimated


def test_a_term_counts_only_once_the_office_has_switched_it_on(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(date(2025, 9, 26))

    def concluded() -> int:
        with sqlite_registry.writing() as session:
            act = sqlite_registry.act(session, "clerk")
            assessment = assessing.declare_matter(session, act, matter_values(session))
            assessing.start(session, act, assessment)
            values = {**CONCLUSION, "concluded_on": date(2025, 9, 26)}
            assessing.conclude(session, act, assessment, values, CONSULTATION)
            return assessment.id

    before = concluded()
    with sqlite_registry.writing() as session:
        seed_calendar(session, OPERATOR)
        change_setting(session, OPERATOR, "term_file_within", "10", basis="示办发〔2025〕1号")
    after = concluded()
    with sqlite_registry.reading() as session:
        assert session.get_one(Assessment, before).due_on is None
        assert session.get_one(Assessment, after).due_on == date(2025, 10, 16)
