"""Find and authorise in one step: what lies outside the reader's scope is not there for him."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.assessments.models import Assessment
from risk_registry.core.numbering import parse_registration
from risk_registry.core.text import comparison_key
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import in_scope
from risk_registry.matters.models import Matter, MatterFacts


def find_assessment(session: Session, scope: Scope, reg_no: str, seq: int | None = None) -> Assessment | None:
    """A round of a matter (the newest without ``seq``), if its present line lies in ``scope``."""
    if parse_registration(reg_no) is None:
        # Whatever stands in an address may come here; some of it a database cannot even be asked for.
        return None
    query = (
        select(Assessment)
        .join(Matter, Assessment.matter_id == Matter.id)
        .join(LINE, (LINE.c.assessment_id == Assessment.id) & LINE.c.superseded_at.is_(None))
        .where(Matter.reg_no == reg_no, in_scope(scope))
        .order_by(Assessment.seq.desc())
        .limit(1)
    )
    if seq is not None:
        query = query.where(Assessment.seq == seq)
    return session.scalar(query)


def rounds(session: Session, matter_id: int) -> Sequence[Assessment]:
    """Every round of a matter, in order."""
    return session.scalars(select(Assessment).where(Assessment.matter_id == matter_id).order_by(Assessment.seq)).all()


def similar(
    session: Session, scope: Scope, title: str, *, owner_org_id: int | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Matters in scope that may be the same one: equal or containing titles, newest first, at most five."""
    key = comparison_key(title)
    if len(key) < 4:
        return []
    query = (
        select(LINE.c.reg_no, LINE.c.seq, LINE.c.title, LINE.c.owner_org, LINE.c.status, LINE.c.declared_on)
        .join(MatterFacts, (MatterFacts.matter_id == LINE.c.matter_id) & (MatterFacts.seq == LINE.c.seq))
        .where(LINE.c.superseded_at.is_(None), in_scope(scope))
        .where((MatterFacts.title_key == key) | MatterFacts.title_key.contains(key, autoescape=True))
        .order_by(LINE.c.assessment_id.desc())
        .limit(5)
    )
    if owner_org_id is not None:
        query = query.where(LINE.c.owner_org_id == owner_org_id)
    return session.execute(query).all()
