"""What speaks for another round of assessment."""

from __future__ import annotations

from datetime import date

import pytest

from risk_registry.core.reassessment import expires_on, suggested_trigger

DONE = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("status", "outcome", "started", "today", "trigger"),
    [
        ("filed", "deferred", False, date(2024, 3, 1), "resubmitted"),
        ("concluded", "rejected", False, date(2024, 3, 1), "resubmitted"),
        ("declined", "deferred", False, date(2024, 3, 1), "resubmitted"),
        ("declined", "implement", False, date(2024, 3, 1), ""),
        ("revoked", "implement", False, date(2024, 3, 1), "revoked"),
        ("revoked", "deferred", False, date(2024, 3, 1), "revoked"),
        ("terminated", None, False, date(2024, 3, 1), "reopened"),
        ("void", "implement", False, date(2024, 3, 1), "reopened"),
        ("filed", "implement", False, date(2026, 2, 27), ""),
        ("filed", "implement", False, date(2026, 2, 28), "expired"),
        ("filed", "implement", True, date(2030, 1, 1), ""),
        ("concluded", "implement", False, date(2030, 1, 1), ""),
    ],
)
def test_the_trigger_that_is_suggested(
    status: str, outcome: str | None, started: bool, today: date, trigger: str
) -> None:
    found = suggested_trigger(status, outcome=outcome, concluded_on=DONE, started=started, today=today)
    assert found == trigger


def test_months_are_counted_to_the_same_day_or_the_end_of_the_month() -> None:
    assert expires_on(date(2024, 2, 29)) == date(2026, 2, 28)
    assert expires_on(date(2024, 2, 29), 48) == date(2028, 2, 29)
    assert expires_on(date(2024, 12, 31), 2) == date(2025, 2, 28)
    assert expires_on(date(2024, 1, 15)) == date(2026, 1, 15)
    assert expires_on(date(2024, 8, 31), 1) == date(2024, 9, 30)
