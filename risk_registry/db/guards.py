"""What the database itself refuses, whoever asks: rewriting history.

Models register their tables here; ``install`` (re)creates the triggers after every schema upgrade, because a table
rebuild on SQLite drops them without a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Guard:
    """``changeable``: the columns that may go once from NULL to a value. All others, and DELETE, are refused.

    ``unique``: conditions under which a row OLD stands in the way of a row NEW beside the key, said in SQL with the
    columns of OLD bare.
    """

    table: str
    key: str
    changeable: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


_GUARDS: dict[str, Guard] = {}


def append_only(table: str, *, key: str, changeable: tuple[str, ...] = (), unique: tuple[str, ...] = ()) -> None:
    """Register ``table`` as append-only: no DELETE, no REPLACE, no TRUNCATE, no UPDATE but of ``changeable``.

    ``unique`` names what else may collide, since REPLACE deletes whatever row any unique index finds in its way.
    """
    _GUARDS[table] = Guard(table, key, changeable, unique)


def guarded_tables() -> tuple[str, ...]:
    """The tables whose history the database protects."""
    return tuple(sorted(_GUARDS))


def install(connection: Connection) -> None:
    """Create the triggers anew on the connection's engine."""
    columns = {guard.table: _columns(connection, guard.table) for guard in _GUARDS.values()}
    for guard in _GUARDS.values():
        statements = (
            _sqlite(guard, columns[guard.table])
            if connection.dialect.name == "sqlite"
            else _postgresql(guard, columns[guard.table])
        )
        for statement in statements:
            connection.execute(text(statement))


def _columns(connection: Connection, table: str) -> tuple[str, ...]:
    result = connection.execute(text(f"SELECT * FROM {table} WHERE 1 = 0"))
    return tuple(result.keys())


def _forbidden_change(guard: Guard, columns: tuple[str, ...], differs: str) -> str:
    fixed = [f"OLD.{column} {differs} NEW.{column}" for column in sorted(columns) if column not in guard.changeable]
    once = [f"OLD.{column} IS NOT NULL" for column in guard.changeable]
    return " OR ".join(fixed + once)


def _sqlite(guard: Guard, columns: tuple[str, ...]) -> tuple[str, ...]:
    table = guard.table
    collision = " OR ".join([f"{guard.key} = NEW.{guard.key}", *(f"({part})" for part in guard.unique)])
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return (
        f"DROP TRIGGER IF EXISTS {table}_no_update",
        f"DROP TRIGGER IF EXISTS {table}_no_delete",
        f"DROP TRIGGER IF EXISTS {table}_no_replace",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"WHEN {_forbidden_change(guard, columns, 'IS NOT')} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing the delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {collision}) {refuse}",
    )


def _postgresql(guard: Guard, columns: tuple[str, ...]) -> tuple[str, ...]:
    table = guard.table
    return (
        "CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({_forbidden_change(guard, columns, 'IS DISTINCT FROM')}) EXECUTE FUNCTION registry_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION registry_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION registry_refuse()",
    )


def grant(connection: Connection, role: str) -> None:
    """Give the application's role what it needs and no more: it may add to guarded tables, not rewrite them."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(f'GRANT USAGE ON SCHEMA public TO "{role}"'))
    connection.execute(text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'))
    connection.execute(text(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"'))
    for guard in _GUARDS.values():
        connection.execute(text(f'REVOKE UPDATE, DELETE, TRUNCATE ON {guard.table} FROM "{role}"'))
        if guard.changeable:
            changeable = ", ".join(guard.changeable)
            connection.execute(text(f'GRANT UPDATE ({changeable}) ON {guard.table} TO "{role}"'))
