"""``check``: what this installation runs with, and what an operator should know about it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import make_url, text

from risk_registry.commands.operator import Operator, operator
from risk_registry.db import migrate
from risk_registry.db.engine import durability
from risk_registry.settings.queries import settings
from risk_registry.upkeep.backup import last_backup

_GIB = 1 << 30
#: Days without a backup after which it is said.
_STALE = 3


@click.command("check", help="显示生效的设置及来源、数据库状态和提醒 (effective settings, where from, warnings).")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象 (one JSON object).")
def check(as_json: bool) -> None:
    """Change nothing; a warning is no failure."""
    owner = operator()
    rows = [{"name": name, "value": value, "origin": origin} for name, value, origin in owner.config.listing()]
    state = dict(_state(owner))
    warnings = list(_warnings(owner, state))
    if as_json:
        click.echo(json.dumps({"settings": rows, "state": state, "warnings": warnings}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']:<22}{row['value']}  [{row['origin']}]")
    click.echo()
    for name, value in state.items():
        click.echo(f"{name:<22}{value}")
    for warning in warnings:
        click.echo(f"提醒 (warning): {warning}")


def _state(owner: Operator) -> Iterator[tuple[str, Any]]:
    if owner.embedded:
        found = durability()
        yield "database", "SQLite"
        yield "sqlite_version", found.version
        yield "sqlite_mode", f"{found.mode} + FULL"
        yield "sqlite_reason", found.reason
    else:
        yield "database", "PostgreSQL"
    folder = owner.config.data
    while not folder.exists():
        folder = folder.parent
    yield "disk_free_gib", round(shutil.disk_usage(folder).free / _GIB, 1)
    newest = last_backup(owner.config.data)
    yield "last_backup", newest.isoformat(timespec="seconds") if newest else None
    if not owner.has_database():
        yield "schema", None
        return
    with owner.engine.connect() as connection:
        yield "schema", migrate.current(connection)
        ready = migrate.at_head(connection)
        yield "schema_at_head", ready
        if not owner.embedded:
            yield "application_role", connection.execute(text("SELECT current_user")).scalar_one()
            yield "table_owner", connection.execute(text(_OWNER)).scalar()
            yield "server", connection.execute(text("SHOW server_version")).scalar_one()
    if ready:
        with owner.reading() as session:
            values = settings(session)
            yield "office_name", values["office_name"]
            yield "region", values["region"]
            yield "separation", values["separation"]
            yield "demo", values["demo"]


_OWNER = "SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'event'"


def _warnings(owner: Operator, state: dict[str, Any]) -> Iterator[str]:
    if state["schema"] is None:
        yield "还没有登记库，请运行 init 或 demo (no registry yet)"
    elif not state["schema_at_head"]:
        yield f"数据库结构不是最新，应为 {migrate.head()} (schema is not at head)"
    if state.get("sqlite_mode", "").startswith("TRUNCATE"):
        yield "SQLite 版本较旧，已改用较慢但安全的方式，安装 pysqlite3 可改善 (older SQLite, slower safe mode)"
    if not owner.embedded and state.get("application_role") == state.get("table_owner"):
        yield "应用账号就是表的所有者，数据库无法阻止其改写日志，请分设两个账号 (owner and application role are one)"
    if owner.config.migrate_url and make_url(owner.config.migrate_url).get_backend_name() == "sqlite":
        yield "migrate_url 只用于 PostgreSQL (migrate_url is for PostgreSQL only)"
    if state["disk_free_gib"] < 1:
        yield "磁盘剩余空间不足 1 GiB (less than 1 GiB free)"
    newest = last_backup(owner.config.data)
    if state["schema"] is not None and (newest is None or (owner.clock.now() - newest).days >= _STALE):
        yield "超过三天没有备份 (no backup for three days)"
    if not owner.config.secret_key:
        yield "还没有签名密钥，init 或 demo 会生成 (no secret key yet)"
    if state.get("separation") == "off":
        yield "三员分立未启用 (administrators are not separated)"
