"""What ``verify`` finds: planted by raw SQL with the guards taken off, as whoever owns the file could."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from risk_registry.audit.chain import COVERED, seal
from risk_registry.casefile.projection import attach, line_digest
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import make_engine
from risk_registry.db.guards import guarded_tables
from risk_registry.db.work import make_sessions, reading
from risk_registry.lines.predicates import LINE
from risk_registry.upkeep.verification import Verification, verify
from tests.server import Data, copied

TODAY = date(2026, 12, 1)


@pytest.fixture
def file(demo_data: Data, tmp_path: Path) -> Path:
    """The database of a copy of the demo county, its guards taken off."""
    path = copied(demo_data, tmp_path / "data").folder / "registry.db"
    with closing(sqlite3.connect(path)) as raw:
        for table in guarded_tables():
            for act in ("update", "delete", "replace"):
                raw.execute(f"DROP TRIGGER {table}_no_{act}")
        raw.commit()
    return path


def verified(file: Path) -> Verification:
    """``verify`` on a database file."""
    engine = make_engine(f"sqlite:///{file}")
    try:
        with reading(make_sessions(engine, FixedClock(TODAY), attach)) as session:
            return verify(session, TODAY)
    finally:
        engine.dispose()


def found(file: Path) -> list[tuple[str, str]]:
    """Check and place of what is found, but for the guards that the fixture took off."""
    result = verified(file)
    assert not result.ok
    return [(item.check, item.place) for item in result.faults if item.check != "guards"]


def write(file: Path, *statements: str) -> None:
    """Raw statements on the file."""
    with closing(sqlite3.connect(file)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def test_guards_that_were_taken_off_are_missed(file: Path) -> None:
    result = verified(file)
    assert {item.check for item in result.faults} == {"guards"}
    assert result.found == {"guards": 3 * len(guarded_tables())}


def test_a_changed_event(file: Path) -> None:
    write(file, "UPDATE event SET actor = 'somebody' WHERE seq = 120")
    assert found(file) == [("chain", "event 120")]


def test_an_event_changed_and_sealed_anew(file: Path) -> None:
    """Its own digest fits again, but the next event does not follow it."""
    _reseal(file, 120, "reason", "other")
    assert found(file) == [("chain", "event 121")]


def test_a_deleted_event(file: Path) -> None:
    write(file, "DELETE FROM event WHERE seq = 120")
    assert found(file)[:2] == [("chain", "event 120"), ("chain", "event 121")]


def test_swapped_events(file: Path) -> None:
    write(
        file,
        "UPDATE event SET seq = 1000000 WHERE seq = 120",
        "UPDATE event SET seq = 120 WHERE seq = 121",
        "UPDATE event SET seq = 121 WHERE seq = 1000000",
    )
    assert found(file)[0] == ("chain", "event 120")


def test_an_inserted_event(file: Path) -> None:
    """One set between two others moves all that follow, so their digests fit no more."""
    columns = ", ".join(name for name in (*COVERED, "digest") if name != "seq")
    write(
        file,
        "UPDATE event SET seq = seq + 1000000 WHERE seq >= 120",
        "UPDATE event SET seq = seq - 999999 WHERE seq >= 1000120",
        f"INSERT INTO event (seq, {columns}) SELECT 120, {columns} FROM event WHERE seq = 119",
    )
    assert found(file)[0] == ("chain", "event 120")


def test_an_event_added_at_the_end_brought_no_line(file: Path) -> None:
    """Well sealed, so the chain holds; but it says that it brought a line, and there is none."""
    with closing(sqlite3.connect(file)) as raw:
        raw.row_factory = sqlite3.Row
        last = dict(raw.execute("SELECT * FROM event ORDER BY seq DESC LIMIT 1").fetchone())
        last |= {"seq": last["seq"] + 1, "previous": last["digest"], "line_digest": "0" * 64}
        last["digest"] = seal(last)
        raw.execute(
            f"INSERT INTO event ({', '.join(last)}) VALUES ({', '.join('?' * len(last))})", tuple(last.values())
        )
        raw.commit()
    assert found(file) == [("line_events", f"event {last['seq']}")]


def _current(file: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(file)) as raw:
        query = "SELECT id, reg_no, seq, version FROM ledger_line WHERE number_seq = 7 AND number_year = 2024"
        number, reg_no, seq, version = raw.execute(query + " AND superseded_at IS NULL").fetchone()
    return number, f"line {number} ({reg_no}/{seq} version {version})"


@pytest.mark.parametrize(
    "change", ["title = '别的工程'", "outcome = 'deferred'", "filed_on = '2024-12-31'", "invest_wan = 1"]
)
def test_a_changed_line(file: Path, change: str) -> None:
    number, place = _current(file)
    write(file, f"UPDATE ledger_line SET {change} WHERE id = {number}")
    assert {("line_digests", place), ("lines", place)} <= set(found(file))


def test_a_line_changed_with_its_digest(file: Path) -> None:
    """The digest fits the forged content, but the records say otherwise, and so does the event that brought it."""
    number, place = _current(file)
    write(file, f"UPDATE ledger_line SET title = '别的工程' WHERE id = {number}")
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        row = dict(connection.execute(LINE.select().where(LINE.c.id == number)).mappings().one())
    engine.dispose()
    write(file, f"UPDATE ledger_line SET digest = '{line_digest(row)}' WHERE id = {number}")
    places = found(file)
    assert ("line_digests", place) not in places
    assert {("lines", place), ("line_events", f"line {number}")} <= set(places)


def test_an_old_line_version_changed(file: Path) -> None:
    write(file, "UPDATE ledger_line SET remark = 'x' WHERE id = (SELECT min(id) FROM ledger_line WHERE version = 2)")
    assert [check for check, _ in found(file)] == ["line_digests"]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE assessment SET main_risks = main_risks, outcome = 'partial' WHERE id = 3", "lines"),
        ("UPDATE assessment SET status = 'concluded' WHERE id = 3", "lines"),
        ("UPDATE matter_facts SET title = 'other' WHERE id = 3", "lines"),
        ("DELETE FROM ledger_line WHERE assessment_id = 3 AND superseded_at IS NULL", "lines"),
        ("DELETE FROM ledger_line WHERE assessment_id = 3 AND version = 2", "versions"),
        (
            "UPDATE ledger_line SET superseded_at = superseded_at + 1 WHERE assessment_id = 3 AND version = 2",
            "versions",
        ),
        ("DELETE FROM line_search WHERE rowid = 3", "search"),
        ("UPDATE line_search SET tokens = 'x' WHERE rowid <= 20", "search"),
        ("UPDATE number_counter SET last = last + 1 WHERE year = 2024", "numbers"),
        (
            "UPDATE assessment SET measures = 'x' WHERE id = (SELECT min(id) FROM assessment WHERE status = 'filed')",
            "contents",
        ),
        (
            "UPDATE consultation SET themes = 'x' WHERE assessment_id = (SELECT assessment_id FROM filing LIMIT 1)",
            "contents",
        ),
        (
            "INSERT INTO method_version (method, version, name, basis, content, digest, valid_from)"
            " VALUES ('INDEX_428', 2, 'x', 'x', '{}', 'x', '2024-01-01')",
            "methods",
        ),
        ("UPDATE filing SET number_seq = 99 WHERE number_seq = 3 AND number_year = 2024", "numbers"),
        ("UPDATE registration_counter SET last = 2 WHERE year = 2024", "numbers"),
        ("DELETE FROM organisation_tree WHERE depth = 2", "records"),
        ("DELETE FROM assessment WHERE id = 3", "records"),
    ],
)
def test_what_no_longer_fits(file: Path, statement: str, check: str) -> None:
    write(file, statement)
    assert check in {name for name, _ in found(file)}


def test_a_thousand_faults_are_numbered_not_listed(file: Path) -> None:
    write(file, "UPDATE ledger_line SET remark = 'x'")
    result = verified(file)
    assert result.found["line_digests"] > 100
    assert len([item for item in result.faults if item.check == "line_digests"]) == 20
    assert json.dumps(result.as_json())


def _reseal(file: Path, seq: int, name: str, value: str) -> None:
    with closing(sqlite3.connect(file)) as raw:
        raw.row_factory = sqlite3.Row
        row = dict(raw.execute("SELECT * FROM event WHERE seq = ?", (seq,)).fetchone())
        row[name] = value
        raw.execute(f"UPDATE event SET {name} = ?, digest = ? WHERE seq = ?", (value, seal(row), seq))
        raw.commit()
