"""Status on a day, from dates alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_registry.core.predicates import read_spells, spells
from risk_registry.core.status import OPEN, STATUS_DATES, STATUS_RULES, status_at
from risk_registry.core.vocabulary import STATUSES

D = date(2024, 5, 1)


def day(number: int) -> date:
    return D + timedelta(days=number)


LIFE: dict[str, object] = {
    "declared_on": day(0),
    "screened_on": day(2),
    "started_on": day(4),
    "concluded_on": day(20),
    "submitted_on": day(22),
    "received_on": day(24),
    "filed_on": day(30),
    "revoked_on": day(60),
}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (-1, None),
        (0, "declared"),
        (1, "declared"),
        (2, "due"),
        (4, "assessing"),
        (19, "assessing"),
        (20, "concluded"),
        (22, "submitted"),
        (24, "received"),
        (29, "received"),
        (30, "filed"),
        (59, "filed"),
        (60, "revoked"),
        (4000, "revoked"),
    ],
)
def test_a_day_inside_a_life_shows_the_status_of_that_day(number: int, status: str | None) -> None:
    assert status_at(LIFE, day(number)) == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"filed_on": None, "withdrawn_on": day(25)}, "withdrawn"),
        ({"filed_on": None, "declined_on": day(25)}, "declined"),
        ({"filed_on": None, "correcting_on": day(25)}, "correcting"),
        # Sent again on a later day than the end: the new attempt counts.
        ({"filed_on": None, "withdrawn_on": day(21), "received_on": None}, "submitted"),
        ({"filed_on": None, "declined_on": day(21)}, "received"),
        # Sent and taken back on one day.
        ({"filed_on": None, "withdrawn_on": day(22), "received_on": None}, "withdrawn"),
        ({"filed_on": None, "withdrawn_on": day(25), "voided_on": day(26)}, "void"),
        ({"concluded_on": None, "submitted_on": None, "filed_on": None, "terminated_on": day(9)}, "terminated"),
    ],
)
def test_the_end_of_a_round_names_its_status(changes: dict[str, object], status: str) -> None:
    facts = {**LIFE, "revoked_on": None} | changes
    assert status_at(facts, day(40)) == status


def test_before_the_assessment_starts() -> None:
    declared: dict[str, object] = {"declared_on": day(0)}
    assert status_at(declared | {"returned_on": day(1)}, day(3)) == "returned"
    assert status_at(declared | {"screened_on": day(1), "exempted_on": day(1)}, day(3)) == "exempt"


def test_a_round_withdrawn_twice_is_withdrawn_in_both_spells() -> None:
    facts = {**LIFE, "submitted_on": day(40), "received_on": None, "filed_on": None, "revoked_on": None}
    facts |= {"withdrawn_on": day(35), "lapses": spells([(day(23), day(28)), (day(30), day(31))])}
    shown = {number: status_at(facts, day(number)) for number in (22, 23, 27, 28, 30, 31, 35, 39, 40)}
    assert {number for number, status in shown.items() if status == "withdrawn"} == {23, 27, 30, 35, 39}
    assert shown[40] == "submitted"


@given(st.lists(st.tuples(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 400)), max_size=8))
def test_spells_are_read_as_they_were_written(pairs: list[tuple[date, int]]) -> None:
    found = [(first, first + timedelta(days=length)) for first, length in pairs]
    assert read_spells(spells(found)) == found


def test_every_status_has_a_rule_and_open_means_not_concluded() -> None:
    assert {status for status, _ in STATUS_RULES} == {term.code for term in STATUSES}
    assert {"declared", "returned", "due", "assessing"} == OPEN


@given(
    st.dictionaries(st.sampled_from(STATUS_DATES), st.integers(0, 40).map(day)),
    st.integers(0, 40),
)
def test_what_lies_later_than_the_day_changes_nothing(facts: dict[str, date], number: int) -> None:
    known = {name: when for name, when in facts.items() if when <= day(number)}
    assert status_at(facts, day(number)) == status_at(known, day(number))
