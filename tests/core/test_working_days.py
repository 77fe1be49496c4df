from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.working_days import (
    Calendar,
    Deadline,
    Suspension,
    add_working_days,
    running,
    working_days_between,
)

QUIET = settings(deadline=None, derandomize=True, max_examples=150)


def _published() -> Calendar:
    day, days = date(2024, 1, 1), {}
    while day.year < 2027:
        days[day] = chinese_calendar.is_workday(day)
        day += timedelta(days=1)
    return Calendar(days, frozenset({2024, 2025, 2026}))


PUBLISHED = _published()
PLAIN = Calendar({}, frozenset())


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-09-28", 5, "2026-10-10"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2024-12-30", 5, "2025-01-07"),
        ("2026-04-30", 3, "2026-05-08"),
    ],
)
def test_the_worked_examples(start: str, n: int, end: str) -> None:
    assert add_working_days(date.fromisoformat(start), n, PUBLISHED) == Deadline(date.fromisoformat(end), False)


def test_make_up_saturday_counts() -> None:
    assert PUBLISHED.is_working(date(2026, 2, 28))
    assert not PLAIN.is_working(date(2026, 2, 28))


def test_a_year_without_calendar_is_said_to_be_a_guess() -> None:
    assert add_working_days(date(2026, 12, 30), 1, PUBLISHED) == Deadline(date(2026, 12, 31), False)
    assert add_working_days(date(2026, 12, 30), 2, PUBLISHED) == Deadline(date(2027, 1, 1), True)
    assert add_working_days(date(2026, 12, 31), 0, PUBLISHED) == Deadline(date(2026, 12, 31), False)


def test_exceptions_alone_are_a_calendar_too() -> None:
    sparse = {day: works for day, works in PUBLISHED.days.items() if works != (day.weekday() < 5)}
    calendar = Calendar(sparse, PUBLISHED.known_years)
    for offset in range(0, 700, 7):
        start = date(2024, 1, 1) + timedelta(days=offset)
        assert add_working_days(start, 12, calendar) == add_working_days(start, 12, PUBLISHED)


def test_the_clock_stops_from_the_day_after_asking_to_the_day_of_the_answer() -> None:
    # Received Monday 2024-03-04, five days: 5, 6 | asked on the 6th, answered on the 13th | 14, 15, 18.
    stop = Suspension(date(2024, 3, 6), date(2024, 3, 13))
    assert add_working_days(date(2024, 3, 4), 5, PUBLISHED).date == date(2024, 3, 11)
    assert add_working_days(date(2024, 3, 4), 5, PUBLISHED, [stop]).date == date(2024, 3, 18)
    assert working_days_between(date(2024, 3, 4), date(2024, 3, 18), PUBLISHED, [stop]) == 5
    assert running([stop], date(2024, 3, 6))
    assert not running([stop], date(2024, 3, 13))


def test_answered_the_same_day_costs_nothing() -> None:
    stop = Suspension(date(2024, 3, 6), date(2024, 3, 6))
    assert add_working_days(date(2024, 3, 4), 5, PUBLISHED, [stop]).date == date(2024, 3, 11)


def test_overlapping_stops_count_once() -> None:
    stops = [Suspension(date(2024, 3, 5), date(2024, 3, 7)), Suspension(date(2024, 3, 6), date(2024, 3, 8))]
    assert add_working_days(date(2024, 3, 4), 2, PUBLISHED, stops).date == date(2024, 3, 11)


def test_a_clock_that_still_stands_has_no_deadline() -> None:
    stop = Suspension(date(2024, 3, 6), None)
    assert not running([stop], date(2024, 4, 1))
    with pytest.raises(ValueError, match="stands still"):
        add_working_days(date(2024, 3, 4), 5, PUBLISHED, [stop])
    assert add_working_days(date(2024, 3, 4), 2, PUBLISHED, [stop]).date == date(2024, 3, 6)


@pytest.mark.parametrize("n", [-1, 2001])
def test_absurd_terms(n: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        add_working_days(date(2024, 3, 4), n, PUBLISHED)


DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 6, 30))


@QUIET
@given(DAYS, st.integers(1, 60), DAYS, st.integers(0, 40))
def test_adding_and_counting_agree(start: date, n: int, stopped: date, length: int) -> None:
    stops = [Suspension(stopped, stopped + timedelta(days=length))]
    end = add_working_days(start, n, PUBLISHED, stops).date
    assert PUBLISHED.is_working(end)
    assert working_days_between(start, end, PUBLISHED, stops) == n
    assert end >= add_working_days(start, n, PUBLISHED).date
