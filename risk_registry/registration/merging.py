"""A save that meets another's: what only one of the two changed is brought together, the rest is put to who saves.

The page carries, as ``base``, the texts it was read with. It says nothing the reader could not type himself, so it
needs no signature: it only decides which of his own boxes count as touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from risk_registry.core.merge import Merged, three_way
from risk_registry.core.problems import Conflict
from risk_registry.core.text_marks import N_
from risk_registry.web import access
from risk_registry.web.forms import DeclaredForm
from risk_registry.web.inputs import ChoiceControl, DeclaredControl

BASE = "base"
#: ``keep-title=theirs``: of this cell, what is stored shall stand.
KEEP = "keep-"
_OPEN = N_("本事项已被他人更新，其中有您也改动过的内容，请在下面逐项选择后再保存。您填写的内容仍在页面上。")


@dataclass(frozen=True)
class Choice:
    """One cell that both changed: its name and label, what the page was read with, what is stored, what was typed."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str


def base_text(form: DeclaredForm) -> str:
    """What a page carries along: the texts its boxes began with."""
    return json.dumps(form.filled(), ensure_ascii=False, sort_keys=True)


def _posted_base() -> dict[str, str] | None:
    try:
        found = json.loads(request.form.get(BASE, ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): text for name, text in found.items() if isinstance(text, str)}


def carried(form: DeclaredForm) -> str:
    """The base of a page that is opened, or shown again with its faults."""
    if request.method not in access.SAFE_METHODS:
        return request.form.get(BASE, "")
    return base_text(form)


def keep_theirs(form: DeclaredForm, stored: DeclaredForm) -> None:
    """Put what is stored into the boxes for which the reader chose so."""
    for item in form.controls():
        if request.form.get(KEEP + item.short_name) == "theirs":
            item.take(_control(stored, item.short_name).text)


def meet(form: DeclaredForm, stored: DeclaredForm) -> list[str]:
    """Bring a posted form together with what is stored now; the labels of what was taken from there.

    Raises ``Conflict`` when both changed the same cell, or when nobody knows what the page was read with.
    """
    merged = _merged(form, stored)
    if merged is None or merged.open:
        raise Conflict.one("", _OPEN)
    return _take(form, merged)


def choices_to_make(form: DeclaredForm, stored: DeclaredForm) -> list[Choice]:
    """What both changed, for a page that asks; what only the other changed already stands in the boxes."""
    base, merged = _posted_base(), _merged(form, stored)
    if merged is None:
        return []
    _take(form, merged)
    before = type(stored)(None, raw=base, choices=stored._choices)
    return [
        Choice(name, str(form[name].label.text), *(_words(_control(item, name)) for item in (before, stored, form)))
        for name in merged.open
    ]


def _merged(form: DeclaredForm, stored: DeclaredForm) -> Merged | None:
    base = _posted_base()
    return None if base is None else three_way(base, _texts(stored), _texts(form))


def _texts(form: DeclaredForm) -> Mapping[str, str]:
    # A long text comes back from a browser with other line ends than it was sent.
    return {name: text.replace("\r\n", "\n") for name, text in form.filled().items()}


def _take(form: DeclaredForm, merged: Merged) -> list[str]:
    for name in merged.taken:
        _control(form, name).take(merged.values[name])
    return [str(_control(form, name).label.text) for name in merged.taken]


def _control(form: DeclaredForm, name: str) -> DeclaredControl:
    item: Any = form[name]
    assert isinstance(item, DeclaredControl)
    return item


def _words(item: DeclaredControl) -> str:
    if isinstance(item, ChoiceControl) and item.label_of_choice():
        return item.label_of_choice()
    return item.text or gettext("（空）")
