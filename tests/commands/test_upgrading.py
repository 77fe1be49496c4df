"""From the first schema to the present one, with what was entered under the first: nothing is lost, nothing differs.

The two backups in ``tests/upkeep/revisions`` were written by the software of revision 0001, with its demo county.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest

from risk_registry.config import ensure_secret
from risk_registry.core.problems import Refused
from risk_registry.db import migrate
from risk_registry.db.clock import FixedClock
from risk_registry.upkeep.backup import open_backup
from risk_registry.upkeep.snapshot import postgresql_program, run_postgresql
from tests.commands.conftest import Commands
from tests.postgres import APP, OWNER, PostgresServer, Urls

OLD = Path(__file__).resolve().parents[1] / "upkeep" / "revisions"
CLOCK = date(2026, 12, 1)


@pytest.fixture
def old(tmp_path: Path) -> Commands:
    """Commands on an embedded registry of revision 0001."""
    folder = tmp_path / "data"
    folder.mkdir()
    ensure_secret(folder)
    with zipfile.ZipFile(OLD / "0001-sqlite.zip") as archive:
        archive.extract("registry.db", folder)
    return Commands(folder, FixedClock(CLOCK))


def revision(file: Path) -> str:
    """The schema of a database file."""
    with closing(sqlite3.connect(file)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def lines(file: Path) -> list[tuple[object, ...]]:
    """Every line version with its digest."""
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute(
            "SELECT assessment_id, version, digest, title, status FROM ledger_line ORDER BY id"
        ).fetchall()


def test_the_fixtures_are_of_the_first_revision() -> None:
    for name in ("0001-sqlite.zip", "0001-postgresql.zip"):
        manifest = open_backup(OLD / name).manifest
        assert manifest["schema"] == "0001" != migrate.head()
        assert manifest["counts"]["assessment"] > 20


@pytest.mark.parametrize("command", [["upgrade"], ["verify"], ["counts", "--year", "2024"]])
def test_any_command_upgrades_after_a_copy(old: Commands, command: list[str]) -> None:
    file, copy = old.folder / "registry.db", old.folder / "backups" / "before-upgrade-from-0001.db"
    before = lines(file)
    assert len(before) > 100
    old.good(*command)
    assert (revision(file), revision(copy)) == (migrate.head(), "0001")
    assert lines(file) == lines(copy) == before
    found = old.json("verify")
    assert found["ok"], found["faults"]
    assert "已是最新" in old.good("upgrade")
    # The old program's file is whole: it opens, and brings the same registry again.
    file.write_bytes(copy.read_bytes())
    assert old.json("verify")["head"] == found["head"]


def test_what_goes_on_after_an_upgrade_is_counted_and_verified(old: Commands, password_file: Path) -> None:
    old.good("org", "add", "xinju", "示例县新设局")
    old.good("user", "add", "xin", "--role", "submitter", "--org", "xinju", "--password-file", str(password_file))
    assert old.json("verify")["ok"]
    assert old.json("counts", "--year", "2024")["measures"]["assessed"] == 14


def test_no_copy_no_upgrade(old: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise Refused.one("", "磁盘已满")

    monkeypatch.setattr("risk_registry.upkeep.backup.copy_embedded", full)
    assert "磁盘已满" in old.refused("verify")
    assert revision(old.folder / "registry.db") == "0001"
    assert "已升级" in old.good("upgrade", "--without-backup")
    assert revision(old.folder / "registry.db") == migrate.head()


def test_a_newer_registry_is_left_alone(old: Commands) -> None:
    with closing(sqlite3.connect(old.folder / "registry.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    for command in ("upgrade", "verify"):
        assert "更新版本的软件" in old.refused(command)
    assert not (old.folder / "backups").exists()


def test_a_backup_of_the_first_revision_is_restored_and_upgraded(tmp_path: Path) -> None:
    commands = Commands(tmp_path / "data", FixedClock(CLOCK))
    file = str(OLD / "0001-sqlite.zip")
    assert "可以恢复" in commands.good("restore", file, "--check")
    assert not (tmp_path / "data").exists()
    commands.good("restore", file)
    assert revision(commands.folder / "registry.db") == migrate.head()
    assert commands.json("verify")["ok"]


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextmanager
def settings(monkeypatch: pytest.MonkeyPatch, urls: Urls, *, owner: bool = True) -> Iterator[None]:
    """The environment of commands on a PostgreSQL database."""
    with monkeypatch.context() as patch:
        patch.setenv("RISK_REGISTRY_DATABASE_URL", urls.app)
        if owner:
            patch.setenv("RISK_REGISTRY_MIGRATE_URL", urls.owner)
        yield


def plain(url: str) -> str:
    """The address as the driver itself takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def old_urls(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Urls]:
    """A PostgreSQL registry of revision 0001, as its owner's upgrade had left it."""
    urls = postgres_server.create_database()
    with zipfile.ZipFile(OLD / "0001-postgresql.zip") as archive:
        archive.extract("registry.dump", tmp_path)
    command = [postgresql_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
    run_postgresql([*command, str(tmp_path / "registry.dump")], urls.owner)
    with psycopg.connect(plain(urls.owner)) as connection:
        connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
        connection.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")
    yield urls
    postgres_server.drop_database(urls)


@pytest.mark.postgres
def test_postgresql_upgrades_after_a_backup(old_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = Commands(tmp_path / "data", FixedClock(CLOCK))
    with settings(monkeypatch, old_urls, owner=False):
        assert "RISK_REGISTRY_MIGRATE_URL" in commands.refused("verify")
    with settings(monkeypatch, old_urls):
        monkeypatch.setattr("risk_registry.upkeep.backup.write_backup", _refuse)
        said = commands.refused("verify")
        assert "磁盘已满" in said
        assert "--without-backup" in said
        monkeypatch.undo()
    with settings(monkeypatch, old_urls):
        assert "已升级" in commands.good("upgrade")
        kept = open_backup(commands.folder / "backups" / "before-upgrade-from-0001.zip")
        assert kept.manifest["schema"] == "0001"
        found = commands.json("verify")
        assert found["ok"], found["faults"]
        assert found["head"].startswith(f"{kept.manifest['head']['seq']}-")
        assert commands.json("counts", "--year", "2024")["measures"]["assessed"] == 14


def _refuse(*_arguments: object) -> None:
    raise Refused.one("", "磁盘已满")


@pytest.mark.postgres
def test_a_postgresql_backup_is_tried_in_a_database_of_its_own(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = postgres_server.create_database()
    commands = Commands(tmp_path / "data", FixedClock(CLOCK))
    file = str(OLD / "0001-postgresql.zip")
    said = commands.good("restore", file, "--check")
    assert "没有试装入数据库" in said
    assert "RISK_REGISTRY_DATABASE_URL" in said
    with settings(monkeypatch, urls):
        said = commands.good("restore", file, "--check")
        assert f"账号 {OWNER} 无权新建数据库" in said
        with postgres_server.may_create_databases(OWNER):
            before = _databases(urls)
            said = commands.good("restore", file, "--check")
            assert "可以恢复" in said
            assert "没有试装入" not in said
            monkeypatch.setattr("risk_registry.commands.restoring.same_content", _differ)
            assert "清单不符" in commands.refused("restore", file, "--check")
            assert _databases(urls) == before
            monkeypatch.undo()
    with psycopg.connect(plain(urls.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def _databases(urls: Urls) -> set[str]:
    with psycopg.connect(plain(urls.owner)) as connection:
        return {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")}


def _differ(*_arguments: object) -> None:
    raise Refused.one("file", "恢复出的操作日志与备份清单不符")


@pytest.mark.postgres
def test_a_postgresql_backup_of_the_first_revision_is_restored_and_upgraded(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = postgres_server.create_database()
    commands = Commands(tmp_path / "data", FixedClock(CLOCK))
    with settings(monkeypatch, urls):
        commands.good("restore", str(OLD / "0001-postgresql.zip"))
        assert commands.json("check")["state"]["schema"] == migrate.head()
        assert commands.json("verify")["ok"]
