"""The migrated schema is the one the models say, on both engines: columns, CHECKs, partial indexes and triggers.

One database is migrated, another made from the models, and their catalogues are compared; search tables, whose shadow
tables belong to the engine, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from risk_registry.db import guards
from risk_registry.db.engine import MIGRATION, make_engine
from risk_registry.db.migrate import upgrade
from risk_registry.tables import METADATA
from tests.postgres import PostgresServer
from tests.registry import ENGINES

_POSTGRES = (
    """SELECT 'column ' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
       || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attidentity::text
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    """SELECT 'constraint ' || c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = 'public'::regnamespace""",
    "SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT 'trigger ' || c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal""",
)


def _plain(definition: str) -> str:
    """A statement without quotes, blanks and the order in which its constraints stand."""
    flat = re.sub(r"\s+", " ", definition.replace('"', "")).strip()
    if not flat.upper().startswith("CREATE TABLE"):
        return re.sub(r"\s*([(),])\s*", r"\1", flat)
    head, _, body = flat.partition("(")
    return head + " | ".join(sorted(_parts(body.rsplit(")", 1)[0])))


def _parts(body: str) -> list[str]:
    """The column and constraint clauses of a table."""
    parts, depth, part = [], 0, ""
    for character in body:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return [re.sub(r"\s*([(),])\s*", r"\1", item) for item in [*parts, part.strip()]]


def catalogue(connection: Connection) -> dict[str, str]:
    """Every object of the schema with its normalised definition."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        found = {row[0]: _plain(row[1]) for row in rows}
    else:
        found = {row[0]: row[1] for query in _POSTGRES for row in connection.execute(text(query))}
    return {name: what for name, what in found.items() if "line_search" not in name and "alembic_version" not in name}


def differences(migrated: Engine, modelled: Engine) -> list[str]:
    """Names of what differs between two databases."""
    with migrated.connect() as one, modelled.connect() as other:
        first, second = catalogue(one), catalogue(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


class Pair:
    """A migrated database and one made from the models."""

    def __init__(self, migrated: Engine, modelled: Engine) -> None:
        self.migrated, self.modelled = migrated, modelled

    def alter(self, *statements: str) -> list[str]:
        """Change the migrated one, and say what then differs."""
        with self.migrated.execution_options(**{MIGRATION: True}).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        return differences(self.migrated, self.modelled)


@pytest.fixture(params=ENGINES)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Both schemas on one engine."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in ("migrated", "modelled")]
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        urls = [server.create_database().owner for _ in range(2)]
    migrated, modelled = map(make_engine, urls)
    upgrade(migrated)
    with modelled.execution_options(**{MIGRATION: True}).begin() as connection:
        METADATA.create_all(connection)
        guards.install(connection)
    yield Pair(migrated, modelled)
    migrated.dispose()
    modelled.dispose()


def test_the_migrated_schema_is_the_one_of_the_models(pair: Pair) -> None:
    assert differences(pair.migrated, pair.modelled) == []
    with pair.migrated.connect() as connection:
        found = catalogue(connection)
    kinds = {name.split()[0] for name in found}
    assert {"index", "trigger"} < kinds
    assert any("superseded_at IS NULL" in what for what in found.values())
    assert any("accepted_by_another" in name + what for name, what in found.items())


def test_a_planted_column_is_found(pair: Pair) -> None:
    assert pair.alter("ALTER TABLE matter ADD COLUMN planted INTEGER")


def test_a_dropped_trigger_is_found(pair: Pair) -> None:
    on = "" if pair.migrated.dialect.name == "sqlite" else " ON event"
    assert [name for name in pair.alter(f"DROP TRIGGER event_no_update{on}") if "event_no_update" in name]


def test_a_weakened_trigger_is_found(pair: Pair) -> None:
    if pair.migrated.dialect.name == "sqlite":
        changed = pair.alter(
            "DROP TRIGGER event_no_delete",
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON event WHEN OLD.seq > 5 BEGIN SELECT RAISE(ABORT, ''); END",
        )
    else:
        changed = pair.alter(
            "DROP TRIGGER event_no_delete ON event",
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON event FOR EACH ROW WHEN (OLD.seq > 5)"
            " EXECUTE FUNCTION registry_refuse()",
        )
    assert [name for name in changed if "event_no_delete" in name]


def test_a_changed_partial_index_is_found(pair: Pair) -> None:
    changed = pair.alter(
        "DROP INDEX uq_filing_accepted", "CREATE UNIQUE INDEX uq_filing_accepted ON filing (assessment_id)"
    )
    assert changed == ["index uq_filing_accepted"]


def test_a_weakened_check_is_found(pair: Pair) -> None:
    if pair.migrated.dialect.name == "sqlite":
        with pair.migrated.connect() as connection:
            table = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'draft'")).scalar_one()
        changed = pair.alter("DROP TABLE draft", table.replace("'amendment'", "'amendment', 'planted'"))
    else:
        changed = pair.alter("ALTER TABLE filing DROP CONSTRAINT ck_filing_accepted_by_another")
    assert changed


def test_every_table_whose_history_is_kept_is_guarded(pair: Pair) -> None:
    assert {"event", "ledger_line"} <= set(guards.guarded_tables())
    with pair.migrated.connect() as connection:
        found = catalogue(connection)
    for table in guards.guarded_tables():
        assert sum(f"{table}_no_" in name for name in found) == 3, table
