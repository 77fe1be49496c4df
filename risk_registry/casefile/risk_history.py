"""What an event changed in the risk table, a line for each row that came, went or was changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from risk_registry.assessments.fields import FACTOR_FIELDS, MEASURE_FIELDS
from risk_registry.casefile.presentation import Wording
from risk_registry.core.fields import Field, Kind
from risk_registry.core.text_marks import N_
from risk_registry.matters.fields import column_name

#: Kinds of rows in an event: their fields by column, and what a row is called.
KINDS: Mapping[str, tuple[Mapping[str, Field], str]] = {
    "factor": ({column_name(field): field for field in FACTOR_FIELDS}, N_("风险因素第%(n)s项")),
    "measure": ({column_name(field): field for field in MEASURE_FIELDS}, N_("化解措施第%(n)s项")),
}

Change = tuple[str, str, str]


class RiskChanges:
    """Collects the changed columns of an event, row by row."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._rows: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = defaultdict(dict)

    def add(self, kind: str, mark: str, name: str, pair: tuple[Any, Any]) -> None:
        """One changed column of a row."""
        self._rows[kind, mark][name] = pair

    def lines(self) -> list[Change]:
        """(label, before, after): a whole row that came or went in one line, else what was changed in it."""
        found: list[Change] = []
        for (kind, mark), pairs in self._rows.items():
            label = gettext(KINDS[kind][1], n=mark)
            before = {name: old for name, (old, _new) in pairs.items() if old is not None}
            after = {name: new for name, (_old, new) in pairs.items() if new is not None}
            if before and after:
                found += [
                    (f"{label} · {gettext(field.label)}", self._text(field, old), self._text(field, new))
                    for field, (old, new) in self._known(kind, pairs)
                ]
            else:
                found.append((label, self._row(kind, before), self._row(kind, after)))
        return found

    def _known(self, kind: str, values: Mapping[str, Any]) -> list[tuple[Field, Any]]:
        return [(field, values[name]) for name, field in KINDS[kind][0].items() if name in values]

    def _row(self, kind: str, values: Mapping[str, Any]) -> str:
        parts = [(gettext(field.label), self._text(field, value)) for field, value in self._known(kind, values)]
        return str(gettext("，")).join(f"{label} {text}" for label, text in parts if text)

    def _text(self, field: Field, value: Any) -> str:
        if value is None:
            return ""
        if field.kind is Kind.RATIO:
            text = str(value)
            return text.rstrip("0").rstrip(".") if "." in text else text
        if field.name == "factor":
            return str(value)
        return self._wording.text(field, value)
