"""Upgrades: two at once, killed inside, a schema from the future."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from risk_registry.db import migrate
from risk_registry.db.engine import MIGRATION, make_engine
from risk_registry.db.migrate import SchemaTooNew, at_head, upgrade
from tests.postgres import PostgresServer
from tests.registry import ENGINES

ROOT = Path(__file__).parents[2]

#: An upgrade that says when it is inside and then takes its time over every statement.
SLOW_UPGRADE = """
import sys, time
from sqlalchemy import event
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
engine = make_engine(sys.argv[1])
@event.listens_for(engine, "after_cursor_execute")
def after(connection, cursor, statement, *rest):
    if statement.lstrip().startswith("CREATE"):
        print("inside", flush=True)
        time.sleep(0.02)
upgrade(engine)
print("done", flush=True)
"""


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, as its owner."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database().owner


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    found = make_engine(url)
    yield found
    found.dispose()


def whole(engine: Engine) -> bool:
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT count(*) FROM ledger_line")).scalar_one()
        return at_head(connection) and tables == 0


def test_an_upgrade_runs_once(engine: Engine) -> None:
    assert upgrade(engine) is True
    assert upgrade(engine) is False
    assert whole(engine)


def test_two_upgrades_at_once_do_the_work_once(url: str, engine: Engine) -> None:
    answers: list[object] = []
    start = threading.Barrier(3)

    def run() -> None:
        mine = make_engine(url)
        start.wait()
        try:
            answers.append(upgrade(mine))
        except BaseException as error:
            answers.append(error)
        mine.dispose()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, answers)) == ["False", "False", "True"]
    assert whole(engine)


@pytest.mark.slow
def test_an_upgrade_killed_inside_leaves_nothing_and_starts_again(url: str, engine: Engine) -> None:
    chance = random.Random(4)
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW_UPGRADE, url],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 20)):
            assert process.stdout.readline() == b"inside\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert empty(engine)
    assert upgrade(engine) is True
    assert whole(engine)


def empty(engine: Engine) -> bool:
    """Whether no table is there; a server may need a moment to notice that its client died."""
    query = "SELECT count(*) FROM sqlite_master"
    if engine.dialect.name == "postgresql":
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        deadline = time.monotonic() + 10
        with engine.connect() as connection:
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            while connection.execute(text(others)).scalar_one() and time.monotonic() < deadline:
                connection.rollback()
                time.sleep(0.01)
    with engine.connect() as connection:
        return bool(connection.execute(text(query)).scalar_one() == 0)


def test_a_schema_from_the_future_is_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.execution_options(**{MIGRATION: True}).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew):
        upgrade(engine)


def test_a_lost_trigger_is_put_back_by_the_next_start(engine: Engine) -> None:
    upgrade(engine)
    on = "" if engine.dialect.name == "sqlite" else " ON event"
    with engine.execution_options(**{MIGRATION: True}).begin() as connection:
        connection.execute(text(f"DROP TRIGGER event_no_update{on}"))
    assert upgrade(engine) is False
    with (
        pytest.raises(Exception, match="event_no_update"),
        engine.execution_options(**{MIGRATION: True}).begin() as connection,
    ):
        connection.execute(
            text("CREATE TRIGGER event_no_update BEFORE DELETE ON event BEGIN SELECT 1; END")
            if engine.dialect.name == "sqlite"
            else text(
                "CREATE TRIGGER event_no_update BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION registry_refuse()"
            )
        )


def test_an_upgrade_that_orphans_rows_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'registry.db'}")
    upgrade(engine)
    run = migrate._run

    def bad(connection: object) -> bool:
        connection.execute(  # type: ignore[attr-defined]
            text(
                "INSERT INTO matter_facts (matter_id, seq, title, title_key, owner_org_id) VALUES (77, 1, 'x', 'x', 5)"
            )
        )
        return run(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(migrate, "_run", bad)
    with pytest.raises(RuntimeError, match="without their parents"):
        upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM matter_facts")).scalar_one() == 0
    engine.dispose()
