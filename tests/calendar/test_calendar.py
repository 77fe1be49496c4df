"""The office's calendar: what is loaded, what is not guessed, and terms that run on it."""

from __future__ import annotations

from datetime import date

import pytest

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import events_about
from risk_registry.calendar.operations import load_year, remove_day, seed_calendar
from risk_registry.calendar.queries import days_of, loaded_years, missing_years, working_calendar
from risk_registry.core.problems import NotAllowed, Refused
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


def test_a_year_is_loaded_changed_and_a_wrong_day_taken_out(registry: Registry) -> None:
    registry.clock.set(date(2026, 11, 20))
    first = {date(2027, 1, 1): False, date(2027, 2, 13): True}
    with registry.writing() as session:
        load_year(session, OPERATOR, 2027, first, notice="示例通知", today=date(2026, 11, 20), replace=False)
    with registry.reading() as session:
        assert [(year.year, year.off, year.worked) for year in loaded_years(session)] == [(2027, 1, 1)]
        calendar = working_calendar(session)
        assert not calendar.is_working(date(2027, 1, 1))
        assert calendar.is_working(date(2027, 2, 13))
    with pytest.raises(Refused, match="已经载入"), registry.writing() as session:
        load_year(session, OPERATOR, 2027, first, notice="示例通知", today=date(2026, 11, 20), replace=False)
    second = {date(2027, 1, 1): False, date(2027, 1, 4): False}
    with registry.writing() as session:
        load_year(session, OPERATOR, 2027, second, notice="示例通知二", today=date(2026, 11, 20), replace=True)
        remove_day(session, OPERATOR, date(2027, 1, 4), reason="抄错")
    with registry.reading() as session:
        assert [row.day for row in days_of(session, 2027)] == [date(2027, 1, 1)]
        assert [event.action for event in events_about(session, "calendar", [2027])] == [
            "load_calendar",
            "change_calendar",
            "remove_calendar_day",
        ]
        assert missing_years(session, date(2026, 10, 31)) == [2026]
        assert missing_years(session, date(2026, 11, 1)) == [2026]
        assert missing_years(session, date(2027, 11, 1)) == [2028]


def test_two_years_under_one_notice_would_lose_each_others_days(registry: Registry) -> None:
    today = date(2026, 11, 20)
    registry.clock.set(today)
    with registry.writing() as session:
        load_year(session, OPERATOR, 2026, {date(2026, 1, 1): False}, notice="放假通知", today=today, replace=False)
        with pytest.raises(Refused, match="与2026年的相同"):
            load_year(session, OPERATOR, 2027, {date(2027, 1, 1): False}, notice="放假通知", today=today, replace=False)
    with registry.reading() as session:
        assert [row.day for row in days_of(session, 2026)] == [date(2026, 1, 1)]


def test_what_cannot_be_loaded(registry: Registry) -> None:
    day = {date(2029, 1, 1): False}
    today = date(2026, 11, 20)
    with registry.writing() as session:
        with pytest.raises(Refused, match="还没有发布"):
            load_year(session, OPERATOR, 2029, day, notice="示例通知", today=today, replace=False)
        with pytest.raises(Refused, match="没有读到"):
            load_year(session, OPERATOR, 2027, {}, notice="示例通知", today=today, replace=False)
        with pytest.raises(Refused, match="通知名称"):
            load_year(session, OPERATOR, 2027, {date(2027, 1, 1): False}, notice="", today=today, replace=False)
        with pytest.raises(Refused, match="没有登记"):
            remove_day(session, OPERATOR, date(2027, 1, 4), reason="抄错")
        clerk = registry.act(session, "clerk").actor
        with pytest.raises(NotAllowed):
            load_year(session, clerk, 2027, day, notice="示例通知", today=today, replace=False)


def test_terms_already_stored_stay_when_the_calendar_changes(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(date(2025, 9, 26))
    with sqlite_registry.writing() as session:
        seed_calendar(session, OPERATOR)
        change_setting(session, OPERATOR, "term_file_within", "10", basis="示办发〔2025〕1号")
        act = sqlite_registry.act(session, "clerk")
        assessment = assessing.declare_matter(session, act, matter_values(session))
        assessing.start(session, act, assessment)
        assessing.conclude(session, act, assessment, {**CONCLUSION, "concluded_on": date(2025, 9, 26)}, CONSULTATION)
        number = assessment.id
    with sqlite_registry.writing() as session:
        remove_day(session, OPERATOR, date(2025, 10, 1), reason="抄错")
    with sqlite_registry.reading() as session:
        assert session.get_one(Assessment, number).due_on == date(2025, 10, 16)
