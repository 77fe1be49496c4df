"""``verify``, ``backup`` and ``upgrade``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from risk_registry.audit.operations import record_fact
from risk_registry.commands.operator import operator
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.upkeep.backup import daily_file, drop_oldest, write_backup
from risk_registry.upkeep.verification import Verification
from risk_registry.upkeep.verification import verify as verify_registry


@click.command("verify", help="核验操作日志、台账、检索和编号是否一致 (verify chain, lines, search, numbers).")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象 (one JSON object).")
def verify(as_json: bool) -> None:
    """Exit 1 on any difference."""
    owner = operator()
    with owner.reading() as session:
        result = verify_registry(session, today(owner.clock))
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _say(result)
    if not result.ok:
        raise click.exceptions.Exit(1)


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
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--daily", is_flag=True, help="存入数据文件夹的 backups，只留最近14份 (into the data folder, fourteen are kept)."
)
def backup(file: Path | None, daily: bool) -> None:
    """Record who takes a copy, then take it."""
    owner = operator()
    if daily == (file is not None):
        raise click.UsageError("FILE / --daily", click.get_current_context())
    now = owner.clock.now()
    target = daily_file(owner.config.data, now) if file is None else file.absolute()
    if target.exists():
        raise Refused.one("file", N_("文件“%(file)s”已存在，请换一个文件名"), file=target)
    with owner.writing() as session:
        record_fact(session, owner.actor, "backup", kind="backup", text=target.name)
    manifest = write_backup(owner.source(), target, now)
    if daily:
        drop_oldest(owner.config.data)
    head = manifest["head"]
    click.echo(f"已备份到 {target} ：{manifest['counts']['assessment']} 件次，日志 {head['seq']} 条（backed up）")


@click.command("upgrade", help="升级数据库结构，升级前先备份 (bring the database to the present schema).")
@click.option("--without-backup", is_flag=True, help="不先备份，已另行备份时使用 (a copy was taken by other means).")
def upgrade(without_backup: bool) -> None:
    """Every command upgrades when it must; a server process does not, so a service runs this before it."""
    owner = operator()
    if not owner.has_database():
        owner.require_registry()
    changed = owner.upgrade(copy=not without_backup)
    click.echo("已升级（upgraded）" if changed else "已是最新结构（nothing to do）")
