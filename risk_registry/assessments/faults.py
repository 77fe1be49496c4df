"""Everything that stands between typed values and the next step of an assessment: one list for pages and operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import FIELDS
from risk_registry.assessments.index import Risks, by_index, index_faults
from risk_registry.core.dates_order import RoundDates, check_dates
from risk_registry.core.gates import conclusion_problems, consultation_problems
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_
from risk_registry.methods.queries import Version, in_force, version
from risk_registry.organisations.queries import get, third_party_problem

Values = Mapping[str, Any]

_DATES = (
    "notice_from",
    "notice_to",
    "started_on",
    "concluded_on",
    "submitted_on",
    "decided_on",
    "actual_start",
    "commissioned_on",
    "review_on",
    "review_revised_on",
)


def date_faults(values: Values, act: Act) -> list[Problem]:
    """Dates out of order or in the future."""
    return list(check_dates(RoundDates(**{name: values.get(name) for name in _DATES}), act.today))


def row_faults(row: Values, position: int) -> list[Problem]:
    """What is wrong with one consultation row; problems stand at ``consultations-<position>-<field>``."""
    prefix = f"consultations-{position}-"
    problems = consultation_problems(row, prefix)
    if not row.get("method"):
        problems.append(Problem(f"{prefix}method", N_("请选择调查方式")))
    elif all(value in (None, "") for name, value in row.items() if name != "method"):
        problems.append(Problem(f"{prefix}method", N_("请填写次数、人次或份数；没有开展的，请删除这一行")))
    return problems


def survey_faults(rows: Sequence[Values]) -> list[Problem]:
    """What is wrong with the consultation rows."""
    return [problem for position, row in enumerate(rows) for problem in row_faults(row, position)]


def third_party_faults(session: Session, values: Values) -> list[Problem]:
    """Why the commissioned assessor was not fit on the day of the contract or of the conclusion (DOMAIN §2, §8a).

    A fault is shown to both sides; it stops the conclusion only where the office has switched that on.
    """
    if values.get("mode") != "commissioned" or not values.get("third_party"):
        return []
    assessor = get(session, values["third_party"])
    found: list[Problem] = []
    for day in dict.fromkeys((values.get("commissioned_on"), values.get("concluded_on"))):
        problem = third_party_problem(assessor, day) if assessor is not None and day is not None else None
        if problem is not None and problem not in found:
            found.append(problem)
    return found


def method_for(session: Session, day: date, number: int | None = None) -> Version:
    """The version of the index method: the one a round was concluded with, else the one in force on ``day``."""
    found = version(session, number) if number is not None else None
    return found or in_force(session, day)


def conclusion_faults(
    session: Session,
    act: Act,
    values: Values,
    rows: Sequence[Values],
    *,
    risks: Risks | None = None,
    method_version: int | None = None,
) -> list[Problem]:
    """Everything that stands between these values and a conclusion, at once (DOMAIN §8a gate C).

    ``method_version`` is the version a round was concluded with already.
    """
    problems = conclusion_problems(FIELDS, values, len(rows), act.conclusion_rules)
    known = {problem.field for problem in problems}
    problems += [problem for problem in date_faults(values, act) if problem.field not in known]
    problems += survey_faults(rows)
    if by_index(values):
        found = method_for(session, values.get("concluded_on") or act.today, method_version)
        rules = act.conclusion_rules.judgement
        problems += index_faults(found.method, values, survey=rows, risks=risks or Risks(), rules=rules)
    if act.settings.on("third_party_must_be_valid"):
        problems += third_party_faults(session, values)
    return problems
