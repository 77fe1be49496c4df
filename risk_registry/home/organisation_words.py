"""What the log says of organisations and accounts in words: kinds, lineage, and units by name instead of by id."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from risk_registry.accounts.scope import SCOPES
from risk_registry.casefile.presentation import Wording
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import labels
from risk_registry.home.log import Change
from risk_registry.organisations.fields import ORGANISATION_KINDS, REGISTRATION_STATUSES

#: Kinds of things whose events name organisations by their columns.
SUBJECTS = frozenset({"organisation", "account"})

_UNITS = {"parent_id": N_("上级机构"), "successor_id": N_("承接机构"), "organisation_id": N_("所属机构")}
_REFORMS: Mapping[str, str] = {"merge": N_("合并"), "split": N_("拆分")}
_CODES: dict[str, tuple[str, Mapping[str, str]]] = {
    "kind": (N_("机构类型"), labels(ORGANISATION_KINDS)),
    "reg_status": (N_("第三方备案状态"), labels(REGISTRATION_STATUSES)),
    "scope": (N_("数据范围"), labels(SCOPES)),
}
_NOTES = {
    "effective_on": N_("生效日期"),
    "valid_from": N_("启用日期"),
    "successor": N_("承接机构"),
    "successors": N_("承接机构"),
    "owner_org": N_("评估主体"),
    "filing_office": N_("备案机关"),
}


def organisation_change(change: Change, wording: Wording) -> tuple[str, str, str] | None:
    """(label, before, after) of a recorded column of an organisation or account; ``None`` where it needs no words."""
    row, _, name = change.name.rpartition(".")
    if name in _UNITS:
        return gettext(_UNITS[name]), _unit(change.before, wording), _unit(change.after, wording)
    if row.startswith("succession"):
        if name != "kind":
            return None
        return gettext(N_("改革")), _word(_REFORMS, change.before), _word(_REFORMS, change.after)
    if name not in _CODES:
        return None
    label, words = _CODES[name]
    return gettext(label), _word(words, change.before), _word(words, change.after)


def note_label(name: str) -> str:
    """What a note of an event is called; its own name where there is no word for it."""
    return str(gettext(_NOTES[name])) if name in _NOTES else name


def _word(words: Mapping[str, str], code: str) -> str:
    return str(gettext(words[code])) if code in words else code


def _unit(number: str, wording: Wording) -> str:
    try:
        return wording.name(int(number)) if number else ""
    except (KeyError, ValueError):
        return number
