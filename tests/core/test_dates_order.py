from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from risk_registry.core.dates_order import RoundDates, check_dates, date_flags, notice_days

TODAY = date(2024, 12, 31)
GOOD = RoundDates(
    notice_from=date(2024, 3, 1),
    notice_to=date(2024, 3, 10),
    started_on=date(2024, 2, 20),
    concluded_on=date(2024, 3, 20),
    submitted_on=date(2024, 3, 25),
    received_on=date(2024, 3, 26),
    filed_on=date(2024, 3, 29),
    decided_on=date(2024, 4, 2),
    actual_start=date(2024, 5, 1),
)


def fields(dates: RoundDates, today: date = TODAY) -> list[str]:
    return [problem.field for problem in check_dates(dates, today)]


def test_a_proper_round() -> None:
    assert fields(GOOD) == []
    assert date_flags(GOOD) == ()
    assert fields(RoundDates()) == []


def test_all_on_one_day_is_in_order() -> None:
    assert fields(RoundDates(**dict.fromkeys(GOOD.__dataclass_fields__, TODAY))) == []


@pytest.mark.parametrize(
    ("changed", "day", "fault"),
    [
        ("notice_to", date(2024, 2, 29), "notice_to"),
        ("concluded_on", date(2024, 2, 19), "concluded_on"),
        ("submitted_on", date(2024, 3, 19), "submitted_on"),
        ("received_on", date(2024, 3, 24), "received_on"),
        ("filed_on", date(2024, 3, 25), "filed_on"),
        ("filed_on", date(2025, 1, 1), "filed_on"),
        ("decided_on", date(2025, 1, 1), "decided_on"),
    ],
)
def test_each_rule(changed: str, day: date, fault: str) -> None:
    assert fields(replace(GOOD, **{changed: day})) == [fault]


def test_missing_dates_do_not_hide_an_order() -> None:
    dates = RoundDates(concluded_on=date(2024, 3, 20), filed_on=date(2024, 3, 1))
    assert fields(dates) == ["filed_on"]


def test_today_is_not_the_future_and_a_notice_may_be_planned() -> None:
    assert fields(RoundDates(concluded_on=TODAY)) == []
    assert fields(RoundDates(notice_from=TODAY, notice_to=date(2025, 1, 10))) == []


def test_the_message_names_both_dates() -> None:
    (problem,) = check_dates(replace(GOOD, received_on=date(2024, 3, 24)), TODAY)
    assert str(problem) == "接收日期（2024-03-24）不能早于报送日期（2024-03-25），请核对两个日期"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decided_on": date(2024, 3, 19)}, "先决策后评估：决策日期（2024-03-19）早于评估完成日期（2024-03-20）"),
        ({"actual_start": date(2024, 3, 1)}, "先开工后评估：实际开工日期（2024-03-01）早于评估完成日期（2024-03-20）"),
    ],
)
def test_decision_before_assessment_is_a_flag_not_a_refusal(change: dict[str, date], said: str) -> None:
    dates = replace(GOOD, **change)
    assert fields(dates) == []
    assert [str(flag) for flag in date_flags(dates)] == [said]


def test_a_decision_without_an_assessment_is_flagged() -> None:
    flags = date_flags(RoundDates(decided_on=TODAY, actual_start=TODAY))
    assert [("决策日期" in str(flag), "开工日期" in str(flag)) for flag in flags] == [(True, False), (False, True)]


def test_notice_days_count_both_ends() -> None:
    assert notice_days(GOOD) == 10
    assert notice_days(replace(GOOD, notice_to=None)) is None
    assert notice_days(replace(GOOD, notice_to=date(2024, 2, 1))) is None
