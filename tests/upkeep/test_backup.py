"""Backups: whole under writes, every changed byte found, on both engines."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from risk_registry.assessments.operations import declare_matter
from risk_registry.core.problems import Refused
from risk_registry.db.engine import make_engine
from risk_registry.upkeep.backup import (
    KEPT,
    Source,
    backup_due,
    daily_backup,
    extract,
    last_backup,
    open_backup,
    same_content,
    write_backup,
)
from risk_registry.upkeep.snapshot import copy_embedded, examined, postgresql_program
from tests.registry import Registry, matter_values
from tests.server import Data, copied

NOW = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def backup_file(demo_data: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demo county."""
    target = tmp_path_factory.mktemp("backup") / "demo.zip"
    engine = make_engine(demo_data.database_url)
    write_backup(Source(engine, demo_data.database_url, target.parent), target, NOW)
    engine.dispose()
    return target


def test_a_backup_says_what_it_holds_and_can_be_extracted(backup_file: Path, tmp_path: Path) -> None:
    opened = open_backup(backup_file)
    assert opened.manifest["engine"] == "sqlite"
    assert opened.manifest["created"] == "2026-03-02T12:30:00+08:00"
    assert opened.manifest["counts"]["assessment"] > 20
    assert opened.manifest["head"]["seq"] == opened.manifest["counts"]["event"]
    target = tmp_path / "registry.db"
    extract(opened, target)
    same_content(opened, examined(target))
    assert sorted(path.name for path in backup_file.parent.iterdir()) == ["backups", "demo.zip"]


def test_one_changed_byte_is_found_wherever_it_lies(backup_file: Path, tmp_path: Path) -> None:
    whole = backup_file.read_bytes()
    draw = Random(7)
    places = [0, 1, 30, len(whole) - 1, len(whole) - 64, len(whole) - 65, len(whole) - 100]
    places += [draw.randrange(len(whole)) for _ in range(60)]
    target = tmp_path / "changed.zip"
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << draw.randrange(8)
        target.write_bytes(changed)
        with pytest.raises(Refused, match="已损坏或被改动"):
            open_backup(target)
    for cut in (0, 10, 64, len(whole) // 2, len(whole) - 1):
        target.write_bytes(whole[:cut])
        with pytest.raises(Refused):
            open_backup(target)
    target.write_bytes(whole + b"\n")
    with pytest.raises(Refused):
        open_backup(target)


def test_a_damaged_registry_is_not_backed_up_as_if_it_were_good(demo_data: Data, tmp_path: Path) -> None:
    data = copied(demo_data, tmp_path / "data")
    with sqlite3.connect(data.folder / "registry.db") as raw:
        raw.execute("DROP TRIGGER event_no_update")
        raw.execute("UPDATE event SET reason = 'x' WHERE seq = 50")
    raw.close()
    engine = make_engine(data.database_url)
    with pytest.raises(Refused, match="第50条"):
        write_backup(Source(engine, data.database_url, data.folder), tmp_path / "bad.zip", NOW)
    engine.dispose()
    assert not (tmp_path / "bad.zip").exists()
    assert not list(tmp_path.glob(".bad*"))


def test_a_backup_taken_while_writes_go_on_is_whole(registry: Registry, tmp_path: Path) -> None:
    """Each backup is of one moment: as many lines as events of declaration, whatever was being written."""
    url = registry.engine.url.render_as_string(hide_password=False)
    if registry.engine.dialect.name == "postgresql":
        postgresql_program("pg_dump")
    stop, failures = threading.Event(), []

    def work() -> None:
        try:
            while not stop.is_set():
                with registry.writing() as session:
                    declare_matter(session, registry.act(session, "clerk"), matter_values(session))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        heads = []
        for number in range(3):
            target = tmp_path / f"{number}.zip"
            manifest = write_backup(Source(registry.engine, url, tmp_path), target, NOW)
            opened = open_backup(target)
            assert opened.manifest == manifest
            counts = manifest["counts"]
            assert counts["assessment"] == counts["matter"] == counts["matter_facts"]
            assert manifest["head"]["seq"] == counts["event"]
            heads.append(counts["event"])
            if opened.member == "registry.db":
                extract(opened, tmp_path / "copy.db")
                same_content(opened, examined(tmp_path / "copy.db"))
    finally:
        stop.set()
        thread.join()
    assert not failures
    assert heads == sorted(heads)


def test_daily_backups_are_due_once_a_day_and_fourteen_are_kept(demo_data: Data, tmp_path: Path) -> None:
    data = copied(demo_data, tmp_path / "data")
    assert last_backup(data.folder) is None
    engine = make_engine(data.database_url)
    source = Source(engine, data.database_url, data.folder)
    now = NOW
    for _ in range(KEPT + 2):
        assert backup_due(data.folder, now)
        file = daily_backup(source, now)
        assert not backup_due(data.folder, now + timedelta(hours=3))
        assert last_backup(data.folder) == now
        now += timedelta(days=1)
    engine.dispose()
    files = sorted((data.folder / "backups").glob("registry-*.zip"))
    assert len(files) == KEPT
    assert files[-1] == file
    shutil.rmtree(data.folder / "backups")
    assert last_backup(data.folder) is None


def test_a_missing_program_is_named() -> None:
    with pytest.raises(Refused, match="pg_dump_of_tomorrow"):
        postgresql_program("pg_dump_of_tomorrow")


def test_a_database_that_cannot_be_copied_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(b"not a database at all" * 100)
    engine = make_engine(f"sqlite:///{tmp_path / 'registry.db'}")
    with pytest.raises(Refused, match="未能复制"):
        copy_embedded(engine, tmp_path / "copy.db")
    engine.dispose()
