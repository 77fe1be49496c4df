"""Reads of filing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.core.actors import Actor
from risk_registry.filings.models import Amendment, Filing, NumberCounter
from risk_registry.organisations.lineage import kin_ids

#: Acts that put content into an assessment; whoever did one for another unit (代录) typed it.
_TYPING = (
    *("declare", "change_declaration", "redeclare", "new_round", "start", "record_progress", "conclude", "revise"),
    *("submit", "answer_correction"),
)


def attempts(session: Session, assessment_id: int) -> Sequence[Filing]:
    """Every attempt to file an assessment, in order."""
    query = select(Filing).where(Filing.assessment_id == assessment_id).order_by(Filing.attempt)
    return session.scalars(query).all()


def newest_attempt(session: Session, assessment_id: int) -> Filing | None:
    """The last attempt."""
    query = select(Filing).where(Filing.assessment_id == assessment_id).order_by(Filing.attempt.desc()).limit(1)
    return session.scalar(query)


def amendments(session: Session, assessment_id: int) -> Sequence[Amendment]:
    """Amendments of a filed assessment, in order."""
    query = select(Amendment).where(Amendment.assessment_id == assessment_id).order_by(Amendment.seq)
    return session.scalars(query).all()


def counter(session: Session, office_id: int, year: int) -> NumberCounter | None:
    """The number counter of an office and year, once it has one."""
    return session.get(NumberCounter, (office_id, year))


def typists(session: Session, assessment: Assessment) -> frozenset[int]:
    """The accounts of other organisations that typed any of an assessment for its unit (代录), from the event log."""
    query = select(Event.account_id).where(
        Event.subject_kind == Assessment.subject_kind,
        Event.subject_id == assessment.id,
        Event.action.in_(_TYPING),
        Event.account_id.is_not(None),
        Event.organisation_id.not_in(kin_ids(session, assessment.facts.owner_org_id)),
    )
    return frozenset(number for number in session.scalars(query) if number is not None)


def same_person(session: Session, actor: Actor, filing: Filing) -> bool:
    """Whether this account submitted what is to be accepted, or typed any of it for the unit (代录)."""
    if actor.account_id is None:
        return False
    if actor.account_id in (filing.submitted_by, filing.typed_by):
        return True
    return actor.account_id in typists(session, filing.assessment)
