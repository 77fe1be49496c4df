"""Units of work outside requests: a session that behaves like the web application's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from risk_registry.db.clock import Clock
from risk_registry.db.engine import attach_gate, begin_write

Sessions = sessionmaker[Session]


def make_sessions(engine: Engine, clock: Clock, *hooks: Callable[[Sessions], None]) -> Sessions:
    """A session factory with the gate, the clock and ``hooks`` (the line projection) attached."""
    factory = sessionmaker(engine, expire_on_commit=False, info={"clock": clock})
    attach_gate(factory)
    for hook in hooks:
        hook(factory)
    return factory


@contextmanager
def writing(factory: Sessions) -> Iterator[Session]:
    """One writing unit of work: committed at the end, rolled back whole on any error."""
    with factory() as session:
        begin_write(session)
        yield session
        session.commit()


@contextmanager
def reading(factory: Sessions) -> Iterator[Session]:
    """One reading unit of work: everything in it comes from one snapshot, and it cannot write."""
    with factory() as session:
        yield session
        session.rollback()
