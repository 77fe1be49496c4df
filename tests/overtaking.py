"""Two writers of PostgreSQL, the second begun while the first has not committed yet: deterministic, no sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.registry import Registry

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def overtaken(registry: Registry, first: Callable[[Session], object], second: Callable[[Session], object]) -> object:
    """What came of ``second``, or its error: it begins when ``first`` is done and not committed, and has to wait."""
    answer: list[object] = []

    def run() -> None:
        try:
            with registry.writing() as session:
                answer.append(second(session))
        except Exception as error:
            answer.append(error)

    thread = threading.Thread(target=run)
    with registry.writing() as session:
        first(session)
        session.flush()
        thread.start()
        until_waiting(registry, thread)
    thread.join(60)
    return answer[0]


def until_waiting(registry: Registry, thread: threading.Thread) -> None:
    """Look until somebody waits for a lock, or the thread is done."""
    last = monotonic() + 30
    while thread.is_alive() and monotonic() < last:
        with registry.engine.connect() as connection:
            if connection.scalar(_WAITING):
                return
        thread.join(0.02)
