"""Reads of lineage (机构改革): whose business passed to whom.

An organisation stands for its inherited predecessors: what they owned or filed is its business to see and to finish.
The table holds a handful of rows, so every question is one short walk over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from risk_registry.organisations.models import Organisation, OrganisationSuccession


@dataclass(frozen=True)
class Lineage:
    """What an organisation came from and what became of it, by day."""

    before: Sequence[OrganisationSuccession]
    after: Sequence[OrganisationSuccession]


def inherited_ids(session: Session, organisation_id: int) -> tuple[int, ...]:
    """The predecessors whose business passed to this organisation, theirs included, in order of id."""
    return _walk(session, organisation_id, backwards=True)


def heir_ids(session: Session, organisation_id: int) -> tuple[int, ...]:
    """The successors to which the business of this organisation passed, and theirs, in order of id."""
    return _walk(session, organisation_id, backwards=False)


def kin_ids(session: Session, organisation_id: int) -> frozenset[int]:
    """The organisation, its inherited predecessors and its heirs: what one of them typed was not typed for another."""
    return frozenset(
        {organisation_id, *inherited_ids(session, organisation_id), *heir_ids(session, organisation_id)},
    )


def _walk(session: Session, organisation_id: int, *, backwards: bool) -> tuple[int, ...]:
    row = OrganisationSuccession
    here, there = (row.successor_id, row.predecessor_id) if backwards else (row.predecessor_id, row.successor_id)
    found = select(there.label("id")).where(here == organisation_id, row.inherits).cte("found", recursive=True)
    found = found.union(select(there).join(found, here == found.c.id).where(row.inherits))
    return tuple(sorted(session.scalars(select(found.c.id))))


def present_heirs(session: Session, organisation_id: int, day: date) -> list[Organisation]:
    """The heirs that are in use on ``day``, by code; none for an organisation without successors."""
    query = select(Organisation).where(
        Organisation.id.in_(heir_ids(session, organisation_id)),
        Organisation.valid_from <= day,
        or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
    )
    return list(session.scalars(query.order_by(Organisation.code)))


def lineage_of(session: Session, organisation_id: int) -> Lineage:
    """The recorded successions on both sides of an organisation, oldest first."""
    row = OrganisationSuccession
    query = (
        select(row).options(joinedload(row.predecessor), joinedload(row.successor)).order_by(row.effective_on, row.id)
    )
    return Lineage(
        session.scalars(query.where(row.successor_id == organisation_id)).all(),
        session.scalars(query.where(row.predecessor_id == organisation_id)).all(),
    )
