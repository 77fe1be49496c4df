"""``restore``: a backup rehearsed, or brought back into an empty place."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from risk_registry.casefile.projection import attach
from risk_registry.commands.operator import Operator, operator
from risk_registry.config import ensure_secret
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db import migrate
from risk_registry.db.clock import Clock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.work import make_sessions, reading
from risk_registry.upkeep.backup import DUMP, EMBEDDED, BackupFile, extract, open_backup, same_content
from risk_registry.upkeep.snapshot import content_of, examined, postgresql_program, run_postgresql
from risk_registry.upkeep.verification import verify as verify_registry

#: What may lie in a data folder that a registry is restored into.
_MAY_STAY = frozenset({"config.toml"})
_MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


@click.command("restore", help="从备份恢复到空的数据文件夹；--check 只演练 (restore into an empty data folder).")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="在临时文件夹或试验库中演练，不改动数据 (rehearse beside the data).")
def restore(file: Path, check: bool) -> None:
    """Digests first, then the database, then ``verify``."""
    owner = operator()
    opened = open_backup(file)
    if check:
        _rehearse(opened, owner)
        return
    if opened.member == EMBEDDED:
        if not owner.embedded:
            raise Refused.one("file", N_("这是内嵌数据库的备份，不能恢复到 PostgreSQL"))
        _require_empty_folder(owner.config.data)
        _restore_embedded(opened, owner.config.data, owner.clock)
    else:
        _restore_postgresql(opened, owner)
    ensure_secret(owner.config.data)
    click.echo(f"已恢复到 {owner.config.data} ：{_summary(opened)} （restored）")


def _rehearse(opened: BackupFile, owner: Operator) -> None:
    """Everything a restore does, beside the data; what could not be tried is said."""
    left_out = ""
    with tempfile.TemporaryDirectory() as name:
        if opened.member == EMBEDDED:
            _restore_embedded(opened, Path(name), owner.clock)
        else:
            dump = Path(name) / DUMP
            extract(opened, dump)
            run_postgresql([postgresql_program("pg_restore"), "--file=/dev/null", str(dump)], None)
            left_out = _try_postgresql(opened, dump, owner)
    if left_out:
        click.echo(f"备份文件完好：{_summary(opened)} （the file is whole）")
        click.echo(f"没有试装入数据库，表中内容未核对：{left_out} （no trial database: the content was not checked）")
        return
    click.echo(f"备份完好，可以恢复：{_summary(opened)} （the backup is good）")


def _summary(opened: BackupFile) -> str:
    manifest = opened.manifest
    return f"{manifest['created']}，{manifest['counts']['assessment']} 件次，日志 {manifest['head']['seq']} 条"


def _require_empty_folder(folder: Path) -> None:
    if folder.exists() and any(path.name not in _MAY_STAY for path in folder.iterdir()):
        raise Refused.one("data", N_("数据文件夹 %(folder)s 不是空的，请用 --data 指定一个空文件夹"), folder=folder)


def _restore_embedded(opened: BackupFile, folder: Path, clock: Clock) -> None:
    """Work beside the final name; only a registry that passed every check gets it."""
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / ".restoring"
    work.mkdir()
    try:
        file = work / EMBEDDED
        extract(opened, file)
        same_content(opened, examined(file))
        _upgrade_and_verify(f"sqlite:///{file.as_posix()}", clock)
        file.replace(folder / EMBEDDED)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _upgrade_and_verify(url: str, clock: Clock) -> None:
    """A restored database brought to the present schema and looked through. Raises ``Refused`` on any difference."""
    engine = make_engine(url)
    try:
        migrate.upgrade(engine)
        with reading(make_sessions(engine, clock, attach)) as session:
            _require_sound(session, clock)
    finally:
        engine.dispose()


def _load(dump: Path, url: str) -> None:
    command = [postgresql_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
    run_postgresql([*command, "--single-transaction", str(dump)], url)


def _try_postgresql(opened: BackupFile, dump: Path, owner: Operator) -> str:
    """Load the dump into a database made for it and dropped again; why that could not be, "" when it was done."""
    if owner.embedded:
        return "未设置 PostgreSQL 数据库地址 RISK_REGISTRY_DATABASE_URL"
    url = owner.config.migrate_url or owner.config.database_url
    with _trial_database(url) as trial:
        if trial is None:
            return f"账号 {make_url(url).username} 无权新建数据库（CREATEDB）"
        _load(dump, trial)
        engine = make_engine(trial)
        try:
            with engine.connect() as connection:
                same_content(opened, content_of(connection))
        finally:
            engine.dispose()
        _upgrade_and_verify(trial, owner.clock)
    return ""


@contextmanager
def _trial_database(url: str) -> Iterator[str | None]:
    """The address of an empty database beside ``url``'s, gone afterwards; ``None`` when its role may create none."""
    name = f"registry_trial_{secrets.token_hex(6)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            allowed = bool(connection.execute(text(_MAY_CREATE)).scalar_one())
            if allowed:
                connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
        if not allowed:
            yield None
            return
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def _restore_postgresql(opened: BackupFile, owner: Operator) -> None:
    if owner.embedded:
        raise Refused.one(
            "file", N_("这是 PostgreSQL 的备份，请用 RISK_REGISTRY_DATABASE_URL 指定一个空的 PostgreSQL 库")
        )
    if owner.has_database():
        raise Refused.one("database", N_("目标数据库不是空的，请新建一个空库"))
    url = owner.config.migrate_url or owner.config.database_url
    with tempfile.TemporaryDirectory() as name:
        dump = Path(name) / DUMP
        extract(opened, dump)
        _load(dump, url)
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            same_content(opened, content_of(connection))
    finally:
        engine.dispose()
    owner.bring_to_head()
    with owner.reading() as session:
        _require_sound(session, owner.clock)


def _require_sound(session: Session, clock: Clock) -> None:
    result = verify_registry(session, today(clock))
    if not result.ok:
        first = result.faults[0]
        raise Refused.one(
            "file", N_("恢复出的登记库核验未通过：%(place)s：%(fault)s"), place=first.place, fault=first.fault
        )
