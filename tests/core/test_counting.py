"""Measures, on single lines: which dates and outcomes each counts (DOMAIN §8c)."""

from __future__ import annotations

from datetime import date

import pytest

from risk_registry.core.counting import AXES, MEASURE_BY_ID, MEASURES, SENTENCE, TERM_WORD
from risk_registry.core.predicates import Question, holds

YEAR = Question(date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31))
NEXT = Question(date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 31))

PLAIN: dict[str, object] = {
    "seq": 1,
    "declared_on": date(2024, 2, 1),
    "screened_on": date(2024, 2, 1),
    "started_on": date(2024, 2, 5),
    "concluded_on": date(2024, 3, 10),
    "submitted_on": date(2024, 3, 12),
    "received_on": date(2024, 3, 13),
    "filed_on": date(2024, 3, 17),
    "outcome": "implement",
}
COUNTED = {"assessed", "matters_assessed", "passed", "passed_and_filed", "passed_and_filed_in_period", "filed"}
COUNTED |= {"declared", "due"}


def counted(line: dict[str, object], question: Question = YEAR) -> set[str]:
    return {measure.id for measure in MEASURES if holds(measure.predicate, line, question)}


CASES: tuple[tuple[dict[str, object], set[str]], ...] = (
    ({}, COUNTED),
    ({"seq": 2}, COUNTED - {"declared", "due"} | {"reassessed"}),
    (
        {"outcome": "deferred"},
        COUNTED - {"passed", "passed_and_filed", "passed_and_filed_in_period"} | {"deferred", "filed_not_passed"},
    ),
    (
        {"outcome": "rejected"},
        COUNTED - {"passed", "passed_and_filed", "passed_and_filed_in_period"} | {"rejected", "filed_not_passed"},
    ),
    ({"outcome": "partial"}, COUNTED),
    ({"outcome": "phased"}, COUNTED),
    (
        {"revoked_on": date(2024, 12, 31)},
        COUNTED - {"passed_and_filed", "passed_and_filed_in_period", "filed"} | {"unfiled"},
    ),
    ({"revoked_on": date(2025, 1, 1)}, COUNTED),
    (
        {"filed_on": date(2025, 1, 1)},
        COUNTED - {"passed_and_filed", "passed_and_filed_in_period", "filed"} | {"unfiled"},
    ),
    (
        {"concluded_on": date(2023, 12, 31)},
        {"passed_and_filed_in_period", "filed", "carried_over", "declared", "due"},
    ),
    ({"concluded_on": date(2024, 1, 1)}, COUNTED),
    ({"concluded_on": date(2024, 12, 31), "filed_on": date(2024, 12, 31)}, COUNTED),
    ({"concluded_on": None, "filed_on": None, "outcome": None}, {"in_progress", "declared", "due"}),
    (
        {"concluded_on": date(2025, 1, 1), "filed_on": date(2025, 1, 2)},
        {"in_progress", "declared", "due"},
    ),
    ({"filed_on": None, "withdrawn_on": date(2024, 7, 20)}, {"declared", "due"}),
    (
        {"filed_on": None, "withdrawn_on": date(2024, 7, 20), "submitted_on": date(2024, 8, 1)},
        COUNTED - {"passed_and_filed", "passed_and_filed_in_period", "filed"} | {"unfiled"},
    ),
    ({"filed_on": None, "voided_on": date(2024, 7, 20)}, set()),
    ({"concluded_on": None, "filed_on": None, "terminated_on": date(2024, 3, 1)}, {"declared"}),
    (
        {"concluded_on": None, "filed_on": None, "started_on": None, "exempted_on": date(2024, 2, 1)},
        {"declared"},
    ),
    (
        {"filed_on": None, "due_on": date(2024, 12, 30)},
        COUNTED - {"passed_and_filed", "passed_and_filed_in_period", "filed"} | {"unfiled", "overdue"},
    ),
    (
        {"filed_on": None, "due_on": date(2024, 12, 31)},
        COUNTED - {"passed_and_filed", "passed_and_filed_in_period", "filed"} | {"unfiled"},
    ),
)


@pytest.mark.parametrize(("changes", "measures"), CASES)
def test_a_line_is_counted_by_exactly_these_measures(changes: dict[str, object], measures: set[str]) -> None:
    assert counted(PLAIN | changes) == measures


def test_filed_late_is_unfiled_at_the_end_of_the_year_and_filed_a_month_later() -> None:
    line = PLAIN | {"concluded_on": date(2024, 12, 27), "filed_on": date(2025, 1, 6)}
    assert "passed_and_filed" not in counted(line)
    assert {"passed_and_filed"} <= counted(line, NEXT)
    # The filing itself belongs to the next year on every day.
    assert not {"filed", "passed_and_filed_in_period"} & counted(line, NEXT)


def test_partial_need_not_count_as_passed() -> None:
    strict = Question(YEAR.first, YEAR.last, YEAR.as_of, frozenset({"implement"}))
    assert "passed" not in counted(PLAIN | {"outcome": "partial"}, strict)
    assert "filed_not_passed" in counted(PLAIN | {"outcome": "partial"}, strict)


def test_measures_are_those_of_the_published_interface() -> None:
    assert [measure.id for measure in MEASURES] == (
        "assessed matters_assessed passed deferred rejected passed_and_filed passed_and_filed_in_period filed"
        " carried_over filed_not_passed unfiled in_progress overdue reassessed declared due"
    ).split()
    assert {measure.id for measure in MEASURES if not measure.period} == {"unfiled", "in_progress", "overdue"}
    assert {measure.id for measure in MEASURES if measure.distinct_matters} == {"matters_assessed", "declared", "due"}
    assert all(measure.rule and measure.version >= 1 for measure in MEASURES)
    assert MEASURE_BY_ID["filed"].label == "备案件次"
    assert AXES == ("kind", "field", "organisation", "month", "level_before", "level_after")


def test_the_sentence_of_the_annual_report() -> None:
    assert SENTENCE % {"term": TERM_WORD, "assessed": 14, "passed_and_filed": 14} == (
        "今年以来，共开展重大项目、重要决策社会稳定风险评估14件次，通过评估并备案14件次。"
    )
