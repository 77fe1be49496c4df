"""Rows that say nothing any more: sign-ins long over, forms kept too long. Dropped a few at a time, at sign-in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import LoginSession, StashedForm
from risk_registry.accounts.queries import KEPT
from risk_registry.db.clock import to_stamp
from risk_registry.web import tokens

_DAY = 24 * 60 * 60 * 1_000_000
#: So long after its end, or after it was last seen, the row of a sign-in is kept; the sign-in log keeps it for good.
SESSION_KEPT = 7 * _DAY
#: No more rows of a kind than this at once, so that nobody waits for the sweeping.
MOST = 500


def purge(session: Session, *, now: datetime, most: int = MOST) -> None:
    """Drop what is over: up to ``most`` sign-ins, kept forms and used form tokens. For a writing transaction."""
    stamp = to_stamp(now)
    limit = stamp - SESSION_KEPT
    old = (
        select(LoginSession.id)
        .where(or_(LoginSession.ended_at < limit, LoginSession.last_seen_at < limit))
        .order_by(LoginSession.id)
        .limit(most)
    )
    session.execute(delete(LoginSession).where(LoginSession.id.in_(old)).execution_options(synchronize_session=False))
    stale = select(StashedForm.token_hash).where(StashedForm.created_at <= stamp - KEPT).limit(most)
    session.execute(
        delete(StashedForm).where(StashedForm.token_hash.in_(stale)).execution_options(synchronize_session=False)
    )
    tokens.purge(session, now=stamp, most=most)
