"""Writes of settings and dictionaries."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.settings.models import DictionaryEntry, Setting
from risk_registry.settings.queries import DEFAULTS


def change_setting(session: Session, actor: Actor, key: str, value: str, *, basis: str = "", reason: str = "") -> None:
    """Set one value. A term (deadline) needs the document it rests on. Raises ``Refused`` for an unknown key."""
    if key not in DEFAULTS:
        raise Refused.one("key", N_("没有这项设置：%(key)s"), key=key)
    if key.startswith("term_") and key != "term_word" and value and not basis:
        raise Refused.one("basis", N_("启用办理期限须写明依据文件。"))
    row = session.scalar(select(Setting).where(Setting.key == key))
    if row is None:
        row = Setting(key=key)
        session.add(row)
    row.value, row.basis = value, basis
    record(session, actor, "change_setting", row, reason=reason)


def seed_dictionaries(session: Session, actor: Actor) -> None:
    """Fill the dictionaries with the shipped rows; words already there stay as they are."""
    rows = session.execute(select(DictionaryEntry.dictionary, DictionaryEntry.code))
    known = {(row.dictionary, row.code) for row in rows}
    for name, terms in DICTIONARIES.items():
        for position, term in enumerate(terms):
            if (name, term.code) in known:
                continue
            entry = DictionaryEntry(
                dictionary=name,
                code=term.code,
                label=term.zh,
                label_en=term.en,
                axis=term.axis,
                position=position,
                valid_from=None,
                valid_to=None,
            )
            session.add(entry)
            record(session, actor, "add_dictionary_entry", entry)
