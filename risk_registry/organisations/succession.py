"""Mergers and splits (机构改革) as far as organisations go: who is closed, who follows, and where each hangs.

A predecessor is closed the day before and put below its successor, so that scopes by today's tree hold what it owned.
Its rounds and accounts are moved by `casefile.reorganisation`, which calls this first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.organisations.models import Organisation, OrganisationSuccession, OrganisationTree
from risk_registry.organisations.operations import CHANGED, open_name
from risk_registry.organisations.tree import cut, graft, lock_tree

_BASIS_LENGTH = 500


@dataclass(frozen=True)
class Heir:
    """A successor of a split, and whether it inherits: sees and finishes what the predecessor owned."""

    organisation: Organisation
    inherits: bool = True


@dataclass(frozen=True)
class Reform:
    """The facts of a reorganisation: its first day, and the document that orders it."""

    effective_on: date
    basis: str


def merge_organisations(
    session: Session,
    actor: Actor,
    *,
    predecessors: Sequence[Organisation],
    successor: Organisation,
    reform: Reform,
    today: date,
) -> None:
    """Close the predecessors the day before and let the successor carry on their work.

    What hangs below them moves to the successor. Raises ``Refused`` with every problem, ``NotAllowed``.
    """
    _administrator(actor)
    reform = _checked(reform, today)
    _lock(session, [*predecessors, successor])
    problems = _predecessor_problems(predecessors, reform)
    problems += _successor_problems(predecessors, [successor], reform)
    if problems:
        raise Refused(problems)
    _lift(session, actor, successor, predecessors, reform)
    for predecessor in predecessors:
        for child in open_children(session, predecessor, besides=[*predecessors, successor]):
            _move(session, actor, child, successor, reform)
    for predecessor in predecessors:
        _follow(session, predecessor, Heir(successor), kind="merge", reform=reform)
        _close(session, predecessor, successor, reform)
        note = {"successor": successor.subject_text, "effective_on": reform.effective_on}
        record(session, actor, "merge_organisation", predecessor, reason=reform.basis, note=note)


def split_organisation(
    session: Session,
    actor: Actor,
    predecessor: Organisation,
    *,
    heirs: Sequence[Heir],
    children: Mapping[int, Organisation],
    reform: Reform,
    today: date,
) -> None:
    """Close an organisation the day before and let several carry on its work, each with a part of it.

    It is put below the first that inherits. ``children`` says by id where what hangs below it goes; the rest goes to
    that first one, too. Raises ``Refused`` with every problem, ``NotAllowed``.
    """
    _administrator(actor)
    reform = _checked(reform, today)
    _lock(session, [predecessor, *(heir.organisation for heir in heirs)])
    problems = _predecessor_problems([predecessor], reform)
    problems += _successor_problems([predecessor], [heir.organisation for heir in heirs], reform)
    if len(heirs) < 2:
        problems.append(Problem("", N_("承接机构：拆分至少要有两个承接机构；只有一个的，请用“合并”或“更名”")))
    elif not any(heir.inherits for heir in heirs):
        problems.append(Problem("", N_("承接机构：至少一个承接机构应继承历史事项，否则以前的事项无人能办理")))
    if problems:
        raise Refused(problems)
    first = next(heir.organisation for heir in heirs if heir.inherits)
    successors = [heir.organisation for heir in heirs]
    for successor in successors:
        _lift(session, actor, successor, [predecessor], reform)
    for child in open_children(session, predecessor, besides=successors):
        _move(session, actor, child, children.get(child.id, first), reform)
    for heir in heirs:
        _follow(session, predecessor, heir, kind="split", reform=reform)
    _close(session, predecessor, first, reform)
    note = {
        "successors": [item.subject_text for item in successors],
        "effective_on": reform.effective_on,
    }
    record(session, actor, "split_organisation", predecessor, reason=reform.basis, note=note)


def open_children(
    session: Session, organisation: Organisation, *, besides: Sequence[Organisation] = ()
) -> Sequence[Organisation]:
    """What hangs directly below an organisation and is in use, by code."""
    query = select(Organisation).where(
        Organisation.parent_id == organisation.id,
        Organisation.valid_to.is_(None),
        Organisation.id.not_in([item.id for item in besides]),
    )
    return session.scalars(query.order_by(Organisation.code)).all()


def _checked(reform: Reform, today: date) -> Reform:
    problems = []
    if reform.effective_on > today:
        text = N_("生效日期：合并、拆分只能在生效当天或以后登记，请到%(day)s再办理")
        problems.append(Problem("effective_on", text, {"day": reform.effective_on.isoformat()}))
    basis = clean_text(reform.basis, multiline=False, field="basis", label=N_("依据文件"))
    if not basis:
        problems.append(Problem("basis", N_("依据文件：请填写文件名称和文号")))
    elif len(basis) > _BASIS_LENGTH:
        problems.append(Problem("basis", N_("依据文件：最多%(count)d个字"), {"count": _BASIS_LENGTH}))
    if problems:
        raise Refused(problems)
    return Reform(reform.effective_on, basis)


def _predecessor_problems(predecessors: Sequence[Organisation], reform: Reform) -> list[Problem]:
    problems = []
    if not predecessors or len({item.id for item in predecessors}) < len(predecessors):
        problems.append(Problem("", N_("原机构：请选择，并且不要重复")))
    for item in predecessors:
        named = {"name": item.name}
        if item.valid_to is not None:
            problems.append(Problem("", N_("原机构：“%(name)s”已停用，不能再合并或拆分"), named))
        elif reform.effective_on <= item.valid_from:
            text = N_("生效日期：应晚于“%(name)s”的启用日期%(day)s")
            problems.append(Problem("effective_on", text, {**named, "day": item.valid_from.isoformat()}))
    return problems


def _successor_problems(
    predecessors: Sequence[Organisation], successors: Sequence[Organisation], reform: Reform
) -> list[Problem]:
    problems = []
    if len({item.id for item in successors}) < len(successors):
        problems.append(Problem("successor", N_("承接机构：请不要重复")))
    for item in successors:
        named = {"name": item.name}
        if item in predecessors:
            problems.append(Problem("successor", N_("承接机构：“%(name)s”就是原机构，请另选"), named))
        if item.valid_to is not None or item.valid_from > reform.effective_on:
            problems.append(Problem("successor", N_("承接机构：“%(name)s”在生效日期未启用或已停用，请另选"), named))
        for kind, text in _SAME_KIND.items():
            if any(before.kind == kind for before in predecessors) and item.kind != kind:
                problems.append(Problem("successor", text, named))
    if not any(item.kind == "third_party" for item in predecessors):
        problems += [Problem("successor", _NO_THIRD_PARTY) for item in successors if item.kind == "third_party"]
    return problems


#: What only an organisation of the same kind can carry on.
_SAME_KIND = {
    "filing_office": N_("承接机构：备案机关只能由备案机关承接，“%(name)s”不是"),
    "third_party": N_("承接机构：第三方机构只能由第三方机构承接，“%(name)s”不是"),
}
_NO_THIRD_PARTY = N_("承接机构：第三方机构不能承接部门、单位的职能，请另选")


def _lock(session: Session, touched: Sequence[Organisation]) -> None:
    """One change of the tree at a time; a round being declared for one of these is waited for.

    Raises ``Conflict`` when one of them was changed (closed, perhaps) while this waited.
    """
    lock_tree(session)
    session.flush()
    read_at = {item.id: item.version for item in touched}
    table = Organisation.__table__.c
    rows = session.execute(
        select(table.id, table.version).where(table.id.in_(read_at)).order_by(table.id).with_for_update()
    )
    if any(version != read_at[number] for number, version in rows):
        raise Conflict.one("", CHANGED)


def _lift(
    session: Session, actor: Actor, successor: Organisation, predecessors: Sequence[Organisation], reform: Reform
) -> None:
    """Take a successor out from below a predecessor, to the nearest place above that stays."""
    closing = {item.id for item in predecessors}
    tree = OrganisationTree
    above = session.scalars(
        select(tree.ancestor_id).where(tree.descendant_id == successor.id, tree.depth > 0).order_by(tree.depth)
    ).all()
    if not closing.intersection(above):
        return
    last = max(place for place, number in enumerate(above) if number in closing)
    staying = above[last + 1] if last + 1 < len(above) else None
    _move(session, actor, successor, session.get(Organisation, staying) if staying is not None else None, reform)


def _move(
    session: Session, actor: Actor, organisation: Organisation, parent: Organisation | None, reform: Reform
) -> None:
    _rehang(session, organisation, parent)
    record(session, actor, "move_organisation", organisation, reason=reform.basis)


def _rehang(session: Session, organisation: Organisation, parent: Organisation | None) -> None:
    cut(session, organisation.id)
    graft(session, organisation.id, parent.id if parent else None)
    organisation.parent_id = parent.id if parent else None
    session.flush()


def _follow(session: Session, predecessor: Organisation, heir: Heir, *, kind: str, reform: Reform) -> None:
    session.add(
        OrganisationSuccession(
            kind=kind,
            predecessor=predecessor,
            successor=heir.organisation,
            # The mark of the row in its event is the successor's id.
            successor_id=heir.organisation.id,
            effective_on=reform.effective_on,
            basis=reform.basis,
            inherits=heir.inherits,
        )
    )


def _close(session: Session, predecessor: Organisation, successor: Organisation, reform: Reform) -> None:
    _rehang(session, predecessor, successor)
    last = reform.effective_on - timedelta(days=1)
    name = open_name(session, predecessor)
    if name.valid_from > last:
        text = N_("生效日期：“%(name)s”自%(day)s起已更名，合并或拆分应晚于这一天")
        raise Refused.one("effective_on", text, name=predecessor.name, day=name.valid_from.isoformat())
    predecessor.valid_to = last


def _administrator(actor: Actor) -> None:
    if actor.kind == "account" and not actor.has("sysadmin"):
        raise NotAllowed.one("", N_("您没有合并、拆分机构的权限，请联系系统管理员"))
