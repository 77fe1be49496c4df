"""How connections and transactions behave on both engines.

SQLite: the transactions are ours (``isolation_level=None``); a read is ``BEGIN`` with ``query_only`` on, a write is
``BEGIN IMMEDIATE`` behind the fair gate. PostgreSQL: a read is one REPEATABLE READ READ ONLY snapshot, a write READ
COMMITTED. So on both engines a request that only reads cannot write, and all it shows comes from one moment.
"""

from __future__ import annotations

import importlib
import select
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from risk_registry.db.gate import Gate

#: Execution option of a connection that changes the schema.
MIGRATION = "registry_migration"
_WRITE = "registry_write"
#: The libpq numbers of ``psycopg.IsolationLevel``; the driver is an extra and need not be installed.
_READ_COMMITTED, _REPEATABLE_READ = 2, 3
_GATE = "registry_gate"

#: SQLite versions whose WAL cannot lose committed writes with several connections (sqlite.org/wal.html).
_WAL_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def sqlite_module() -> ModuleType:
    """The SQLite driver with the newest library: the ``pysqlite3`` wheel where installed, else the standard one."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether write-ahead logging is safe with several connections in this SQLite version (3.7.0 to 3.51.2 are not)."""
    if version >= _WAL_FIXED[0]:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_FIXED[1:])


@dataclass(frozen=True)
class Durability:
    """What protects an acknowledged write on the embedded database, and why this mode was chosen."""

    version: str
    mode: str
    reason: str


def durability(module: ModuleType | None = None) -> Durability:
    """Journal mode for the SQLite in use; ``synchronous=FULL`` goes with both."""
    module = module or sqlite_module()
    info: tuple[int, ...] = module.sqlite_version_info
    version = ".".join(map(str, info))
    if wal_is_safe(info):
        return Durability(version, "WAL", "this SQLite has the WAL-reset fix")
    return Durability(version, "TRUNCATE", "this SQLite can lose committed writes in WAL (3.7.0 to 3.51.2)")


def engine_options(url: str | URL) -> dict[str, Any]:
    """Keyword arguments of ``create_engine`` for ``url``; the same for the web application and the commands."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        return {"module": sqlite_module(), "connect_args": {"check_same_thread": False, "timeout": 10.0}}
    return {"pool_size": 10, "max_overflow": 10}


def make_engine(url: str | URL) -> Engine:
    """An engine that behaves as this module says."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    return engine


def prepare_engine(engine: Engine) -> None:
    """Attach the connection and transaction behaviour. Harmless when repeated."""
    if engine.get_execution_options().get(_GATE) is not None:
        return
    if engine.dialect.name != "sqlite":
        engine.update_execution_options(**{_GATE: Gate(None)})
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkout", _still_there)
        return
    database = engine.url.database
    path = Path(database + ".lock") if database and database != ":memory:" else None
    engine.update_execution_options(**{_GATE: Gate(path)})
    mode = durability().mode
    event.listen(engine, "connect", lambda connection, _record: _connect_sqlite(connection, mode))
    event.listen(engine, "begin", _begin_sqlite)


def _connect_sqlite(connection: Any, mode: str) -> None:
    connection.isolation_level = None
    for statement in (
        "PRAGMA busy_timeout=10000",
        f"PRAGMA journal_mode={mode}",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA cache_size=-64000",
    ):
        connection.execute(statement)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(MIGRATION):
        for statement in ("PRAGMA query_only=0", "PRAGMA foreign_keys=OFF", "BEGIN EXCLUSIVE"):
            connection.exec_driver_sql(statement)
        return
    write = bool(options.get(_WRITE))
    connection.exec_driver_sql(f"PRAGMA query_only={0 if write else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """Isolation goes out with the driver's own BEGIN: no round trip of its own."""
    options = connection.get_execution_options()
    writes = bool(options.get(_WRITE) or options.get(MIGRATION))
    driver: Any = connection.connection.driver_connection
    driver.read_only = not writes
    driver.isolation_level = _READ_COMMITTED if writes else _REPEATABLE_READ


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """An idle connection has nothing to read; if it has, the server has hung up. Cheaper than asking it."""
    if connection.closed or select.select([connection.fileno()], [], [], 0)[0]:
        raise DisconnectionError("the server has closed this connection")


def begin_write(session: Session) -> None:
    """Open the writing transaction of ``session``; what it read before is forgotten and read anew under the lock.

    Raises ``Busy`` when the gate does not open in time.
    """
    if session.info.get(_WRITE):
        return
    session.rollback()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    gate = engine.get_execution_options()[_GATE]
    if engine.dialect.name == "sqlite":
        gate.acquire()
        session.info[_GATE] = gate
    session.info[_WRITE] = True
    try:
        session.connection(execution_options={_WRITE: True})
    except BaseException:
        session.rollback()
        _leave(session)
        raise


def is_writing(session: Session) -> bool:
    """Whether ``session`` is inside a writing transaction."""
    return bool(session.info.get(_WRITE))


def attach_gate(session_factory: Any) -> None:
    """Let the gate be released whenever the root transaction of a session of ``session_factory`` ends."""
    # SQLAlchemy finds listeners by the id of their target, which a later factory may inherit; so the mark is our own.
    if not getattr(session_factory, _GATE, False):
        setattr(session_factory, _GATE, True)
        event.listen(session_factory, "after_transaction_end", _transaction_ended)


def _transaction_ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _leave(session)


def _leave(session: Session) -> None:
    session.info.pop(_WRITE, None)
    gate = session.info.pop(_GATE, None)
    if gate is not None:
        gate.release()


def is_locked(error: BaseException) -> bool:
    """Whether a database error means "someone else is writing", to be answered with "try again", not as a fault."""
    return isinstance(error, OperationalError) and "locked" in str(error)


def is_taken(error: IntegrityError) -> bool:
    """Whether a unique value was taken by another writer first: for a person the same as a stale page."""
    return getattr(error.orig, "sqlstate", "") == "23505" or "UNIQUE constraint" in str(error.orig)
