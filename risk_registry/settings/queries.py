"""Reads of settings and dictionaries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.core.workflow import Switches
from risk_registry.settings.models import DictionaryEntry, Setting

#: Every setting with the value it has until the office sets its own.
DEFAULTS: dict[str, str] = {
    "office_name": "",
    "region": "",
    "term_word": "社会稳定风险评估",
    "seal_assessor": "评估单位",
    "seal_decision": "决策部门意见",
    "seal_office": "备案机关意见",
    "seal_upper": "上级备案",
    "number_pattern": "{short}稳评备〔{year}〕{seq}号",
    "screening_first": "off",
    "head_signs_online": "off",
    "separation": "off",
    "partial_counts_as_pass": "on",
    "high_may_pass": "off",
    "minimum_notice_days": "10",
    "minimum_experts": "3",
    "term_file_within": "",
    "term_office_check": "",
    "term_correction": "",
    "demo": "off",
}


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


class WordBook:
    """Every word of every dictionary, to be asked for the day it was valid."""

    def __init__(self, session: Session) -> None:
        self._words: dict[tuple[str, str], list[DictionaryEntry]] = defaultdict(list)
        self._order: dict[str, list[str]] = defaultdict(list)
        for entry in session.scalars(select(DictionaryEntry).order_by(DictionaryEntry.position, DictionaryEntry.id)):
            self._words[entry.dictionary, entry.code].append(entry)
            if entry.code not in self._order[entry.dictionary]:
                self._order[entry.dictionary].append(entry.code)
        self._shipped = {(name, term.code): term.zh for name, terms in DICTIONARIES.items() for term in terms}

    def text(self, dictionary: str, code: str | None, day: date) -> str:
        """The word of ``code`` valid on ``day``; the shipped word, else the code itself, where the office has none."""
        if not code:
            return ""
        for entry in self._words.get((dictionary, code), ()):
            if _valid(entry, day):
                return entry.label
        return self._shipped.get((dictionary, code), code)

    def choices(self, dictionary: str, day: date) -> list[tuple[str, str]]:
        """Code and word of the entries valid on ``day``, in the office's order."""
        codes = self._order.get(dictionary) or [term.code for term in DICTIONARIES[dictionary]]
        return [(code, self.text(dictionary, code, day)) for code in codes if self._offered(dictionary, code, day)]

    def _offered(self, dictionary: str, code: str, day: date) -> bool:
        entries = self._words.get((dictionary, code))
        return not entries or any(_valid(entry, day) for entry in entries)


def _valid(entry: DictionaryEntry, day: date) -> bool:
    return (entry.valid_from is None or entry.valid_from <= day) and (entry.valid_to is None or day <= entry.valid_to)
