"""The figures of a question laid out for a page: every number beside the address of the lines it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup, escape

from risk_registry.core.counting import MEASURE_BY_ID, MEASURES
from risk_registry.core.text_marks import N_
from risk_registry.ledgers.asking import NONE, Asked
from risk_registry.ledgers.reading import address
from risk_registry.statistics.joint import MEASURES as JOINT_MEASURES
from risk_registry.statistics.joint import Partner
from risk_registry.statistics.queries import Counts
from risk_registry.web.i18n import short_month, zh_month

SHORT = {
    "assessed": N_("评估件次"),
    "matters_assessed": N_("评估件数"),
    "passed": N_("通过评估"),
    "deferred": N_("暂缓"),
    "rejected": N_("不予"),
    "passed_and_filed": N_("通过并备案（甲）"),
    "filed": N_("备案件次"),
    "unfiled": N_("未备案"),
    "in_progress": N_("正在评估"),
    "reassessed": N_("复评件次"),
}
_WHOLE = ("assessed", "matters_assessed", "passed", "deferred", "rejected", "passed_and_filed", "filed", "unfiled")
#: Figures that look at a conclusion in the period alone: the others have no place under a month or a level.
_CONCLUDED = ("assessed", "matters_assessed", "passed", "deferred", "rejected", "passed_and_filed", "reassessed")

#: Axis, heading, word of its code in a link, the measures it is asked for.
AXES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("kind", N_("事项分类"), "kind", _WHOLE),
    ("field", N_("涉及领域"), "field", _WHOLE),
    ("organisation", N_("评估主体"), "org", _WHOLE),
    ("month", N_("评估完成月份"), "month", _CONCLUDED),
    ("level_before", N_("初始风险等级"), "level_before", _CONCLUDED),
    ("level_after", N_("措施后风险等级"), "level_after", _CONCLUDED),
)
MOST_ROWS = 300
_MOST_BARS = 24
_LEVELS = ("high", "medium", "low")


@dataclass(frozen=True)
class Number:
    """A number and where its lines are; a nought under a code has no address, its list would be empty."""

    value: int
    url: str


@dataclass(frozen=True)
class Table:
    """One axis: a row for each code, then the whole. ``left_out`` rows were too many to show."""

    axis: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Number]]]
    totals: Sequence[Number]
    left_out: int


@dataclass(frozen=True)
class Figures:
    """Counts with the question they answer."""

    asked: Asked
    counts: Counts
    #: Codes of an axis in the order of their dictionary.
    order: Mapping[str, Sequence[str]]

    def number(self, measure: str, **axis: str) -> Number:
        """A measure of the whole, or under one code of an axis (its word in a link → its code, "" for none)."""
        if not axis:
            return Number(self.counts.measures[measure], self.url(measure))
        ((word, code),) = axis.items()
        name = "organisation" if word == "org" else word
        found: Mapping[str, int] = self.counts.by[name].get(code, {})
        value = found.get(measure, 0)
        return Number(value, self.url(measure, **{word: code}) if value else "")

    def url(self, measure: str, **codes: str) -> str:
        """The list of the lines behind a figure."""
        words = {word: code or NONE for word, code in codes.items()}
        return address("ledgers.ledger", self.asked.with_measure(measure, **words))

    def sentence(self) -> Markup:
        """The sentence of the annual report, each number a link to its lines."""
        text, values = self.counts.sentence
        linked = {
            name: Markup('<a href="{}">{}</a>').format(self.url(name), value)
            if name in MEASURE_BY_ID
            else escape(gettext(str(value)) if name == "term" else value)
            for name, value in values.items()
        }
        return Markup(escape(gettext(text)).replace(")d", ")s") % linked)

    def measures(self) -> Iterator[tuple[str, str, Number]]:
        """Every measure: label, rule text (口径), number."""
        for measure in MEASURES:
            yield measure.label, measure.rule, self.number(measure.id)

    def tables(self) -> Iterator[Table]:
        """Every axis."""
        for axis, heading, word, measures in AXES:
            yield self._table(axis, heading, word, measures)

    def _table(self, axis: str, heading: str, word: str, measures: Sequence[str]) -> Table:
        codes = shown_codes(self.counts, self.order, axis, measures)
        rows = [
            (self.label(axis, code), [self.number(measure, **{word: code}) for measure in measures])
            for code in codes[:MOST_ROWS]
        ]
        totals = [self.number(measure) for measure in measures]
        columns = [SHORT[measure] for measure in measures]
        return Table(axis, heading, columns, rows, totals, max(0, len(codes) - MOST_ROWS))

    def label(self, axis: str, code: str) -> str:
        """What a code of an axis is called; a month as 2024年3月."""
        if not code:
            return str(gettext("未填写"))
        if axis == "month":
            return zh_month(int(code[:4]), int(code[5:]))
        return self.counts.labels.get(axis, {}).get(code) or code

    def joint(self, found: Sequence[Partner]) -> Table:
        """联合单位参与情况: a row for each organisation beside the lead, and no total, for there is none."""
        rows = [
            (
                partner.name,
                [
                    Number(value, self.url(name, joint=partner.code) if value else "")
                    for name, value in partner.numbers.items()
                ],
            )
            for partner in found[:MOST_ROWS]
        ]
        columns = [SHORT[name] for name in JOINT_MEASURES]
        return Table("joint", N_("联合单位"), columns, rows, (), max(0, len(found) - MOST_ROWS))

    def matrix(self) -> tuple[list[str], list[tuple[str, list[Number]]]]:
        """Levels before (rows) by levels after (columns), with an empty level only where there is one."""
        found = self.counts.matrix
        before = [*_LEVELS, *_others(pair[0] for pair in found)]
        after = [*_LEVELS, *_others(pair[1] for pair in found)]
        rows = [
            (
                self._level("level_before", row),
                [
                    Number(number, self.url("assessed", level_before=row, level_after=column) if number else "")
                    for column in after
                    for number in (found.get((row, column), 0),)
                ],
            )
            for row in before
        ]
        return [self._level("level_after", code) for code in after], rows

    def _level(self, axis: str, code: str) -> str:
        shipped = _WORDS.get(code)
        return self.counts.labels[axis].get(code) or (gettext(shipped) if shipped else self.label(axis, code))

    def months(self) -> list[tuple[str, int, str]]:
        """Rounds concluded in each month of the period, for a chart; nothing for a period too long to draw."""
        first, last = self.counts.question.first, self.counts.question.last
        span = [*_months(first, last)]
        if len(span) > _MOST_BARS:
            return []
        several = first.year != last.year
        return [
            (
                f"{code[:4]}.{int(code[5:])}" if several else short_month(int(code[5:])),
                number.value,
                number.url,
            )
            for code in span
            for number in (self.number("assessed", month=code),)
        ]

    def bridge(self) -> list[tuple[str, Number]]:
        """The parts of 备案 = 甲 + 上期结转 + 非通过备案, the sum first."""
        words = {
            "filed": N_("备案件次"),
            "passed_and_filed": N_("通过并备案（甲）"),
            "carried_over": N_("上期结转备案"),
            "filed_not_passed": N_("非通过备案"),
        }
        return [(label, self.number(measure)) for measure, label in words.items()]


_WORDS = {"high": N_("高"), "medium": N_("中"), "low": N_("低")}


def shown_codes(counts: Counts, order: Mapping[str, Sequence[str]], axis: str, measures: Sequence[str]) -> list[str]:
    """The codes of an axis with any of the measures: organisations by size, others as their dictionary has them."""
    figures = counts.by[axis]
    codes = [code for code, found in figures.items() if any(found.get(measure) for measure in measures)]
    if axis == "organisation":
        return sorted(codes, key=lambda code: (-figures[code].get("assessed", 0), code))
    places = {code: place for place, code in enumerate(order.get(axis, ()))}
    return sorted(codes, key=lambda code: (not code, places.get(code, len(places)), code))


def _others(codes: Iterator[str]) -> list[str]:
    return sorted(set(codes) - set(_LEVELS))


def _months(first: date, last: date) -> Iterator[str]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04d}-{month:02d}"
        year, month = year + month // 12, month % 12 + 1
