"""Reads of the event log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from risk_registry.audit.chain import GENESIS, Break, check, short_code
from risk_registry.audit.models import Event

_TABLE = Event.__table__
_BATCH = 5000
#: Every page asks for these, so they are made once and read past the object layer.
_HEAD = select(_TABLE.c.seq, _TABLE.c.digest).order_by(_TABLE.c.seq.desc()).limit(1)
_STAMP = select(_TABLE.c.recorded_at).order_by(_TABLE.c.seq.desc()).limit(1)


def head(session: Session) -> tuple[int, str]:
    """Number and digest of the newest event; ``(0, GENESIS)`` for an empty registry."""
    last = session.connection().execute(_HEAD).one_or_none()
    return (last.seq, last.digest) if last else (0, GENESIS)


def head_code(session: Session) -> str:
    """校验码 of the present head, printed on exports and papers."""
    return short_code(*head(session))


def last_stamp(session: Session) -> int:
    """The highest ``recorded_at`` this snapshot sees: the default 台账数据时间. Never the clock."""
    return session.connection().execute(_STAMP).scalar() or 0


def all_events(session: Session) -> Iterator[Mapping[str, Any]]:
    """Every event in order, read in batches by key so that memory stays flat and no cursor stays open."""
    last = 0
    while True:
        query = select(*_TABLE.columns).where(_TABLE.c.seq > last).order_by(_TABLE.c.seq).limit(_BATCH)
        rows = session.execute(query).mappings().all()
        if not rows:
            return
        yield from (dict(row) for row in rows)
        last = rows[-1]["seq"]


def breaks(session: Session) -> list[Break]:
    """Where the chain does not hold; empty when all is well."""
    return list(check(all_events(session)))


def events_about(session: Session, kind: str, subject_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The history of some things of one kind, oldest first."""
    query = select(*_TABLE.columns).where(_TABLE.c.subject_kind == kind, _TABLE.c.subject_id.in_(subject_ids))
    return session.execute(query.order_by(_TABLE.c.seq)).all()


def newest(session: Session, *, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """A page of the log, newest first."""
    query = select(*_TABLE.columns).order_by(_TABLE.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(_TABLE.c.seq < before)
    return session.execute(query).all()
