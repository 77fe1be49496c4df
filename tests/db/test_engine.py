"""How connections behave: reads cannot write, a lost connection is noticed before it is used."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from risk_registry.db.engine import is_taken
from tests.registry import Registry


def test_a_read_cannot_write(registry: Registry) -> None:
    with registry.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE setting SET value = 'x'"))


@pytest.mark.postgres
def test_a_connection_the_server_closed_is_replaced(postgres_registry: Registry) -> None:
    with postgres_registry.reading() as session:
        idle = session.scalar(text("SELECT pg_backend_pid()"))
    with postgres_registry.engine.connect() as first, postgres_registry.engine.connect() as second:
        pids = {connection.scalar(text("SELECT pg_backend_pid()")) for connection in (first, second)}
        assert idle in pids
        other = second if first.scalar(text("SELECT pg_backend_pid()")) == idle else first
        first.rollback()
        other.scalar(text("SELECT pg_terminate_backend(:pid)"), {"pid": idle})
        other.rollback()
        other.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": idle})
    with postgres_registry.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    with postgres_registry.writing() as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_value_taken_first_is_told_from_other_broken_rules(registry: Registry) -> None:
    with pytest.raises(IntegrityError) as caught, registry.writing() as session:
        session.execute(text("INSERT INTO setting (id, key, value, basis) SELECT id, key || '2', '', '' FROM setting"))
    assert is_taken(caught.value)
    with pytest.raises(IntegrityError) as caught, registry.writing() as session:
        session.execute(text("UPDATE organisation SET kind = 'none'"))
    assert not is_taken(caught.value)
