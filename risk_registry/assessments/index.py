"""The risk index of a round: from typed or stored rows to its arithmetic, its proposed levels and its faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from risk_registry.assessments.fields import CONSULTATION_FIELDS, FACTOR_FIELDS, MEASURE_FIELDS
from risk_registry.assessments.models import Assessment, RiskFactor, RiskMeasure
from risk_registry.core.judgement import JudgementRules, check_chosen_level
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk import Assessment as Result
from risk_registry.core.risk import Factor, Facts, assess, check_factors, check_facts, check_measures
from risk_registry.core.risk_factors import factor_name_problems
from risk_registry.core.risk_method import IndexMethod
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_
from risk_registry.matters.fields import column_name

Values = Mapping[str, Any]

INDEX = "INDEX_428"
#: Facts that only the direct triggers of the index method ask.
TRIGGER_FACTS = ("event_people", "severe_event", "event_people_after", "severe_event_after")
_PLACES = Decimal("0.0001")
_NUMBERS = tuple(field for field in FACTOR_FIELDS if field.name in ("w", "p", "q", "p_after", "q_after"))

_BLANK = N_("第%(row)s个因素“%(name)s”：请填写%(what)s")
_NAMELESS = N_("第%(row)s个因素没有名称，请填写")
_TWICE = N_("第%(row)s个因素“%(name)s”与前面的重复，请合并为一个")
_WHOSE = N_("请选择这条措施针对的风险因素")
_WHAT = N_("请填写防范化解措施")
_LATE = N_("风险指数法请在“风险因素与指数”中至少登记一个风险因素")


@dataclass(frozen=True)
class Risks:
    """Rows of factors and measures by field name; a measure's ``factor`` counts the factors from one."""

    factors: Sequence[Values] = ()
    measures: Sequence[Values] = ()


def recorded(assessment: Assessment) -> Risks:
    """The rows of a round as they are stored."""
    return Risks(
        [{field.name: getattr(row, column_name(field)) for field in FACTOR_FIELDS} for row in assessment.factors],
        [
            {field.name: getattr(row, column_name(field)) for field in MEASURE_FIELDS}
            for row in assessment.risk_measures
        ],
    )


def recorded_survey(assessment: Assessment) -> list[dict[str, Any]]:
    """The consultation rows of a round as they are stored."""
    return [{field.name: getattr(row, field.name) for field in CONSULTATION_FIELDS} for row in assessment.consultations]


def by_index(values: Values) -> bool:
    """Whether the round is assessed by the index method."""
    return values.get("method") == INDEX


def trigger_facts(values: Values, survey: Sequence[Values], *, after: bool = False) -> Facts:
    """What the direct triggers look at. The survey speaks of the time before measures (DOMAIN §3.4)."""
    if after:
        return Facts(event_people=values.get("event_people_after"), severe_event=values.get("severe_event_after"))
    valid = sum(row.get("forms_valid") or 0 for row in survey)
    oppose = sum(row.get("oppose") or 0 for row in survey if row.get("forms_valid"))
    return Facts(
        oppose=oppose if valid else None,
        valid=valid or None,
        event_people=values.get("event_people"),
        severe_event=values.get("severe_event"),
    )


def factors_of(risks: Risks) -> list[Factor]:
    """The factors as the arithmetic takes them; call it only for rows without blanks."""
    measures = Counter(_number(row.get("factor")) for row in risks.measures)
    return [
        Factor(
            name=str(row["name"]),
            reason=str(row.get("reason") or ""),
            measures=measures[number],
            **{field.name: Decimal(row[field.name]) for field in _NUMBERS},
        )
        for number, row in enumerate(risks.factors, 1)
    ]


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _row_faults(risks: Risks) -> list[Problem]:
    """What is blank or doubled in the rows, before anything can be calculated."""
    if not risks.factors:
        return [Problem("factors", _LATE)]
    problems, names = [], set()
    for number, row in enumerate(risks.factors, 1):
        key, name = f"factors-{number - 1}", str(row.get("name") or "")
        if not name:
            problems.append(Problem(f"{key}-name", _NAMELESS, {"row": number}))
        elif name in names:
            problems.append(Problem(f"{key}-name", _TWICE, {"row": number, "name": name}))
        else:
            problems += factor_name_problems(name, field=f"{key}-name", label=N_("风险因素"))
        names.add(name)
        problems += [
            Problem(f"{key}-{field.name}", _BLANK, {"row": number, "name": name, "what": Statement(field.label)})
            for field in _NUMBERS
            if row.get(field.name) is None
        ]
    for position, row in enumerate(risks.measures):
        if not 1 <= (_number(row.get("factor")) or 0) <= len(risks.factors):
            problems.append(Problem(f"measures-{position}-factor", _WHOSE))
        if not row.get("text"):
            problems.append(Problem(f"measures-{position}-text", _WHAT))
    return problems


def calculated(method: IndexMethod, values: Values, *, survey: Sequence[Values], risks: Risks) -> Result:
    """Both stages with their arithmetic. Raises ``Refused`` with everything that keeps it from being calculated."""
    problems = [problem for problem in _row_faults(risks) if not problem.field.startswith("measures")]
    if problems:
        raise Refused(problems)
    return assess(
        method,
        factors_of(risks),
        facts=trigger_facts(values, survey),
        facts_after=trigger_facts(values, survey, after=True),
    )


def index_faults(
    method: IndexMethod, values: Values, *, survey: Sequence[Values], risks: Risks, rules: JudgementRules
) -> list[Problem]:
    """Everything of the index method that stands between these values and a conclusion (DOMAIN §3.2-3.4, §8a)."""
    problems = _row_faults(risks)
    if problems:
        return problems
    factors = factors_of(risks)
    problems = list(check_factors(method, factors))
    facts = trigger_facts(values, survey), trigger_facts(values, survey, after=True)
    problems += [problem for found in facts for problem in check_facts(found)]
    if problems:
        return problems
    result = assess(method, factors, facts=facts[0], facts_after=facts[1])
    problems += check_measures(method, factors)
    known = {code for code, _word in rules.levels}
    for name, computed in (("level_before", result.before.level), ("level_after", result.after.level)):
        chosen = values.get(name)
        if chosen in known:
            problems += check_chosen_level(computed, chosen, values.get("level_reason") or "", rules)
    return problems


def settled(values: Values) -> dict[str, Any]:
    """``values`` without what only the index method asks, when they are assessed by another one."""
    return dict(values) if by_index(values) else {**values, **dict.fromkeys(TRIGGER_FACTS)}


def _placed(value: Any) -> Any:
    """Numbers with the four places they are stored with, so that events and digests say them alike."""
    return value.quantize(_PLACES) if isinstance(value, Decimal) else value


def set_risks(assessment: Assessment, risks: Risks) -> None:
    """Make the factors and measures those given, in their order; unchanged rows stay as they are."""
    for position, row in enumerate(risks.factors, 1):
        if position > len(assessment.factors):
            assessment.factors.append(RiskFactor(position=position))
        for field in FACTOR_FIELDS:
            setattr(assessment.factors[position - 1], field.name, _placed(row.get(field.name)))
    del assessment.factors[len(risks.factors) :]
    for position, row in enumerate(risks.measures, 1):
        if position > len(assessment.risk_measures):
            assessment.risk_measures.append(RiskMeasure(position=position))
        found = {column_name(field): row.get(field.name) for field in MEASURE_FIELDS}
        found["factor"] = _number(row.get("factor"))
        for name, value in found.items():
            setattr(assessment.risk_measures[position - 1], name, value)
    del assessment.risk_measures[len(risks.measures) :]
