"""The one deliberate hook: at commit, acts become chained events and touched assessments become ledger lines.

Order inside ``before_commit``: flush; take the chain lock, last of all locks; stamp one ``recorded_at`` for the unit of
work; project lines; seal the events. The lock is held to the end of the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from risk_registry.audit.chain import ALGORITHM, GENESIS, canonical, seal
from risk_registry.audit.models import Event
from risk_registry.audit.pending import Pending, PendingEvent, UndeclaredChange, collect, forget, pending
from risk_registry.db.clock import Clock, to_stamp

_CHAIN_LOCK = 0x5352_4543

#: Project these assessments at this stamp; returns the digest of the line version of each.
Projection = Callable[[Session, list[int], int], Mapping[int, str]]


def attach(factory: Any, project: Projection | None = None) -> None:
    """Attach the hook to a session factory, once."""

    def before_flush(session: Session, _context: object, _instances: object) -> None:
        collect(session)

    def before_commit(session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.flush()
        seal_pending(session, project)

    def ended(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            forget(session)

    event.listen(factory, "before_flush", before_flush)
    event.listen(factory, "before_commit", before_commit)
    event.listen(factory, "after_transaction_end", ended)


def seal_pending(session: Session, project: Projection | None) -> None:
    """Chain the pending events and project what they touched. Raises ``UndeclaredChange`` for an unexplained change."""
    found = pending(session)
    rest = found.unclaimed()
    if rest:
        subject, changes = rest[0]
        what = f"{subject.subject_kind} {subject.subject_text}"
        raise UndeclaredChange(f"{what}: {sorted(changes)} changed without an act")
    if not found.events:
        return
    seq, digest, stamp = lock_chain(session)
    digests = project(session, _assessments(found), stamp) if project else {}
    rows = []
    for item in found.events:
        seq += 1
        row = _row(item, seq=seq, stamp=stamp, previous=digest, digests=digests)
        digest = row["digest"]
        rows.append(row)
    session.execute(insert(Event), rows)
    forget(session)


def lock_chain(session: Session) -> tuple[int, str, int]:
    """Take the chain lock to the end of the transaction; the head's seq and digest, and the stamp of this unit of work.

    The stamp never runs backwards: it is the clock's, but at least one microsecond after the last event.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    clock: Clock = session.info["clock"]
    now = to_stamp(clock.now())
    last = session.execute(
        select(Event.seq, Event.digest, Event.recorded_at).order_by(Event.seq.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return 0, GENESIS, now
    return last.seq, last.digest, max(now, last.recorded_at + 1)


def _subject_id(item: PendingEvent) -> int | None:
    if item.subject is None:
        return item.subject_id
    found = item.subject.id
    return found if isinstance(found, int) else None


def _assessments(found: Pending) -> list[int]:
    ids = {_subject_id(item) for item in found.events if item.kind == "assessment"}
    return sorted(number for number in ids if number is not None)


def _row(item: PendingEvent, *, seq: int, stamp: int, previous: str, digests: Mapping[int, str]) -> dict[str, Any]:
    subject_id = _subject_id(item)
    row: dict[str, Any] = {
        "seq": seq,
        "recorded_at": stamp,
        "actor_kind": item.actor.kind,
        "account_id": item.actor.account_id,
        "actor": item.actor.name,
        "organisation_id": item.actor.organisation_id,
        "organisation": item.actor.organisation,
        "roles": " ".join(sorted(item.actor.roles)),
        "address": item.actor.address,
        "action": item.action,
        "subject_kind": item.kind,
        "subject_id": subject_id,
        "subject": item.text[:256],
        "reason": item.reason,
        "changes": canonical({name: list(pair) for name, pair in item.changes.items()}),
        "note": canonical(item.note),
        "line_digest": digests.get(subject_id) if item.kind == "assessment" and subject_id is not None else None,
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    row["digest"] = seal(row)
    return row
