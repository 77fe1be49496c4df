"""Recording acts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from risk_registry.audit.declared import Declared
from risk_registry.audit.pending import PendingEvent, pending
from risk_registry.core.actors import Actor


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Declared,
    *,
    reason: str = "",
    note: Mapping[str, object] | None = None,
) -> None:
    """Add one event for this act. Call it after the changes: those flushed by then are the act's old and new values."""
    session.flush()
    found = pending(session)
    found.events.append(
        PendingEvent(
            actor=actor,
            action=action,
            kind=subject.subject_kind,
            subject=subject,
            subject_id=None,
            text=subject.subject_text,
            reason=reason,
            changes=found.claim(subject),
            note=note or {},
        )
    )


def record_fact(
    session: Session,
    actor: Actor,
    action: str,
    *,
    kind: str,
    text: str,
    subject_id: int | None = None,
    reason: str = "",
    note: Mapping[str, object] | None = None,
) -> None:
    """Add an event about something that is no declared row (a setting, a backup, an undone import)."""
    pending(session).events.append(
        PendingEvent(
            actor=actor,
            action=action,
            kind=kind,
            subject=None,
            subject_id=subject_id,
            text=text,
            reason=reason,
            changes={},
            note=note or {},
        )
    )
