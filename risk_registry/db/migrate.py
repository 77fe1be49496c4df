"""Schema upgrades under a lock, on both engines.

SQLite: ``foreign_keys=OFF`` before one ``BEGIN EXCLUSIVE`` around version check, migrations, triggers and
``foreign_key_check``, so a kill at any moment leaves the old schema whole. PostgreSQL: one transaction under an
advisory lock. Two starts at once do not fail: the second finds nothing to do.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from risk_registry.db import guards
from risk_registry.db.engine import MIGRATION
from risk_registry.paths import folder

_LOCK = 0x5352_4153


class SchemaTooNew(RuntimeError):
    """The database was upgraded by a newer version of this software; this one refuses to touch it."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The newest schema revision this software knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def known() -> frozenset[str]:
    """Every schema revision this software knows."""
    return frozenset(item.revision for item in ScriptDirectory.from_config(_config()).walk_revisions())


def current(connection: Connection) -> str | None:
    """The schema revision of the database, ``None`` for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def at_head(connection: Connection) -> bool:
    """Whether the database has the schema this software expects."""
    return current(connection) == head()


def upgrade(engine: Engine, *, application_role: str | None = None) -> bool:
    """Bring the database to the newest schema; returns whether anything was done.

    Raises ``SchemaTooNew`` for a revision this software does not know.
    """
    if engine.dialect.name == "sqlite":
        return _upgrade_sqlite(engine)
    return _upgrade_postgresql(engine, application_role)


def _upgrade_sqlite(engine: Engine) -> bool:
    with engine.connect().execution_options(**{MIGRATION: True}) as connection:
        # Foreign keys stay off on this connection, so it never goes back to the pool.
        connection.detach()
        with connection.begin():
            changed = _run(connection)
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"the upgrade would leave rows without their parents: {broken[:5]}")
        return changed


def _upgrade_postgresql(engine: Engine, application_role: str | None) -> bool:
    with engine.execution_options(**{MIGRATION: True}).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        changed = _run(connection)
        if application_role:
            guards.grant(connection, application_role)
        return changed


def _run(connection: Connection) -> bool:
    revision = current(connection)
    if revision is not None and revision not in known():
        raise SchemaTooNew(revision)
    changed = revision != head()
    if changed:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    guards.install(connection)
    return changed
