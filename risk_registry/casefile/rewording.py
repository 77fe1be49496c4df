"""A word or a name changed for days that already have lines: those lines are projected again, each with an event.

A line carries the words and names of its own day (the conclusion date, else the declaration date). So a change from a
day on can only touch lines of that day and later; all older ones stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.audit.hook import lock_chain
from risk_registry.audit.operations import record_fact
from risk_registry.casefile.projection import Books, recompute
from risk_registry.core.actors import Actor
from risk_registry.core.fields import Kind
from risk_registry.lines.predicates import LINE
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.fields import column_name

_BATCH = 400
_FIELDS = (*MATTER_FIELDS, *ASSESSMENT_FIELDS)


def reword_names(session: Session, actor: Actor, organisation_id: int, since: date, *, reason: str = "") -> int:
    """Lines of ``since`` and later that name this organisation take its name of their day; how many changed.

    Call it in the unit of work that changed the dated names, after they are set.
    """
    return _reword(session, actor, _names(organisation_id), since, reason=reason)


def lines_naming(session: Session, organisation_id: int, since: date) -> int:
    """How many present lines of ``since`` and later name this organisation: what another name from then on changes."""
    touched = select(func.count()).select_from(LINE).where(_since(since), _names(organisation_id))
    return session.scalar(touched) or 0


def _names(organisation_id: int) -> ColumnElement[bool]:
    columns = {column_name(field) for field in _FIELDS if field.kind is Kind.ORGANISATION} | {"filing_office_id"}
    named = [LINE.c[name] == organisation_id for name in sorted(columns & set(LINE.c.keys()))]
    named.append(LINE.c.co_org_ids.contains(f";{organisation_id};"))
    return or_(*named)


def _since(day: date) -> ColumnElement[bool]:
    """A present line whose words are those of ``day`` or later."""
    return and_(LINE.c.superseded_at.is_(None), func.coalesce(LINE.c.concluded_on, LINE.c.declared_on) >= day)


def reword_words(session: Session, actor: Actor, dictionary: str, code: str, since: date, *, reason: str = "") -> int:
    """Lines of ``since`` and later that hold this code take its word of their day; how many changed."""
    names = [field.name for field in _FIELDS if field.kind is Kind.CHOICE and field.dictionary == dictionary]
    held = [LINE.c[name] == code for name in names if f"{name}_text" in LINE.c]
    return _reword(session, actor, or_(*held), since, reason=reason) if held else 0


def _reword(session: Session, actor: Actor, touched: ColumnElement[bool], since: date, *, reason: str) -> int:
    session.flush()
    # A round recorded meanwhile with the old words would be missed: from here on nobody records before we have.
    lock_chain(session)
    found = sorted(session.scalars(select(LINE.c.assessment_id).where(_since(since), touched)))
    books = Books.load(session)
    changed = 0
    for start in range(0, len(found), _BATCH):
        for values in _changed(session, found[start : start + _BATCH], books):
            text = f"{values['reg_no']}/{values['seq']} {values['title']}"
            number = values["assessment_id"]
            record_fact(session, actor, "reword", kind="assessment", text=text, subject_id=number, reason=reason)
            changed += 1
    return changed


def _changed(session: Session, ids: Sequence[int], books: Books) -> Iterator[Mapping[str, Any]]:
    """The lines that would come out otherwise than they stand."""
    query = select(LINE.c.assessment_id, LINE.c.digest)
    rows = session.execute(query.where(LINE.c.assessment_id.in_(ids), LINE.c.superseded_at.is_(None)))
    known = {row.assessment_id: row.digest for row in rows}
    for values in recompute(session, ids, books):
        if values["digest"] != known[values["assessment_id"]]:
            yield values
