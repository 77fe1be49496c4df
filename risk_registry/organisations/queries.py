"""Reads of organisations: by code, by day, by place in the tree."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_
from risk_registry.organisations.models import Organisation, OrganisationName, OrganisationTree


def get(session: Session, organisation_id: int) -> Organisation | None:
    """The organisation with this id."""
    return session.get(Organisation, organisation_id)


def by_code(session: Session, code: str) -> Organisation | None:
    """The organisation with this code (机构代码), closed ones too."""
    return session.scalar(select(Organisation).where(Organisation.code == code))


def by_name(session: Session, name: str, *, on: date | None = None) -> list[Organisation]:
    """Organisations that bear or bore exactly this name (on that day, when given), by code."""
    query = (
        select(Organisation)
        .join(OrganisationName, OrganisationName.organisation_id == Organisation.id)
        .where(OrganisationName.name == name)
    )
    if on is not None:
        query = query.where(
            OrganisationName.valid_from <= on, or_(OrganisationName.valid_to.is_(None), OrganisationName.valid_to >= on)
        )
    return list(session.scalars(query.distinct().order_by(Organisation.code)))


class NameBook:
    """All dated names at one moment, for work on many rows: one query, then no more."""

    def __init__(self, rows: Iterable[tuple[int, date, str, str | None]]) -> None:
        """``rows`` are (organisation id, first day, name, short), in any order."""
        found: dict[int, list[tuple[date, str, str | None]]] = {}
        for organisation_id, valid_from, name, short in rows:
            found.setdefault(organisation_id, []).append((valid_from, name, short))
        self._names = {key: sorted(names, key=lambda entry: entry[0]) for key, names in found.items()}
        self._days = {key: [entry[0] for entry in names] for key, names in self._names.items()}

    def name_on(self, organisation_id: int, day: date) -> str:
        """The name valid on ``day``; before the first recorded name, that first one. Raises ``KeyError``."""
        return self._entry(organisation_id, day)[1]

    def short_on(self, organisation_id: int, day: date) -> str:
        """The short name valid on ``day``, the full one where none is recorded. Raises ``KeyError``."""
        _, name, short = self._entry(organisation_id, day)
        return short or name

    def _entry(self, organisation_id: int, day: date) -> tuple[date, str, str | None]:
        index = bisect_right(self._days[organisation_id], day) - 1
        return self._names[organisation_id][max(index, 0)]


def name_book(session: Session, organisation_ids: Collection[int] | None = None) -> NameBook:
    """The dated names of these organisations, of all when none are given."""
    query = select(
        OrganisationName.organisation_id, OrganisationName.valid_from, OrganisationName.name, OrganisationName.short
    )
    if organisation_ids is not None:
        query = query.where(OrganisationName.organisation_id.in_(set(organisation_ids)))
    return NameBook((row[0], row[1], row[2], row[3]) for row in session.execute(query))


def name_on(session: Session, organisation_id: int, day: date) -> str:
    """What the organisation was called on ``day``. Raises ``KeyError`` for an unknown id."""
    return name_book(session, [organisation_id]).name_on(organisation_id, day)


def filing_office_for(session: Session, organisation_id: int) -> Organisation | None:
    """备案机关: the nearest ancestor-or-self of kind filing office; ``None`` when there is none above."""
    return session.scalar(
        select(Organisation)
        .join(OrganisationTree, OrganisationTree.ancestor_id == Organisation.id)
        .where(OrganisationTree.descendant_id == organisation_id, Organisation.kind == "filing_office")
        .order_by(OrganisationTree.depth)
        .limit(1)
    )


def subtree(*organisation_ids: int) -> Select[int]:
    """The ids at or below these organisations in today's tree, as a query to be used inside another."""
    return select(OrganisationTree.descendant_id).where(OrganisationTree.ancestor_id.in_(organisation_ids))


def subtree_ids(session: Session, organisation_id: int) -> frozenset[int]:
    """The ids at or below an organisation in today's tree, itself included."""
    return frozenset(session.scalars(subtree(organisation_id)))


def ancestors(session: Session, organisation_id: int) -> list[Organisation]:
    """The organisations above, the nearest first, itself not included."""
    return list(
        session.scalars(
            select(Organisation)
            .join(OrganisationTree, OrganisationTree.ancestor_id == Organisation.id)
            .where(OrganisationTree.descendant_id == organisation_id, OrganisationTree.depth > 0)
            .order_by(OrganisationTree.depth)
        )
    )


def valid_on(day: date) -> ColumnElement[bool]:
    """The condition that an organisation is in use on ``day``."""
    return and_(Organisation.valid_from <= day, or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day))


def in_use(organisation: Organisation, day: date) -> bool:
    """Whether the organisation is in use on ``day``: the same as ``valid_on``, of one at hand."""
    return organisation.valid_from <= day and (organisation.valid_to is None or organisation.valid_to >= day)


def options(
    session: Session, *, kinds: Collection[str] = (), on: date, within: int | None = None
) -> list[tuple[int, str]]:
    """(id, name on that day) of what may be chosen on ``on``, by code.

    ``kinds`` empty means any kind; ``within`` keeps to the organisations at or below that one.
    """
    query = select(Organisation.id).where(valid_on(on)).order_by(Organisation.code)
    if kinds:
        query = query.where(Organisation.kind.in_(set(kinds)))
    if within is not None:
        query = query.where(Organisation.id.in_(subtree(within)))
    found = list(session.scalars(query))
    book = name_book(session, found) if len(found) < 500 else name_book(session)
    return [(number, book.name_on(number, on)) for number in found]


def listing(session: Session, *, kinds: Collection[str] = ()) -> Sequence[Organisation]:
    """All organisations, closed ones too, by code."""
    query = select(Organisation).order_by(Organisation.code)
    if kinds:
        query = query.where(Organisation.kind.in_(set(kinds)))
    return session.scalars(query).all()


def tree_is_sound(session: Session) -> bool:
    """Whether the closure says the same as the parents; ``verify`` and the tests ask."""
    parents = {row.id: row.parent_id for row in session.execute(select(Organisation.id, Organisation.parent_id))}
    expected = set()
    for start in parents:
        depth = 0
        at: int | None = start
        while at is not None and depth <= len(parents):
            expected.add((at, start, depth))
            at, depth = parents[at], depth + 1
    tree = OrganisationTree
    found = {tuple(row) for row in session.execute(select(tree.ancestor_id, tree.descendant_id, tree.depth))}
    return found == expected


def third_party_problem(organisation: Organisation, day: date) -> Problem | None:
    """Why this third party may not assess on ``day``; ``None`` when it may (DOMAIN §8a third_party).

    A struck-off one was good until its last valid day; without that day it never is.
    """
    name = organisation.name
    if organisation.kind != "third_party":
        return Problem("third_party", N_("“%(name)s”不是第三方机构，请另选"), {"name": name})
    if day < organisation.valid_from:
        return Problem(
            "third_party",
            N_("第三方机构“%(name)s”自%(day)s起才启用，请核对日期或另选机构"),
            {"name": name, "day": organisation.valid_from},
        )
    if organisation.valid_to is not None and day > organisation.valid_to:
        return Problem(
            "third_party",
            N_("第三方机构“%(name)s”已于%(day)s停用，请另选机构"),
            {"name": name, "day": organisation.valid_to},
        )
    if organisation.reg_valid_to is not None and day > organisation.reg_valid_to:
        return Problem(
            "third_party",
            N_("第三方机构“%(name)s”的备案已于%(day)s到期，请更新其备案信息或另选机构"),
            {"name": name, "day": organisation.reg_valid_to},
        )
    if organisation.reg_status == "suspended":
        return Problem("third_party", N_("第三方机构“%(name)s”的备案已暂停，请另选机构"), {"name": name})
    if organisation.reg_status == "struck_off" and organisation.valid_to is None:
        return Problem("third_party", N_("第三方机构“%(name)s”的备案已注销，请另选机构"), {"name": name})
    return None
