"""联合单位参与情况: in how many rounds an organisation takes part beside the lead. Never added up (DOMAIN §8d 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.lines.predicates import LINE, condition
from risk_registry.lines.queries import LineQuery
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import name_book

#: The measures the table shows; each counts rounds.
MEASURES = ("assessed", "passed", "passed_and_filed", "filed", "in_progress")


@dataclass(frozen=True)
class Partner:
    """One organisation: its code, what it was called on the as-of day, its number for each measure."""

    code: str
    name: str
    numbers: Mapping[str, int]


def partners(session: Session, query: LineQuery) -> list[Partner]:
    """The organisations that take part in what ``query`` counts, those with most rounds first.

    A round in which three take part stands in three rows, so the rows add up to nothing.
    """
    asked = query.with_filter(basis="all", statuses=(), month="", measure="", joint="")
    question = asked.filter.question
    cases = [
        func.sum(case((condition(MEASURE_BY_ID[name].predicate, question), 1), else_=0)).label(name)
        for name in MEASURES
    ]
    rows = session.execute(
        select(LINE.c.co_org_ids, *cases)
        .where(*asked.conditions(session), LINE.c.co_org_ids.is_not(None))
        .group_by(LINE.c.co_org_ids)
    ).all()
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for row in rows:
        for number in filter(None, row.co_org_ids.split(";")):
            for name in MEASURES:
                found[int(number)][name] += int(getattr(row, name) or 0)
    taking = {number: figures for number, figures in found.items() if any(figures.values())}
    names = name_book(session, taking)
    codes = session.execute(select(Organisation.id, Organisation.code).where(Organisation.id.in_(taking)))
    made = [Partner(row.code, names.name_on(row.id, question.as_of), taking[row.id]) for row in codes]
    return sorted(made, key=lambda item: (-item.numbers["assessed"], item.code))
