"""Reads of settings and dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.queries import events_about
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.core.workflow import Switches
from risk_registry.settings.entries import ENTRIES
from risk_registry.settings.models import DictionaryEntry, Setting

#: Every setting with the value it has until the office sets its own.
DEFAULTS: dict[str, str] = {entry.key: entry.default for entry in ENTRIES}


def capital(word: str) -> str:
    """With a capital at its beginning, as labels and options are written in English."""
    return word[:1].upper() + word[1:]


#: English words of the shipped dictionaries, by dictionary and code.
ENGLISH = {(name, term.code): capital(term.en) for name, terms in DICTIONARIES.items() for term in terms}


@dataclass(frozen=True)
class Settings:
    """The settings in force, typed where the program decides by them."""

    values: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values[key]

    def on(self, key: str) -> bool:
        """Whether a switch is on."""
        return self.values[key] == "on"

    def number(self, key: str) -> int:
        """A whole-number setting; zero when empty."""
        return int(self.values[key] or 0)

    @property
    def switches(self) -> Switches:
        """The switches of the state machine."""
        return Switches(self.on("screening_first"), self.on("head_signs_online"))

    @property
    def pass_codes(self) -> frozenset[str]:
        """Outcomes that count as passed (DOMAIN §8c, setting ``partial_counts_as_pass``)."""
        if self.on("partial_counts_as_pass"):
            return frozenset({"implement", "partial", "phased"})
        return frozenset({"implement"})


def settings(session: Session) -> Settings:
    """The settings in force."""
    rows = session.execute(select(Setting.key, Setting.value)).all()
    return Settings({**DEFAULTS, **{row.key: row.value for row in rows}})


@dataclass(frozen=True)
class Held:
    """A setting as it stands: value, the document it rests on, and its last change; ``version`` 0 when never set."""

    value: str
    basis: str = ""
    version: int = 0
    changed_at: int | None = None
    changed_by: str = ""
    reason: str = ""


def held(session: Session) -> dict[str, Held]:
    """Every setting as it stands, by key."""
    rows = {row.id: row for row in session.scalars(select(Setting))}
    last = {event.subject_id: event for event in events_about(session, Setting.subject_kind, list(rows))}
    found = {key: Held(value) for key, value in DEFAULTS.items()}
    for number, row in rows.items():
        event = last.get(number)
        if event is None:
            found[row.key] = Held(row.value, row.basis)
        else:
            found[row.key] = Held(row.value, row.basis, event.seq, event.recorded_at, event.actor, event.reason)
    return found


class WordBook:
    """Every word of every dictionary, to be asked for the day it was valid.

    ``english`` gives the English words, as pages for an English reader want them; an entry of the office's own without
    one keeps its Chinese word. Lines, exports and papers are always written with the Chinese ones.
    """

    def __init__(self, session: Session, *, english: bool = False) -> None:
        self._english = english
        self._words: dict[tuple[str, str], list[DictionaryEntry]] = defaultdict(list)
        self._order: dict[str, list[str]] = defaultdict(list)
        for entry in session.scalars(select(DictionaryEntry).order_by(DictionaryEntry.position, DictionaryEntry.id)):
            self._words[entry.dictionary, entry.code].append(entry)
            if entry.code not in self._order[entry.dictionary]:
                self._order[entry.dictionary].append(entry.code)
        self._shipped = {(name, term.code): term.zh for name, terms in DICTIONARIES.items() for term in terms}

    def text(self, dictionary: str, code: str | None, day: date) -> str:
        """The word of ``code`` valid on ``day``; the shipped word, else the code itself, where the office has none.

        A word that has ended is still what its code was last called, one not yet begun what it will first be called.
        """
        if not code:
            return ""
        entries = self._words.get((dictionary, code))
        if entries:
            return self._said(dictionary, code, _closest(entries, day))
        if self._english and (dictionary, code) in ENGLISH:
            return ENGLISH[dictionary, code]
        return self._shipped.get((dictionary, code), code)

    def _said(self, dictionary: str, code: str, entry: DictionaryEntry) -> str:
        if not self._english:
            return entry.label
        if entry.label_en:
            return capital(entry.label_en)
        return ENGLISH[dictionary, code] if self._shipped.get((dictionary, code)) == entry.label else entry.label

    def choices(self, dictionary: str, day: date) -> list[tuple[str, str]]:
        """Code and word of the entries valid on ``day``, in the office's order."""
        codes = self._order.get(dictionary) or [term.code for term in DICTIONARIES[dictionary]]
        return [(code, self.text(dictionary, code, day)) for code in codes if self._offered(dictionary, code, day)]

    def every(self, dictionary: str, day: date) -> list[tuple[str, str]]:
        """Code and word of all entries, those no longer offered too: old lines are asked for by them."""
        codes = self._order.get(dictionary) or [term.code for term in DICTIONARIES[dictionary]]
        return [(code, self.text(dictionary, code, day)) for code in codes]

    def _offered(self, dictionary: str, code: str, day: date) -> bool:
        entries = self._words.get((dictionary, code))
        return not entries or any(_valid(entry, day) for entry in entries)


def _closest(entries: Sequence[DictionaryEntry], day: date) -> DictionaryEntry:
    """The entry valid on ``day``, else the last one begun before it, else the first one to begin."""
    ordered = sorted(entries, key=lambda entry: entry.valid_from or date.min)
    begun = [entry for entry in ordered if (entry.valid_from or date.min) <= day]
    return begun[-1] if begun else ordered[0]


def _valid(entry: DictionaryEntry, day: date) -> bool:
    return (entry.valid_from is None or entry.valid_from <= day) and (entry.valid_to is None or day <= entry.valid_to)
