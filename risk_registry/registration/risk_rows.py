"""The risk table of the assessment page: factors and measures row by row, the library to pick from, the calculation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.assessments.faults import method_for
from risk_registry.assessments.fields import FACTOR_FIELDS, MEASURE_FIELDS
from risk_registry.assessments.index import Risks
from risk_registry.casefile.presentation import Wording
from risk_registry.casefile.risk import RiskView, view_of
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk_factors import AREAS
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.methods.queries import Version, library
from risk_registry.organisations.queries import name_on
from risk_registry.registration.forms import Choices
from risk_registry.web import access
from risk_registry.web.forms import DeclaredForm
from risk_registry.web.inputs import ChoiceControl, DeclaredControl, Select
from risk_registry.web.rows import MOST_ROWS, read_rows, row_class

Texts = dict[str, str]
RowTexts = Mapping[str, Sequence[Texts]]

FactorRow = row_class(
    "FactorRow",
    [replace(field, required_at=None, help="") for field in FACTOR_FIELDS],
    attributes={"name": {"list": "risk-factor-names", "autocomplete": "off"}},
)
MeasureRow = row_class("MeasureRow", [replace(field, required_at=None, help="") for field in MEASURE_FIELDS])

ACTIONS = frozenset({"add_factor", "add_measure", "pick_factors"})
_DROP = re.compile(r"drop_(factor|measure)_([0-9]{1,3})")
_NUMBERED = N_("%(number)s. %(name)s")
_UNNAMED = N_("（未填写名称）")


def is_action(action: str) -> bool:
    """Whether this button only changes the rows."""
    return action in ACTIONS or _DROP.fullmatch(action) is not None


class RiskRows:
    """Rows of factors and of measures. A measure names its factor by the number that stands beside it."""

    def __init__(self, factors: list[DeclaredForm], measures: list[DeclaredForm], choices: Choices) -> None:
        self.factors, self.measures, self._choices = factors, measures, choices
        self._number_factors()

    @classmethod
    def read(cls, choices: Choices, *, raw: RowTexts | None = None, stored: Risks | None = None) -> RiskRows:
        """As posted, else of a draft, else as stored; at least one row of each to begin with."""
        offered = _offered(choices, stored)
        factors = _read(FactorRow, "factors", offered, raw=raw, stored=stored.factors if stored else ())
        measures = _read(MeasureRow, "measures", offered, raw=raw, stored=stored.measures if stored else ())
        return cls(factors, measures, offered)

    @classmethod
    def kept(cls, choices: Choices, raw: RowTexts) -> RiskRows:
        """The rows of a draft, whatever the request is about."""
        offered = _offered(choices, None)
        factors = [FactorRow(None, raw=dict(texts), choices=offered) for texts in raw.get("factors", ())]
        measures = [MeasureRow(None, raw=dict(texts), choices=offered) for texts in raw.get("measures", ())]
        return cls(factors, measures, offered)

    def texts(self, keepable: Callable[[DeclaredForm], Texts]) -> dict[str, list[Texts]]:
        """What may be kept of the rows, blank ones too."""
        return {
            "factors": [keepable(row) for row in self.factors],
            "measures": [keepable(row) for row in self.measures],
        }

    def _number_factors(self) -> None:
        """Offer the factors there are to every measure."""
        rows = enumerate(self.factors, 1)
        self._options = [
            (str(n), gettext(_NUMBERED, number=n, name=_text(row, "name") or gettext(_UNNAMED))) for n, row in rows
        ]
        known = {code for code, _label in self._options}
        for row in self.measures:
            control = _choice(row, "factor")
            control.offer(self._options)
            # In a table few options are a list, too.
            control.widget = Select()
            if control.text not in known:
                control.take("")

    def filled_factors(self) -> list[DeclaredForm]:
        """The factors that say something."""
        return [row for row in self.factors if row.filled()]

    def filled_measures(self) -> list[DeclaredForm]:
        """The measures that say something."""
        return [row for row in self.measures if row.filled()]

    def typed(self) -> Risks:
        """The rows as operations take them: blank ones left out, measures numbered anew."""
        places = {str(n): str(place) for place, n in enumerate(self._filled_numbers(), 1)}
        measures = [{**row.typed(), "factor": places.get(_text(row, "factor"), "")} for row in self.filled_measures()]
        return Risks([row.typed() for row in self.filled_factors()], measures)

    def _filled_numbers(self) -> list[int]:
        return [number for number, row in enumerate(self.factors, 1) if row.filled()]

    def rows(self) -> list[DeclaredForm]:
        """Every row."""
        return [*self.factors, *self.measures]

    def validate(self) -> bool:
        """Whether every row that says something is well-formed; each shows its own faults."""
        # Every row is read, not only up to the first fault: all faults are shown at once.
        verdicts = [row.validate(draft=True) for row in (*self.filled_factors(), *self.filled_measures())]
        return all(verdicts)

    def find(self, kind: str, position: int, name: str) -> object:
        """The input of a field in a row that says something, counted as `typed` counts them."""
        rows = self.filled_factors() if kind == "factors" else self.filled_measures()
        return rows[position]._fields.get(name) if position < len(rows) else None

    def act(self, action: str) -> None:
        """Carry out one of the buttons that change the rows."""
        match = _DROP.fullmatch(action)
        if action == "add_factor":
            self._append_factor({})
        elif action == "add_measure":
            taken = _next_number(self.measures)
            self.measures.append(MeasureRow(None, prefix=f"measures-{taken}", choices=self._choices))
        elif action == "pick_factors":
            self._pick(request.form.getlist("pick"))
        elif match is not None and match.group(1) == "factor":
            self._keep_factors([n for n in range(len(self.factors)) if n != int(match.group(2))])
        elif match is not None:
            self.measures = [row for n, row in enumerate(self.measures) if n != int(match.group(2))]
        self._number_factors()

    def _append_factor(self, texts: Texts) -> None:
        if len(self.factors) < MOST_ROWS:
            taken = _next_number(self.factors)
            self.factors.append(FactorRow(None, prefix=f"factors-{taken}", raw=texts, choices=self._choices))

    def _pick(self, picked: Sequence[str]) -> None:
        """Append the factors ticked in the library; those there already stay as they are, blank rows make room."""
        self._keep_factors([n for n, row in enumerate(self.factors) if row.filled()])
        present = {_text(row, "name") for row in self.factors}
        areas = {area.code for area in AREAS}
        for code in picked:
            area, _colon, name = code.partition(":")
            if area in areas and name and name not in present:
                present.add(name)
                self._append_factor({"area": area, "name": name})

    def _keep_factors(self, kept: Sequence[int]) -> None:
        """Leave these rows; the measures go with their factor's new number, those of a dropped one ask anew."""
        numbers = {str(old + 1): str(new) for new, old in enumerate(kept, 1)}
        self.factors = [self.factors[n] for n in kept]
        for row in self.measures:
            control = _choice(row, "factor")
            control.offer([(number, "") for number in numbers.values()])
            control.take(numbers.get(control.text, ""))
        self._number_factors()


def _choice(row: DeclaredForm, name: str) -> ChoiceControl:
    control = row[name]
    assert isinstance(control, ChoiceControl)
    return control


def _text(row: DeclaredForm, name: str) -> str:
    control = row[name]
    assert isinstance(control, DeclaredControl)
    return control.text.strip()


def _read(
    row: type[DeclaredForm],
    prefix: str,
    choices: Choices,
    *,
    raw: RowTexts | None,
    stored: Sequence[Mapping[str, Any]],
) -> list[DeclaredForm]:
    if request.method not in access.SAFE_METHODS:
        return read_rows(row, prefix, choices=choices)
    if raw is not None:
        given = [dict(item) for item in raw.get(prefix, ())]
        return read_rows(row, prefix, raw=given or [{}], blank=0, choices=choices)
    values = [{name: value for name, value in item.items() if value is not None} for item in stored]
    if prefix == "measures":
        values = [{**item, "factor": str(item["factor"])} for item in values]
    return read_rows(row, prefix, values=values, blank=0 if values else 1, choices=choices)


def _offered(choices: Choices, stored: Risks | None) -> Choices:
    """Options of the rows. Whatever number was typed is taken first; which numbers there are is known only then."""
    numbers = [(str(number), "") for number in range(1, MOST_ROWS + 1)]
    return {"area": choices["risk_area"], "factor": numbers, "responsible_org": _units(choices, stored)}


def _units(choices: Choices, stored: Risks | None) -> list[tuple[str, str]]:
    """The units a measure may name: those that may carry a matter out, and what is stored already."""
    found = dict(choices["implement_org"])
    numbers = {int(row["responsible_org"]) for row in (stored.measures if stored else ()) if row["responsible_org"]}
    day = today(db.session.info["clock"])
    return [
        *found.items(),
        *((str(n), name_on(db.session(), n, day)) for n in sorted(numbers) if str(n) not in found),
    ]


def _next_number(rows: Sequence[DeclaredForm]) -> int:
    taken = [int(str(row.controls()[0].name).split("-")[1]) for row in rows]
    return max(taken, default=-1) + 1


@dataclass(frozen=True)
class RiskPage:
    """What the page needs beside its rows: the version, the library, and the calculation where there is one."""

    version: Version
    library: Sequence[tuple[str, str, Sequence[str]]]
    view: RiskView | None


def risk_page(
    session: Session,
    act: Act,
    values: Mapping[str, Any],
    survey: Sequence[Mapping[str, Any]],
    *,
    number: int | None = None,
) -> RiskPage:
    """The page of these typed values (their ``risks`` among them); ``number`` is the version of a concluded round."""
    day = values.get("concluded_on") or act.today
    version = method_for(session, day, number)
    wording = Wording(session, act.today)
    areas = [(area.code, wording.word("risk_area", area.code), area.factors) for area in library(session, act.today)]
    view, _problems = calculation(wording, version, values, survey)
    return RiskPage(version, areas, view)


def calculation(
    wording: Wording, version: Version, values: Mapping[str, Any], survey: Sequence[Mapping[str, Any]]
) -> tuple[RiskView | None, Sequence[Problem]]:
    """The index of typed values, else everything that keeps it from being calculated."""
    try:
        return view_of(wording, version, values, survey=survey, risks=values.get("risks") or Risks()), ()
    except Refused as refused:
        return None, refused.problems


def calculate(
    session: Session,
    act: Act,
    values: Mapping[str, Any],
    survey: Sequence[Mapping[str, Any]],
    *,
    number: int | None = None,
) -> tuple[RiskView | None, Sequence[Problem]]:
    """The same by version ``number``, else by the one in force on the day of the conclusion."""
    version = method_for(session, values.get("concluded_on") or act.today, number)
    return calculation(Wording(session, act.today), version, values, survey)
