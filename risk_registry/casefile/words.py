"""Words that lines keep, as the reader of a page wants them. Papers and exports show them as they were recorded."""

from __future__ import annotations

from flask import g
from sqlalchemy import select

from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.db.extension import db
from risk_registry.settings.models import DictionaryEntry
from risk_registry.settings.queries import ENGLISH, capital
from risk_registry.web.i18n import is_english

_SHIPPED = {term.zh: ENGLISH[name, term.code] for name, terms in DICTIONARIES.items() for term in terms}


def said(word: str | None) -> str:
    """A recorded dictionary word in the reader's language; one that has no English stays as the office wrote it."""
    if not word or not is_english():
        return word or ""
    known: dict[str, str] | None = g.get("english_words")
    if known is None:
        rows = db.session.execute(select(DictionaryEntry.label, DictionaryEntry.label_en)).all()
        known = g.english_words = {**_SHIPPED, **{row.label: capital(row.label_en) for row in rows if row.label_en}}
    return known.get(word, word)
