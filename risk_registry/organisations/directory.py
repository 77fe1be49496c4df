"""The directory of organisations as administrators read it: the tree in order, a search, the facts beside a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.core.text import comparison_key
from risk_registry.organisations.models import Organisation, OrganisationName
from risk_registry.organisations.queries import name_book


@dataclass(frozen=True)
class Entry:
    """One organisation in the directory; ``depth`` counts from the top of what is listed, ``below`` what hangs there.

    ``future`` is the name it will bear, and from when, where that is already recorded.
    """

    id: int
    code: str
    name: str
    short: str | None
    kind: str
    parent_id: int | None
    parent: str
    depth: int
    below: int
    valid_from: date
    valid_to: date | None
    future: tuple[str, date] | None = None


@dataclass(frozen=True)
class Directory:
    """Those in use, in the order of the tree, and those closed, by code. ``cut`` tells that the tree is not whole."""

    open: Sequence[Entry]
    closed: Sequence[Entry]
    total: int
    cut: bool


#: Up to this many are listed as one whole tree; beyond, two levels at a time.
MOST = 400


def directory(session: Session, on: date, *, text: str = "", kind: str = "", under: int | None = None) -> Directory:
    """The organisations on a day. ``text`` looks in codes and in every name ever borne; a search lists no tree.

    ``under`` shows what hangs below one of them.
    """
    rows = _rows(session, on)
    if text or kind:
        found = _matching(session, text) if text else None
        rows = [row for row in rows if (not kind or row.kind == kind) and (found is None or row.id in found)]
    open_rows = [row for row in rows if row.valid_to is None or row.valid_to >= on]
    closed = [row for row in rows if row.valid_to is not None and row.valid_to < on]
    if text or kind:
        return Directory(open_rows[:MOST], closed[:MOST], len(open_rows), len(open_rows) > MOST)
    tree = _in_order(open_rows, under)
    whole = len(tree) <= MOST
    shown = tree if whole else [entry for entry in tree if entry.depth < 2][:MOST]
    return Directory(shown, closed[:MOST], len(tree), not whole)


def _rows(session: Session, on: date) -> list[Entry]:
    book = name_book(session)
    later = {
        row.organisation_id: (row.name, row.valid_from)
        for row in session.execute(
            select(OrganisationName.organisation_id, OrganisationName.name, OrganisationName.valid_from)
            .where(OrganisationName.valid_from > on)
            .order_by(OrganisationName.valid_from.desc())
        )
    }
    table = Organisation.__table__.c
    columns = (table.id, table.code, table.short, table.kind, table.parent_id, table.valid_from, table.valid_to)
    found = session.execute(select(*columns).order_by(table.code)).all()
    below: dict[int | None, int] = defaultdict(int)
    for row in found:
        if row.valid_to is None or row.valid_to >= on:
            below[row.parent_id] += 1
    return [
        Entry(
            row.id,
            row.code,
            book.name_on(row.id, on),
            book.short_on(row.id, on) if row.short else None,
            row.kind,
            row.parent_id,
            book.name_on(row.parent_id, on) if row.parent_id is not None else "",
            0,
            below[row.id],
            row.valid_from,
            row.valid_to,
            # One that is only founded later bears its first name all along.
            later.get(row.id) if row.valid_from <= on else None,
        )
        for row in found
    ]


def _matching(session: Session, text: str) -> frozenset[int]:
    """The ids whose code, or a name of theirs at any time, holds ``text``, compared by key."""
    key = comparison_key(text)
    query = select(OrganisationName.organisation_id, Organisation.code, OrganisationName.name, OrganisationName.short)
    rows = session.execute(query.join(Organisation, OrganisationName.organisation_id == Organisation.id))
    return frozenset(row.organisation_id for row in rows if any(key in comparison_key(part or "") for part in row[1:]))


def _in_order(rows: Sequence[Entry], under: int | None) -> list[Entry]:
    """The open ones as a tree, siblings by code, each with its depth; third parties, which stand alone, come last.

    One whose parent is closed stands at the top.
    """
    here = {row.id for row in rows}
    children: dict[int | None, list[Entry]] = defaultdict(list)
    for row in rows:
        children[row.parent_id if row.parent_id in here else None].append(row)
    found: list[Entry] = []
    first = sorted(children[under], key=lambda row: row.kind == "third_party")
    waiting = [(row, 0) for row in reversed(first)]
    while waiting:
        row, depth = waiting.pop()
        found.append(Entry(**{**vars(row), "depth": depth}))
        waiting += [(child, depth + 1) for child in reversed(children[row.id])]
    return found


def dated_names(session: Session, organisation_id: int) -> Sequence[OrganisationName]:
    """What an organisation was, is and will be called, newest first."""
    query = select(OrganisationName).where(OrganisationName.organisation_id == organisation_id)
    return session.scalars(query.order_by(OrganisationName.valid_from.desc())).all()


def children(session: Session, organisation_id: int, on: date) -> Sequence[Organisation]:
    """What hangs directly below an organisation, those in use first, by code."""
    query = select(Organisation).where(Organisation.parent_id == organisation_id)
    ended = Organisation.valid_to.is_not(None) & (Organisation.valid_to < on)
    return session.scalars(query.order_by(ended, Organisation.code)).all()


def open_options(session: Session, *, kinds: Sequence[str] = (), without: Sequence[int] = ()) -> list[tuple[str, str]]:
    """(id, name and code) of what has no end yet, by code: what may be put above, merged or made a successor."""
    query = select(Organisation.id, Organisation.code, Organisation.name).where(
        Organisation.valid_to.is_(None), Organisation.id.not_in(list(without))
    )
    if kinds:
        query = query.where(Organisation.kind.in_(list(kinds)))
    rows = session.execute(query.order_by(Organisation.code))
    return [(str(row.id), f"{row.name}（{row.code}）") for row in rows]
