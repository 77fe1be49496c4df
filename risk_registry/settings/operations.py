"""Writes of settings and dictionaries."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.settings.entries import BY_KEY
from risk_registry.settings.models import DictionaryEntry, Setting
from risk_registry.settings.queries import Held, held

BASIS = Field("basis", N_("依据文件"), Kind.TEXT, "setting", length=200, official=True)
_LOCK = 0x5352_5345


def change_setting(
    session: Session,
    actor: Actor,
    key: str,
    value: str,
    *,
    basis: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """Set one value. A term (deadline) that is switched on needs the document it rests on.

    ``version`` is that of the page it was changed on (``queries.Held``). Raises ``Refused`` on ``value`` or ``basis``
    for what the setting cannot be, ``NotAllowed`` for an account whose setting it is not and for one with a page (and
    an operation) of its own, ``Conflict`` when somebody
    changed it meanwhile.
    """
    entry = BY_KEY.get(key)
    if entry is None:
        raise Refused.one("key", N_("没有这项设置：%(key)s"), key=key)
    if entry.page:
        raise NotAllowed.one("", N_("“%(label)s”不能作为一般设置修改，请到它自己的页面办理"), label=entry.label)
    if actor.kind == "account" and not actor.has(*entry.keepers):
        raise NotAllowed.one("", N_("您没有修改这项设置的权限，请联系系统管理员"))
    checked, document = entry.checked(value), str(parse(BASIS, basis) or "")
    if entry.needs_basis and checked and not document:
        raise Refused.one("basis", N_("启用办理期限须写明依据文件。"))
    hold_settings(session)
    if version is not None:
        _compare(held(session)[key], checked, document, version=version)
    row = session.scalar(select(Setting).where(Setting.key == key))
    if row is None:
        row = Setting(key=key)
        session.add(row)
    row.value, row.basis = checked, document
    record(session, actor, "change_setting", row, reason=reason)


def hold_settings(session: Session) -> None:
    """One change of settings and dictionaries at a time, to the end of the transaction.

    Two that begin at once would else both find what they were read at, and the second would undo the first unseen.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _compare(now: Held, value: str, basis: str, *, version: int) -> None:
    if version != now.version:
        raise Conflict.one(
            "", N_("这项设置在您打开页面后已被他人修改，现为“%(value)s”，请核对后再保存"), value=now.value
        )
    if (value, basis) == (now.value, now.basis):
        raise Refused.one("value", N_("与现在的设置相同，没有可保存的改动"))


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
