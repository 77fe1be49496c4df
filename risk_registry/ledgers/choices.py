"""What a reader may choose from when asking the ledger, kept until anything is recorded anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.core.counting import MEASURES
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.ledgers.asking import BASES, LABELS, NONE, Asked
from risk_registry.ledgers.listing import Total
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineQuery
from risk_registry.matters.models import CoOrganiser
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import subtree
from risk_registry.organisations.registry_office import OfficeNames, office_names
from risk_registry.settings.queries import Settings, WordBook, settings
from risk_registry.web.i18n import listed

#: More organisations than this are not offered one by one but asked for by code.
MOST_ORGANISATIONS = 300
#: Query bars, and sizes of lists, that are kept at a time.
MOST_KEPT = 64

_NONE = N_("未填写")
_DICTIONARIES = (
    ("kind", "kind"),
    ("field", "field"),
    ("level_before", "level"),
    ("level_after", "level"),
    ("outcome", "outcome"),
)
#: Words of a question whose values are codes.
_CODED = "measure status kind field level_before level_after outcome org office joint".split()


class Unit(NamedTuple):
    """An organisation that may own matters or file them."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Choices:
    """Settings, words of the dictionaries and organisations, as they stand for one scope on one day."""

    settings: Settings
    words: Mapping[str, list[tuple[str, str]]]
    units: Mapping[str, Unit]
    first_year: int
    #: Names of the organisations that take part in joint matters, by code: they may lie outside the reader's scope.
    partners: Mapping[str, str] = field(default_factory=dict)
    #: The names that head the ledger.
    offices: OfficeNames = field(default_factory=OfficeNames)
    #: Query bars already rendered from these choices, by what stands in them: the costly half of a list page.
    bars: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False)
    #: Views of the ledger by who may open them: (id, name).
    views: dict[int, list[tuple[int, str]]] = field(default_factory=dict, compare=False)
    #: Sizes of lists already counted: while nothing is recorded they cannot change.
    totals: dict[tuple[LineQuery, int | None], Total] = field(default_factory=dict, compare=False)

    @property
    def organisations(self) -> dict[str, int]:
        """Code to id of the organisations a question may name."""
        return {code: unit.id for code, unit in self.units.items()}

    def word(self, name: str, code: str) -> str:
        """How a code is called in the option ``name``; the code itself where nobody knows it."""
        if code == NONE:
            return _NONE
        if name in ("org", "office"):
            return self.units[code].name if code in self.units else code
        if name == "joint":
            return self.partners.get(code, code)
        return dict(self.words.get(name, ())).get(code, code)

    def order(self) -> dict[str, list[str]]:
        """The codes of each dictionary in the order the office gave them."""
        return {name: [code for code, _word in self.words[name]] for name, _dictionary in _DICTIONARIES}

    def filters(self, asked: Asked) -> list[tuple[str, str]]:
        """Each filter of a question on single lines, as (word, what it asks for)."""
        return self.texts(asked.args)

    def texts(self, words: Mapping[str, str]) -> list[tuple[str, str]]:
        """The same of the words of a link."""
        found = []
        for name in _CODED:
            if codes := words.get(name):
                found.append((name, "、".join(self.word(name, code) for code in codes.split(","))))
        found += [(name, words[name]) for name in ("month", "q") if name in words]
        return [(name, _NONE if text == NONE else text) for name, text in found]

    def said(self, words: Mapping[str, str]) -> list[tuple[str, str]]:
        """Basis and filters of the words of a link as a page says them: (label, text) in the reader's language."""
        basis, label = words.get("basis", ""), LABELS["basis"]
        found = [] if basis in ("", "concluded") else [(gettext(label), gettext(BASES.get(basis, basis)))]
        fixed = ("measure", "status", "month")
        return found + [
            (gettext(LABELS[name]), listed(*map(gettext, text.split("、"))) if name in fixed else text)
            for name, text in self.texts(words)
        ]


def read_choices(session: Session, scope: Scope, day: date, *, english: bool = False) -> Choices:
    """The choices as the reader's snapshot has them, in English for an English page."""
    book = WordBook(session, english=english)
    words = {name: book.every(dictionary, day) for name, dictionary in _DICTIONARIES}
    words["status"] = [(term.code, term.zh) for term in STATUSES]
    words["basis"] = list(BASES.items())
    words["measure"] = [(measure.id, measure.label) for measure in MEASURES]
    units = {unit.code: unit for unit in _units(session, scope)}
    oldest = session.scalar(select(func.min(LINE.c.declared_on)).where(LINE.c.superseded_at.is_(None)))
    first = min(oldest or day, day).year
    return Choices(settings(session), words, units, first, _partners(session), office_names(session))


def _partners(session: Session) -> dict[str, str]:
    taking_part = select(CoOrganiser.organisation_id)
    query = select(Organisation.code, Organisation.name).where(Organisation.id.in_(taking_part))
    return {row.code: row.name for row in session.execute(query)}


def _units(session: Session, scope: Scope) -> list[Unit]:
    """Organisations in scope that can own or file matters; closed ones too: their lines are still in the ledger."""
    query = select(Organisation.id, Organisation.code, Organisation.name).where(Organisation.kind != "third_party")
    if scope.kind == "own":
        query = query.where(Organisation.id.in_(scope.organisation_ids))
    elif scope.organisation_id is not None:
        query = query.where(Organisation.id.in_(subtree(*scope.organisation_ids)))
    return [Unit(*row) for row in session.execute(query.order_by(Organisation.code)).all()]


class ChoiceShelf:
    """Choices kept for the newest moment of recording: any change of a word, setting or unit is itself recorded."""

    def __init__(self) -> None:
        # Moment and choices are swapped together, so that threads of different snapshots never mix them.
        self._shelf: tuple[int, dict[tuple[Scope, date, bool], Choices]] = (-1, {})

    def get(self, session: Session, scope: Scope, day: date, *, newest: int, english: bool = False) -> Choices:
        """The choices of this scope; read anew when anything was recorded since."""
        moment, kept = self._shelf
        if moment != newest:
            kept = {}
            self._shelf = (newest, kept)
        found = kept.get((scope, day, english))
        if found is None:
            found = kept[scope, day, english] = read_choices(session, scope, day, english=english)
        return found
