"""The office whose registry this is, under the names it has borne: the one source of what pages and papers are headed.

It is the organisation with the code ``office`` that ``init`` makes, else the oldest filing office. There is no setting
beside it that could say otherwise: another name is given by renaming the organisation from a day on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from risk_registry.organisations.models import Organisation, OrganisationName, OrganisationSuccession

CODE = "office"


@dataclass(frozen=True)
class OfficeNames:
    """The dated names of the office, oldest first; ``organisation_id`` is ``None`` before there is one."""

    organisation_id: int | None = None
    names: Sequence[tuple[date, str]] = ()

    def on(self, day: date) -> str:
        """What the office was called on ``day``; before its first name that first one, "" without an office."""
        if not self.names:
            return ""
        place = bisect_right([first for first, _name in self.names], day) - 1
        return self.names[max(place, 0)][1]


def office_names(session: Session) -> OfficeNames:
    """The names of the registry's office, in one query."""
    first = (
        select(Organisation.id)
        .where(Organisation.kind == "filing_office")
        .order_by(case((Organisation.code == CODE, 0), else_=1), Organisation.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            OrganisationName.organisation_id, OrganisationName.valid_from, OrganisationName.name, Organisation.valid_to
        )
        .join(Organisation, OrganisationName.organisation_id == Organisation.id)
        .where(OrganisationName.organisation_id == first)
        .order_by(OrganisationName.valid_from)
    ).all()
    if not rows:
        return OfficeNames()
    found = OfficeNames(rows[0][0], tuple((row[1], row[2]) for row in rows))
    return found if rows[0][3] is None else _succeeded(session, found)


def _succeeded(session: Session, closed: OfficeNames) -> OfficeNames:
    """The registry goes on under the office that followed a closed one, from its first day on (机构改革)."""
    succession, names = OrganisationSuccession, list(closed.names)
    number = closed.organisation_id
    while number is not None:
        row = session.execute(
            select(succession.successor_id, succession.effective_on)
            .where(succession.predecessor_id == number, succession.inherits)
            .order_by(succession.id)
            .limit(1)
        ).one_or_none()
        if row is None:
            break
        number, first = row
        dated = session.execute(
            select(OrganisationName.valid_from, OrganisationName.name)
            .where(OrganisationName.organisation_id == number)
            .order_by(OrganisationName.valid_from)
        ).all()
        at_first = [name for day, name in dated if day <= first] or [name for _day, name in dated[:1]]
        names = [entry for entry in names if entry[0] < first]
        names += [(first, at_first[-1]), *((day, name) for day, name in dated if day > first)]
        closed = OfficeNames(number, ())
    return OfficeNames(closed.organisation_id, tuple(names))
