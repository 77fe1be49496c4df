"""``verify``, ``backup`` and ``restore``."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import click
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.audit.operations import record_fact
from risk_registry.audit.queries import last_stamp
from risk_registry.casefile.projection import attach
from risk_registry.commands.operator import Operator, operator
from risk_registry.config import ensure_secret
from risk_registry.core.counting import MEASURES
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db import migrate
from risk_registry.db.clock import Clock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.work import make_sessions, reading
from risk_registry.ledgers.asking import ask
from risk_registry.organisations.registry_office import office_names
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import counts
from risk_registry.upkeep.backup import DUMP, EMBEDDED, BackupFile, extract, open_backup, same_content, write_backup
from risk_registry.upkeep.snapshot import content_of, examined, postgresql_program, run_postgresql
from risk_registry.upkeep.verification import Verification
from risk_registry.upkeep.verification import verify as verify_registry

#: What may lie in a data folder that a registry is restored into.
_MAY_STAY = frozenset({"config.toml"})


@click.command("verify", help="核验操作日志、台账、检索和编号是否一致 (verify chain, lines, search, numbers).")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象 (one JSON object).")
def verify(as_json: bool) -> None:
    """Exit 1 on any difference."""
    owner = operator()
    with owner.reading() as session:
        result = verify_registry(session, today(owner.clock))
        result.add("figures", *_figures(session, owner))
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _say(result)
    if not result.ok:
        raise click.exceptions.Exit(1)


def _figures(session: Session, owner: Operator) -> tuple[int, list[tuple[str, str]]]:
    """Each figure of this year is the size of the list that its link opens."""
    asked = ask(EVERYTHING, settings(session), today(owner.clock), last_stamp(session), offices=office_names(session))
    counted = counts(session, asked.query).measures
    plain = [measure for measure in MEASURES if not measure.distinct_matters]
    listed = {measure.id: asked.query.with_filter(measure=measure.id).count(session) for measure in plain}
    faults = [
        (name, f"the figure is {counted[name]}, its list has {number} lines")
        for name, number in listed.items()
        if counted[name] != number
    ]
    return len(listed), faults


def _say(result: Verification) -> None:
    for name, size in result.checked.items():
        number = result.found.get(name, 0)
        click.echo(f"{name:<14}{size:>10}  {'OK' if not number else f'{number} ×'}")
    for item in result.faults:
        click.echo(f"{item.check}: {item.place}: {item.fault}", err=True)
    if result.ok:
        click.echo(f"核验无差异，校验码 {result.head} （no difference）")
    else:
        click.echo("核验发现差异（differences found）", err=True)


@click.command("backup", help="备份整个登记库，可在使用中进行 (back up the registry while it is in use).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Record who takes a copy, then take it."""
    owner = operator()
    if file.exists():
        raise Refused.one("file", N_("文件“%(file)s”已存在，请换一个文件名"), file=file)
    with owner.writing() as session:
        record_fact(session, owner.actor, "backup", kind="backup", text=file.name)
    manifest = write_backup(owner.source(), file.absolute(), owner.clock.now())
    head = manifest["head"]
    click.echo(f"已备份到 {file} ：{manifest['counts']['assessment']} 件次，日志 {head['seq']} 条（backed up）")


@click.command("restore", help="从备份恢复到空的数据文件夹；--check 只演练 (restore into an empty data folder).")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="在临时文件夹中完整演练，不改动数据 (rehearse in a temporary folder).")
def restore(file: Path, check: bool) -> None:
    """Digests first, then the database, then ``verify``."""
    owner = operator()
    opened = open_backup(file)
    if check:
        with tempfile.TemporaryDirectory() as name:
            if opened.member == EMBEDDED:
                _restore_embedded(opened, Path(name), owner.clock)
            else:
                extract(opened, Path(name) / DUMP)
                command = [postgresql_program("pg_restore"), "--file=/dev/null", str(Path(name) / DUMP)]
                run_postgresql(command, None)
        click.echo(f"备份完好，可以恢复：{_summary(opened)} （the backup is good）")
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
        engine = make_engine(f"sqlite:///{file.as_posix()}")
        try:
            migrate.upgrade(engine)
            with reading(make_sessions(engine, clock, attach)) as session:
                _require_sound(session, clock)
        finally:
            engine.dispose()
        file.replace(folder / EMBEDDED)
    finally:
        shutil.rmtree(work, ignore_errors=True)


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
        command = [postgresql_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
        run_postgresql([*command, "--single-transaction", str(dump)], url)
    owner.upgrade()
    with owner.engine.connect() as connection:
        same_content(opened, content_of(connection))
    with owner.reading() as session:
        _require_sound(session, owner.clock)


def _require_sound(session: Session, clock: Clock) -> None:
    result = verify_registry(session, today(clock))
    if not result.ok:
        first = result.faults[0]
        raise Refused.one(
            "file", N_("恢复出的登记库核验未通过：%(place)s：%(fault)s"), place=first.place, fault=first.fault
        )
