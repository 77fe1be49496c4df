"""What an office may change in its dictionaries, and the acts: own entries, other words from a day on, their order.

A code that was ever there stays: lines and records refer to it. A word changed from a day on gets a later row of its
own, so that what was written before keeps its word (DOMAIN §8d 28).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record
from risk_registry.audit.queries import events_about
from risk_registry.core.actors import Actor
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.settings.models import DictionaryEntry
from risk_registry.settings.operations import hold_settings, seed_dictionaries

LABEL = Field("label", N_("名称"), Kind.TEXT, "entry", length=32)
LABEL_EN = Field("label_en", N_("英文名称"), Kind.TEXT, "entry", length=64, guarded=False)
REASON = Field("reason", N_("说明"), Kind.TEXT, "entry", length=200, official=True)

_CODE = re.compile(r"[a-z][a-z0-9_]{0,30}")
_OWN = "own"

#: Told which word of which dictionary reads otherwise from which day on, so that lines of those days follow.
Reworded = Callable[[str, str, date], object]


@dataclass(frozen=True)
class Book:
    """One dictionary. ``grows``: the office may add entries and end any of them; else the program goes by its codes
    and only those in ``may_end`` may be taken out of use.
    """

    name: str
    label: str
    grows: bool = False
    may_end: frozenset[str] = frozenset()

    @property
    def axes(self) -> tuple[str, ...]:
        """Classes of the quarterly table its entries roll up into (DOMAIN §4.4), in shipped order."""
        return tuple(dict.fromkeys(term.axis for term in DICTIONARIES[self.name] if term.axis))


#: Dictionaries an office keeps. The statuses are not among them: they are steps of the procedure, not words.
BOOKS = {
    book.name: book
    for book in (
        Book("kind", N_("事项分类"), grows=True),
        Book("field", N_("涉及领域"), grows=True),
        Book("decision_level", N_("决策层级"), grows=True),
        Book("consultation_method", N_("调查方式"), grows=True),
        Book("level", N_("风险等级")),
        Book("outcome", N_("评估结论"), may_end=frozenset({"partial", "phased"})),
        Book("decision_result", N_("决策结果"), may_end=frozenset({"partial", "phased"})),
        Book("procedure", N_("评估程序"), may_end=frozenset({"simplified"})),
        Book("mode", N_("评估方式"), may_end=frozenset({"commissioned"})),
        Book("method", N_("评估方法"), may_end=frozenset({"INDEX_428"})),
        Book("test_result", N_("分项评估结论")),
        Book("screening", N_("应评判定")),
        Book("sensitivity", N_("公开属性"), may_end=frozenset({"internal"})),
        Book("trigger", N_("评估启动原因")),
        Book("review_result", N_("评审结果")),
        Book("implementation", N_("实施状态")),
        Book("risk_area", N_("风险领域")),
    )
}


def entries(session: Session, name: str) -> list[list[DictionaryEntry]]:
    """The rows of a dictionary: one list for each code, oldest row first, in the office's order."""
    rows = session.scalars(
        select(DictionaryEntry)
        .where(DictionaryEntry.dictionary == name)
        .order_by(DictionaryEntry.position, DictionaryEntry.id)
    )
    found: dict[str, list[DictionaryEntry]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return [sorted(group, key=_first_day) for group in found.values()]


def version_of(session: Session, rows: Sequence[DictionaryEntry]) -> int:
    """Number of the newest event about these rows: what a page of the entry was read at."""
    return max((event.seq for event in events_about(session, "dictionary_entry", [row.id for row in rows])), default=0)


def add_entry(
    session: Session,
    actor: Actor,
    name: str,
    *,
    label: str,
    valid_from: date,
    label_en: str = "",
    axis: str = "",
    code: str = "",
    reason: str = "",
) -> DictionaryEntry:
    """Add an entry of the office's own; without a ``code`` it gets one. Raises ``Refused``, ``NotAllowed``."""
    book = _may_change(session, actor, name)
    if not book.grows:
        raise Refused.one("label", N_("%(label)s由办理程序决定，不能增加项目，只能改名称"), label=book.label)
    groups = entries(session, name)
    known = {group[0].code for group in groups}
    code = code or next(f"{_OWN}{n}" for n in range(1, len(known) + 2) if f"{_OWN}{n}" not in known)
    if _CODE.fullmatch(code) is None:
        raise Refused.one("code", N_("代码：以小写字母开头，只能用小写字母、数字和下划线，最多31位"))
    if code in known:
        raise Refused.one("code", N_("代码：“%(code)s”已被使用，请改用其他代码"), code=code)
    entry = DictionaryEntry(
        dictionary=name,
        code=code,
        label=_label(groups, label, code=code),
        label_en=str(parse(LABEL_EN, label_en) or ""),
        axis=_axis(book, axis),
        position=max((row.position for group in groups for row in group), default=-1) + 1,
        valid_from=valid_from,
        valid_to=None,
    )
    session.add(entry)
    record(session, actor, "add_dictionary_entry", entry, reason=reason)
    return entry


def relabel_entry(
    session: Session,
    actor: Actor,
    name: str,
    code: str,
    *,
    label: str,
    valid_from: date,
    reworded: Reworded,
    label_en: str = "",
    axis: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """Give an entry another word from ``valid_from`` on, or take an ended one into use again from that day.

    Lines of that day and later follow by way of ``reworded``; older ones keep their word. The English word and the
    quarterly class stand in no line and change at once.
    """
    book = _may_change(session, actor, name)
    groups = entries(session, name)
    rows = _rows(session, groups, code, version)
    last = rows[-1]
    label = _label(groups, label, code=code)
    label_en, axis = str(parse(LABEL_EN, label_en) or ""), _axis(book, axis)
    same_word = label == last.label and last.valid_to is None
    if same_word and (label_en, axis) == (last.label_en, last.axis):
        raise Refused.one("label", N_("与现在的名称相同，没有可保存的改动"))
    if same_word or valid_from == last.valid_from:
        last.label, last.label_en, last.axis, last.valid_to = label, label_en, axis, None
        record(session, actor, "relabel_dictionary_entry", last, reason=reason)
    else:
        _follow(session, actor, last, DictionaryEntry(
            dictionary=name, code=code, label=label, label_en=label_en, axis=axis, position=last.position,
            valid_from=valid_from, valid_to=None,
        ), reason=reason)  # fmt: skip
    if not same_word:
        reworded(name, code, valid_from)


def end_entry(
    session: Session,
    actor: Actor,
    name: str,
    code: str,
    *,
    valid_to: date,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Set the last day on which an entry may be chosen. What was recorded with it stays as it is."""
    book = _may_change(session, actor, name)
    groups = entries(session, name)
    last = _rows(session, groups, code, version)[-1]
    if not book.grows and code not in book.may_end:
        raise Refused.one("valid_to", N_("“%(label)s”由办理程序使用，不能停用，只能改名称"), label=last.label)
    if last.valid_to is not None:
        raise Refused.one("valid_to", N_("“%(label)s”已经停用"), label=last.label)
    if last.valid_from is not None and valid_to < last.valid_from:
        raise Refused.one("valid_to", N_("停用日期：不能早于启用日期%(day)s"), day=last.valid_from.isoformat())
    if not any(group[-1].valid_to is None for group in groups if group[-1] is not last):
        raise Refused.one("valid_to", N_("停用日期：这是最后一个在用的项目，请先增加其他项目"))
    last.valid_to = valid_to
    record(session, actor, "end_dictionary_entry", last, reason=reason)


def move_entry(session: Session, actor: Actor, name: str, code: str, *, up: bool) -> None:
    """Put an entry one place up or down; at the end of the list nothing happens."""
    _may_change(session, actor, name)
    groups = entries(session, name)
    place = next((place for place, group in enumerate(groups) if group[0].code == code), None)
    if place is None:
        raise Refused.one("", N_("字典中没有这一项，请刷新页面"))
    other = place - 1 if up else place + 1
    if not 0 <= other < len(groups):
        return
    groups[place], groups[other] = groups[other], groups[place]
    for position, group in enumerate(groups):
        for row in group:
            if row.position != position:
                row.position = position
                record(session, actor, "move_dictionary_entry", row)


def _follow(session: Session, actor: Actor, last: DictionaryEntry, fresh: DictionaryEntry, *, reason: str) -> None:
    """Let ``fresh`` take over from ``last``."""
    assert fresh.valid_from is not None
    if last.valid_from is not None and fresh.valid_from < last.valid_from:
        raise Refused.one(
            "valid_from", N_("启用日期：不能早于现用名称的启用日期%(day)s"), day=last.valid_from.isoformat()
        )
    before = fresh.valid_from - timedelta(days=1)
    if last.valid_to is None or last.valid_to > before:
        last.valid_to = before
        record(session, actor, "relabel_dictionary_entry", last, reason=reason)
    session.add(fresh)
    record(session, actor, "relabel_dictionary_entry", fresh, reason=reason)


def _may_change(session: Session, actor: Actor, name: str) -> Book:
    if actor.kind == "account" and not actor.has("sysadmin"):
        raise NotAllowed.one("", N_("字典由系统管理员维护，您没有修改的权限"))
    book = BOOKS.get(name)
    if book is None:
        raise Refused.one("", N_("没有这部字典，或这部字典不能修改"))
    hold_settings(session)
    # A registry older than the shipped words of today lacks some of the rows.
    seed_dictionaries(session, actor)
    return book


def _rows(
    session: Session, groups: list[list[DictionaryEntry]], code: str, version: int | None
) -> list[DictionaryEntry]:
    rows = next((group for group in groups if group[0].code == code), None)
    if rows is None:
        raise Refused.one("", N_("字典中没有这一项，请刷新页面"))
    if version is not None and version != version_of(session, rows):
        raise Conflict.one("", N_("这一项在您打开页面后已被他人修改，请核对后再保存"))
    return rows


def _label(groups: list[list[DictionaryEntry]], label: str, *, code: str) -> str:
    text = str(parse(LABEL, label, required=True))
    wanted = comparison_key(text)
    for group in groups:
        row = group[-1]
        if row.code != code and row.valid_to is None and comparison_key(row.label) == wanted:
            raise Refused.one("label", N_("名称：“%(label)s”已是另一项的名称，请换一个"), label=text)
    return text


def _axis(book: Book, axis: str) -> str:
    if axis and axis not in book.axes:
        raise Refused.one("axis", N_("季报类别：请从列出的选项中选择"))
    if book.axes and not axis:
        raise Refused.one("axis", N_("请选择季报类别"))
    return axis


def _first_day(row: DictionaryEntry) -> date:
    return row.valid_from or date.min
