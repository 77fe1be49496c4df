"""Reads of named views and of export records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account
from risk_registry.casefile.columns import CHOOSABLE
from risk_registry.core.actors import Actor
from risk_registry.core.vocabulary import OFFICE_ROLES
from risk_registry.ledgers.asking import WORDS
from risk_registry.ledgers.models import ExportRecord, LedgerView
from risk_registry.ledgers.showing import SORTS, Showing, read_showing
from risk_registry.organisations.models import Organisation

#: Years a view may name that move with the calendar, and how far back they lie.
MOVING = {"this": 0, "last": 1}

#: Whose exports are seen by everybody with these roles.
SEE_ALL_EXPORTS = OFFICE_ROLES | {"auditor"}


@dataclass(frozen=True)
class KeptView:
    """A view as its readers see it: whose it is, and what it asks for on a day."""

    view: LedgerView
    owner: str
    owner_active: bool
    organisation: str

    @property
    def heading(self) -> str:
        """Title its ledgers carry; "" for the usual one."""
        return str(json.loads(self.view.layout or "{}").get("title", ""))

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its question, a moving year as ``this`` or ``last``."""
        return {str(name): str(text) for name, text in json.loads(self.view.words).items()}

    @property
    def year(self) -> str:
        """``this``, ``last`` or ``fixed``."""
        year = self.words.get("year", "")
        return year if year in MOVING else "fixed"

    @property
    def showing(self) -> Showing:
        """Columns and order. A column that no longer exists is left out."""
        keys = [key for key in json.loads(self.view.columns) if key in CHOOSABLE]
        sort = self.view.sorted_by if self.view.sorted_by in SORTS else ""
        return read_showing({"cols": ",".join(keys), "sort": "" if sort == "registered" else sort})

    def words_on(self, today: date) -> dict[str, str]:
        """All the words of the ledger it shows on a day: a moving year as that day's, its columns, its order."""
        words = {name: text for name, text in self.words.items() if name in WORDS}
        back = MOVING.get(words.get("year", ""))
        if back is not None:
            words["year"] = str(today.year - back)
        return {**words, **self.showing.words, "view": str(self.view.id)}


def visible_views(session: Session, actor: Actor) -> list[KeptView]:
    """The views an account may open, its own first, then by name. A closed account's own views are seen by nobody."""
    rows = session.execute(_views().where(_seen_by(actor)).order_by(LedgerView.name, LedgerView.id)).all()
    found = [KeptView(*row) for row in rows]
    return sorted(found, key=lambda kept: kept.view.account_id != actor.account_id)


def find_view(session: Session, actor: Actor, number: int) -> KeptView | None:
    """A view the account may open."""
    row = session.execute(_views().where(LedgerView.id == number, _seen_by(actor))).one_or_none()
    return KeptView(*row) if row else None


def _views() -> Any:
    return (
        select(LedgerView, Account.display_name, Account.active, Organisation.name)
        .join(Account, Account.id == LedgerView.account_id)
        .join(Organisation, Organisation.id == LedgerView.organisation_id)
    )


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    units = [number for number in (actor.organisation_id, *actor.inherited) if number is not None]
    return or_(
        LedgerView.account_id == actor.account_id,
        LedgerView.shared == "all",
        and_(LedgerView.shared == "organisation", LedgerView.organisation_id.in_(units)),
    )


def export_records(
    session: Session, actor: Actor, *, beyond: int | None, backwards: bool, limit: int
) -> Sequence[Row[Any]]:
    """What was taken out, newest first: one's own, for the office and the auditor everybody's.

    Up to ``limit`` records beyond the one with this id, towards the older or, ``backwards``, towards the newer.
    """
    table = ExportRecord.__table__
    assert isinstance(table, Table)
    query = select(*table.columns)
    if not actor.has(*SEE_ALL_EXPORTS):
        query = query.where(table.c.account_id == actor.account_id)
    if beyond is not None:
        query = query.where(table.c.id > beyond if backwards else table.c.id < beyond)
    order = table.c.id if backwards else table.c.id.desc()
    rows: Sequence[Any] = session.execute(query.order_by(order).limit(limit)).all()
    return rows
