"""Naming, changing and dropping views of the ledger. The caller commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account
from risk_registry.audit.operations import record_fact
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.ledgers.fields import NAME, SHARE_WITH_ALL, SHARED, SHARES, TITLE
from risk_registry.ledgers.models import LedgerView
from risk_registry.ledgers.showing import USUAL, Showing

#: Views one account may keep.
MOST = 50

_TAKEN = N_("您已有名为“%(name)s”的视图，请换一个名称，或修改原有的视图")
_NOT_YOURS = N_("只有建立者可以修改这个视图；您可以打开后另存为自己的视图")
_CHANGED = N_("您打开页面之后，这个视图已被修改。您填写的内容已保留，请核对后再保存。")


@dataclass(frozen=True)
class ViewContent:
    """What a view holds: its question in words (``year``: ``this`` or ``last`` where it moves), and how it is shown."""

    name: str
    shared: str
    words: Mapping[str, str]
    showing: Showing
    heading: str = ""

    def checked(self) -> ViewContent:
        """The same with its texts cleaned. Raises ``Refused`` naming every fault."""
        problems: list[Problem] = []
        texts = {}
        for field, text in ((NAME, self.name), (TITLE, self.heading)):
            try:
                texts[field.name] = str(parse(field, text) or "")
            except Refused as refused:
                problems += refused.problems
        if not problems and not texts["name"]:
            problems.append(Problem("name", N_("请填写%(label)s"), {"label": NAME.label}))
        if self.shared not in {term.code for term in SHARES}:
            problems.append(Problem("shared", N_("%(label)s：请从列出的选项中选择"), {"label": SHARED.label}))
        if problems:
            raise Refused(problems)
        return ViewContent(texts["name"], self.shared, self.words, self.showing, texts["heading"])


def save_view(session: Session, actor: Actor, content: ViewContent) -> LedgerView:
    """Keep a question and how it is shown under a name of the actor's own.

    Raises ``Refused`` for a name already taken or too many views, ``NotAllowed`` for a share the roles do not cover.
    """
    if actor.account_id is None or actor.organisation_id is None:
        raise NotAllowed.one("", N_("只有登录的账号可以保存视图"))
    content = content.checked()
    _require_share(actor, content.shared)
    _require_name(session, actor, content.name)
    kept = session.scalar(select(func.count()).where(LedgerView.account_id == actor.account_id)) or 0
    if kept >= MOST:
        raise Refused.one("", N_("每个账号最多保存 %(most)s 个视图，请先删去不用的"), most=MOST)
    view = LedgerView(account_id=actor.account_id, organisation_id=actor.organisation_id, name=content.name)
    _fill(session, actor, view, content)
    session.add(view)
    session.flush()
    _record(session, actor, "save_view", view)
    return view


def change_view(
    session: Session, actor: Actor, view: LedgerView, content: ViewContent, *, version: int | None
) -> LedgerView:
    """Change a view of one's own. Raises ``Conflict`` when it was changed since ``version`` was read."""
    if view.account_id != actor.account_id:
        raise NotAllowed.one("", _NOT_YOURS)
    if version != view.version:
        raise Conflict.one("", _CHANGED)
    content = content.checked()
    _require_share(actor, content.shared)
    if content.name != view.name:
        _require_name(session, actor, content.name)
    # Whoever changes a view after a move to another organisation shares it there.
    view.name, view.organisation_id = content.name, actor.organisation_id or view.organisation_id
    _fill(session, actor, view, content)
    session.flush()
    _record(session, actor, "change_view", view)
    return view


def delete_view(session: Session, actor: Actor, view: LedgerView, *, version: int | None) -> None:
    """Drop a view: one's own, or a shared one that a closed account left behind. Links in words go on working."""
    if not may_delete(session, actor, view):
        raise NotAllowed.one("", _NOT_YOURS)
    if version != view.version:
        raise Conflict.one("", _CHANGED)
    _record(session, actor, "delete_view", view)
    session.delete(view)
    session.flush()


def may_delete(session: Session, actor: Actor, view: LedgerView) -> bool:
    """Whether the actor may drop it: the owner; a closed account's view, those it was shared with."""
    if view.account_id == actor.account_id:
        return True
    if session.get_one(Account, view.account_id).active:
        return False
    if view.shared == "organisation":
        return actor.stands_for(view.organisation_id)
    return view.shared == "all" and actor.has(*SHARE_WITH_ALL)


def _require_share(actor: Actor, shared: str) -> None:
    if shared == "all" and not actor.has(*SHARE_WITH_ALL):
        raise Refused.one("shared", N_("共享给所有人须由备案经办、备案审核或统计员保存；您可以共享给本单位"))


def _require_name(session: Session, actor: Actor, name: str) -> None:
    taken = select(LedgerView.id).where(LedgerView.account_id == actor.account_id, LedgerView.name == name)
    if session.scalar(taken) is not None:
        raise Refused.one("name", _TAKEN, name=name)


def _fill(session: Session, actor: Actor, view: LedgerView, content: ViewContent) -> None:
    clock: Clock = session.info["clock"]
    showing = content.showing
    view.shared = content.shared
    view.words = json.dumps(dict(content.words), ensure_ascii=False, sort_keys=True)
    view.columns = json.dumps([] if showing.keys == USUAL[1:] else list(showing.keys))
    view.sorted_by = showing.sort or "registered"
    # Other parts of a layout that a newer release may keep here stay as they are.
    layout = json.loads(view.layout) if view.layout else {}
    layout.pop("title", None)
    view.layout = json.dumps({**layout, **({"title": content.heading} if content.heading else {})}, ensure_ascii=False)
    view.updated_at = to_stamp(clock.now())


def _record(session: Session, actor: Actor, action: str, view: LedgerView) -> None:
    note = {"shared": {term.code: term.zh for term in SHARES}[view.shared]}
    record_fact(session, actor, action, kind="ledger_view", text=view.name, subject_id=view.id, note=note)
