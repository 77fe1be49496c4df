"""Annual counts: every measure along every axis from one grouped scan and one distinct query (DOMAIN §8c)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, case, extract, func, or_, select
from sqlalchemy.orm import Session

from risk_registry.audit.chain import canonical
from risk_registry.audit.queries import last_stamp
from risk_registry.core.counting import AXES, MEASURES, SENTENCE, SENTENCE_PERIOD, TERM_WORD, Measure
from risk_registry.core.predicates import Question
from risk_registry.db.clock import from_stamp
from risk_registry.lines.predicates import LINE, condition
from risk_registry.lines.queries import LineQuery
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import name_book
from risk_registry.settings.queries import WordBook, settings

By = dict[str, dict[str, dict[str, int]]]

_DICTIONARY = {"kind": "kind", "field": "field", "level_before": "level", "level_after": "level"}


@dataclass(frozen=True)
class Counts:
    """The figures of one question: measures, the same along each axis, and what each axis code is called."""

    question: Question
    known_at: int
    measures: Mapping[str, int]
    by: By
    labels: Mapping[str, Mapping[str, str]]
    matrix: Mapping[tuple[str, str], int]
    #: What the office calls an assessment.
    term: str = TERM_WORD

    @property
    def sentence(self) -> tuple[str, dict[str, object]]:
        """Source text and values of the sentence of the annual report."""
        first, last = self.question.first, self.question.last
        values: dict[str, object] = {name: self.measures[name] for name in ("assessed", "passed_and_filed")}
        values["term"] = self.term
        if first.year == last.year and (first.month, first.day) == (1, 1):
            return SENTENCE, values
        return SENTENCE_PERIOD, {**values, "first": first.isoformat(), "last": last.isoformat()}

    @property
    def sentence_text(self) -> str:
        """The sentence in Chinese."""
        text, values = self.sentence
        return text % values

    @property
    def bridge_holds(self) -> bool:
        """备案 = 甲 + 上期结转 + 非通过备案; it must hold when the as-of day is the end of the period."""
        parts = ("passed_and_filed", "carried_over", "filed_not_passed")
        return self.measures["filed"] == sum(self.measures[name] for name in parts)

    @property
    def digest(self) -> str:
        """Digest of the figures with their two times: the same question always gives the same one."""
        content = {
            "period": [self.question.first, self.question.last],
            "as_of": self.question.as_of,
            "known_at": self.known_at,
            "measures": self.measures,
            "by": self.by,
        }
        return hashlib.sha256(canonical(content).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The object that ``counts --json`` prints."""
        return {
            "period": {"from": self.question.first.isoformat(), "to": self.question.last.isoformat()},
            "as_of": self.question.as_of.isoformat(),
            "known_at": from_stamp(self.known_at).isoformat(timespec="microseconds") if self.known_at else None,
            "measures": dict(self.measures),
            "by": self.by,
            "sentence": self.sentence_text,
            "digest": self.digest,
        }


def counts(session: Session, query: LineQuery, *, english: bool = False) -> Counts:
    """Every figure for the scope, organisation and two times of ``query``; its period is that of its question.

    ``english`` gives the codes their English words.
    """
    question = query.filter.question
    base = _base(session, query)
    axes = _axes(query)
    summed = [measure for measure in MEASURES if not measure.distinct_matters]
    cases = [func.sum(case((condition(m.predicate, question), 1), else_=0)).label(m.id) for m in summed]
    groups = session.execute(
        select(*axes, *cases).where(*base, _may_count(question)).group_by(*(axis.element for axis in axes))
    ).all()
    totals: dict[str, int] = {measure.id: 0 for measure in MEASURES}
    by: By = {axis: defaultdict(lambda: dict.fromkeys(totals, 0)) for axis in AXES}
    matrix: dict[tuple[str, str], int] = defaultdict(int)
    for row in groups:
        keys = _keys(row)
        found = {measure.id: int(getattr(row, measure.id) or 0) for measure in summed}
        _add(totals, by, keys, found)
        if found["assessed"]:
            matrix[keys["level_before"], keys["level_after"]] += found["assessed"]
    for measure in MEASURES:
        if measure.distinct_matters:
            _distinct(session, measure, question, base=base, axes=axes, totals=totals, by=by)
    plain = {axis: {code: dict(figures) for code, figures in sorted(rows.items())} for axis, rows in by.items()}
    known_at = query.known_at if query.known_at is not None else last_stamp(session)
    labels = _labels(session, plain, question.as_of, english=english)
    return Counts(question, known_at, totals, plain, labels, dict(matrix), settings(session)["term_word"])


def _base(session: Session, query: LineQuery) -> list[ColumnElement[bool]]:
    """Scope, known-at and organisation, without the period of a list: every measure brings its own."""
    return query.with_filter(basis="all", statuses=(), month="", measure="").conditions(session)


def _may_count(question: Question) -> ColumnElement[bool]:
    """A condition every counted line meets, simple enough for the indexes."""
    first, last = question.first, question.last
    return or_(
        LINE.c.concluded_on.between(first, last),
        LINE.c.filed_on.between(first, last),
        LINE.c.declared_on.between(first, last),
        LINE.c.filed_on.is_(None),
        LINE.c.filed_on > question.as_of,
        LINE.c.revoked_on.is_not(None),
    )


def _axes(query: LineQuery) -> list[Any]:
    concluded = query.column("concluded_on")
    parts = {
        "kind": LINE.c.kind,
        "field": LINE.c.field,
        "organisation": LINE.c.owner_org_code,
        "concluded_year": extract("year", _bare(concluded)),
        "concluded_month": extract("month", _bare(concluded)),
        "level_before": _bare(query.column("level_before")),
        "level_after": _bare(query.column("level_after")),
    }
    return [part.label(f"axis_{name}") for name, part in parts.items()]


def _bare(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return getattr(column, "element", column)


def _keys(row: Row[Any]) -> dict[str, str]:
    year, month = row.axis_concluded_year, row.axis_concluded_month
    return {
        "kind": row.axis_kind or "",
        "field": row.axis_field or "",
        "organisation": row.axis_organisation,
        "month": f"{int(year):04d}-{int(month):02d}" if year is not None else "",
        "level_before": row.axis_level_before or "",
        "level_after": row.axis_level_after or "",
    }


def _add(totals: dict[str, int], by: By, keys: Mapping[str, str], found: Mapping[str, int]) -> None:
    for name, number in found.items():
        if not number:
            continue
        totals[name] += number
        for axis, code in keys.items():
            by[axis][code][name] += number


def _distinct(
    session: Session,
    measure: Measure,
    question: Question,
    *,
    base: Iterable[ColumnElement[bool]],
    axes: list[Any],
    totals: dict[str, int],
    by: By,
) -> None:
    """Matters behind a measure: a matter counts once in the total and once under each code it has lines in."""
    rows = session.execute(
        select(LINE.c.matter_id, *axes).where(*base, condition(measure.predicate, question)).distinct()
    ).all()
    seen: set[tuple[int, str, str]] = set()
    matters: set[int] = set()
    for row in rows:
        matters.add(row.matter_id)
        for axis, code in _keys(row).items():
            if (row.matter_id, axis, code) not in seen:
                seen.add((row.matter_id, axis, code))
                by[axis][code][measure.id] += 1
    totals[measure.id] = len(matters)


def _labels(session: Session, by: By, day: date, *, english: bool) -> dict[str, dict[str, str]]:
    words = WordBook(session, english=english)
    labels = {
        axis: {code: words.text(dictionary, code, day) for code in by[axis]} for axis, dictionary in _DICTIONARY.items()
    }
    labels["month"] = {code: code for code in by["month"]}
    labels["organisation"] = _organisation_names(session, by["organisation"], day)
    return labels


def _organisation_names(session: Session, codes: Iterable[str], day: date) -> dict[str, str]:
    wanted = set(codes)
    if not wanted:
        return {}
    names = name_book(session)
    query = select(Organisation.id, Organisation.code).where(Organisation.code.in_(sorted(wanted)))
    return {row.code: names.name_on(row.id, day) for row in session.execute(query)}
