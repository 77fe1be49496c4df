"""Reads of filing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.filings.models import Amendment, Filing, NumberCounter


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
