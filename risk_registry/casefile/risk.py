"""The risk index as people read it: one view for the page of a case, the review, the form and the printed sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.faults import method_for
from risk_registry.assessments.index import Risks, by_index, calculated, recorded, recorded_survey
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import assessment_values
from risk_registry.casefile.presentation import Wording
from risk_registry.core.problems import Refused
from risk_registry.core.risk import IndexResult, number_text
from risk_registry.core.risk_method import IndexMethod
from risk_registry.core.text_marks import N_
from risk_registry.methods.queries import SHIPPED, Version

_AS_COMPUTED = N_("按计算结果")
_STRICTER = N_("人工从严：高于计算结果（%(computed)s）")
_MILDER = N_("人工调低：低于计算结果（%(computed)s），理由见“等级确定理由”")
_LIFTED = N_("综合指数为%(by_index)s风险，按单因素个数或直接判定提高")


@dataclass(frozen=True)
class Cell:
    """One factor in one stage: probability, impact, degree with its band, share of the index."""

    p: str
    q: str
    degree: str
    band: str
    band_code: str
    share: str


@dataclass(frozen=True)
class Line:
    """One factor with both stages side by side and the measures against it."""

    number: int
    area: str
    name: str
    w: str
    before: Cell
    after: Cell
    reason: str
    measures: int


@dataclass(frozen=True)
class Stage:
    """One stage: the index, the level it leads to, the level chosen, and every line of arithmetic."""

    code: str
    label: str
    index: str
    shown: str
    computed: str
    computed_code: str
    chosen: str
    chosen_code: str
    marks: Sequence[str]
    arithmetic: Sequence[str]


@dataclass(frozen=True)
class Measure:
    """One measure as the tables show it."""

    number: int
    factor: str
    text: str
    responsible: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class RiskView:
    """The risk index of a round in words and numbers. ``version`` is its number, ``name`` what the office calls it."""

    version: int
    name: str
    source: str
    lines: Sequence[Line]
    weight_sum: str
    stages: tuple[Stage, Stage]
    measures: Sequence[Measure]
    reason: str


def risk_view(session: Session, assessment: Assessment, wording: Wording) -> RiskView | None:
    """The index of a concluded round by the version it was concluded with; none for another method."""
    values = assessment_values(assessment)
    if not by_index(values) or assessment.concluded_on is None or not assessment.factors:
        return None
    version = method_for(session, assessment.concluded_on, assessment.method_version)
    survey, risks = recorded_survey(assessment), recorded(assessment)
    try:
        return view_of(wording, version, values, survey=survey, risks=risks)
    except Refused:
        # Rows that were set behind the registry's back: the review says what is wrong with them.
        return None


def view_of(
    wording: Wording, version: Version, values: Mapping[str, Any], *, survey: Sequence[Mapping[str, Any]], risks: Risks
) -> RiskView:
    """The view of these values. Raises ``Refused`` with everything that keeps them from being calculated."""
    result = calculated(version.method, values, survey=survey, risks=risks)
    names = [str(row["name"]) for row in risks.factors]
    stages = (
        _stage("before", result.before, values.get("level_before"), wording=wording, method=version.method),
        _stage("after", result.after, values.get("level_after"), wording=wording, method=version.method),
    )
    return RiskView(
        version.number,
        gettext("随系统提供") if version.number == SHIPPED or version.row is None else version.row.name,
        gettext(version.method.source) if version.number == SHIPPED else version.method.source,
        _lines(wording, risks, result.before, result.after),
        number_text(result.before.weight_sum),
        stages,
        [_measure(wording, number, row, names) for number, row in enumerate(risks.measures, 1)],
        str(values.get("level_reason") or ""),
    )


def _cells(result: IndexResult) -> list[Cell]:
    return [
        Cell(
            number_text(line.p),
            number_text(line.q),
            number_text(line.degree),
            gettext(line.degree_band.zh),
            line.degree_band.code,
            number_text(line.share),
        )
        for line in result.lines
    ]


def _lines(wording: Wording, risks: Risks, before: IndexResult, after: IndexResult) -> list[Line]:
    rows = zip(risks.factors, before.lines, _cells(before), _cells(after), strict=True)
    return [
        Line(
            number,
            wording.word("risk_area", row.get("area")),
            line.name,
            number_text(line.w),
            first,
            second,
            str(row.get("reason") or ""),
            sum(1 for measure in risks.measures if str(measure.get("factor")) == str(number)),
        )
        for number, (row, line, first, second) in enumerate(rows, 1)
    ]


def _stage(code: str, result: IndexResult, chosen: str | None, *, wording: Wording, method: IndexMethod) -> Stage:
    marks = []
    if result.overridden:
        marks.append(gettext(_LIFTED, by_index=wording.word("level", result.index_level)))
    computed = wording.word("level", result.level)
    if chosen:
        difference = method.severity(chosen) - method.severity(result.level)
        text = _AS_COMPUTED if difference == 0 else _STRICTER if difference > 0 else _MILDER
        marks.append(gettext(text, computed=computed))
    return Stage(
        code,
        gettext("措施前") if code == "before" else gettext("措施后"),
        number_text(result.index),
        result.shown,
        computed,
        result.level,
        wording.word("level", chosen),
        chosen or "",
        marks,
        [statement.say(gettext) for statement in result.arithmetic],
    )


def _measure(wording: Wording, number: int, row: Mapping[str, Any], names: Sequence[str]) -> Measure:
    place = str(row.get("factor") or "")
    factor = names[int(place) - 1] if place.isdigit() and 1 <= int(place) <= len(names) else ""
    return Measure(
        number,
        f"{place}. {factor}" if factor else "",
        str(row.get("text") or ""),
        wording.name(row.get("responsible_org")),
        row.get("due_on"),
        row.get("done_on"),
    )
