"""What a unit of work has changed and recorded so far, kept on its session until commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from risk_registry.audit.declared import Declared
from risk_registry.core.actors import Actor

_KEY = "registry_pending"

Changes = dict[str, tuple[object, object]]


class UndeclaredChange(RuntimeError):
    """A declared field was changed without an actor and an action: a fault of the program, never of a user."""


@dataclass
class PendingEvent:
    """An act that will become an event at commit."""

    actor: Actor
    action: str
    kind: str
    subject: Declared | None
    subject_id: int | None
    text: str
    reason: str
    changes: Changes
    note: Mapping[str, object]


@dataclass
class Pending:
    """Events of the unit of work, and changes no event has claimed yet."""

    events: list[PendingEvent] = field(default_factory=list)
    loose: dict[int, tuple[Declared, Changes]] = field(default_factory=dict)

    def add_change(self, subject: Declared, name: str, old: object, new: object) -> None:
        """Remember one changed value; the first old value of a run of changes stays."""
        _, changes = self.loose.setdefault(id(subject), (subject, {}))
        first = changes.get(name, (old, new))[0]
        changes[name] = (first, new)

    def claim(self, subject: Declared) -> Changes:
        """The changes of ``subject`` since its last event; they belong to the event being recorded now."""
        _, changes = self.loose.pop(id(subject), (subject, {}))
        return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}

    def unclaimed(self) -> list[tuple[Declared, Changes]]:
        """Subjects with changes that no act explains."""
        rest = []
        for subject, changes in self.loose.values():
            real = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
            if real:
                rest.append((subject, real))
        return rest


def pending(session: Session) -> Pending:
    """The pending acts of ``session``."""
    found = session.info.get(_KEY)
    if not isinstance(found, Pending):
        found = session.info[_KEY] = Pending()
    return found


def forget(session: Session) -> None:
    """Drop what is pending: the unit of work ended."""
    session.info.pop(_KEY, None)


def collect(session: Session) -> None:
    """Note the declared columns about to be flushed. Reads attribute history only; issues no query."""
    found = pending(session)
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, Declared):
            continue
        subject = row.event_subject()
        prefix = "" if subject is row else f"{row.subject_kind}{_mark(row)}."
        state = inspect(row)
        gone = row in session.deleted or row.is_gone
        for name in row.__declared__:
            history = state.attrs[name].history
            if gone:
                old = history.deleted[0] if history.deleted else (history.unchanged or [None])[0]
                found.add_change(subject, prefix + name, old, None)
            elif history.has_changes():
                old = history.deleted[0] if history.deleted else None
                found.add_change(subject, prefix + name, old, history.added[0] if history.added else None)


def _mark(row: Declared) -> str:
    mark = getattr(row, "subject_mark", None)
    return f"[{mark}]" if mark is not None else ""
