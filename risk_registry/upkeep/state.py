"""What an installation runs with, and what its keeper should know about it: for ``check`` and for the page."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session

from risk_registry.calendar.models import CalendarYear
from risk_registry.config import Config
from risk_registry.core.problems import Refused
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_
from risk_registry.db import migrate
from risk_registry.db.clock import SHANGHAI, to_stamp
from risk_registry.db.engine import durability
from risk_registry.organisations.registry_office import office_names
from risk_registry.settings.queries import settings
from risk_registry.upkeep.backup import last_backup
from risk_registry.upkeep.snapshot import postgresql_program

_GIB = 1 << 30
#: Days without a backup after which it is said.
STALE = 3
#: GiB of free space below which it is said.
_LITTLE = 1
_OWNER = "SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'event'"

#: Code of a warning: Chinese source text, English.
WARNINGS: dict[str, tuple[str, str]] = {
    "no_registry": (N_("还没有登记库，请运行 init 或 demo"), "no registry yet"),
    "schema_behind": (N_("数据库结构不是最新，应为 %(head)s"), "schema is not at head"),
    "old_sqlite": (
        N_("内嵌数据库的程序库版本较旧，已改用较慢但安全的方式，请升级程序库"),
        "older SQLite, slower safe mode: install pysqlite3",
    ),
    "one_role": (
        N_("应用账号就是表的所有者，数据库无法阻止其改写日志，请分设两个账号"),
        "owner and application role are one",
    ),
    "migrate_url": (N_("migrate_url 只用于 PostgreSQL"), "migrate_url is for PostgreSQL only"),
    "little_space": (N_("磁盘剩余空间不足 1 GiB"), "less than 1 GiB free"),
    "stale_backup": (N_("超过三天没有备份"), "no backup for three days"),
    "no_dump_program": (
        N_("找不到 pg_dump，无法备份，请安装与数据库同版本或更新的 postgresql-client"),
        "no pg_dump, no backups: install postgresql-client",
    ),
    "no_secret": (N_("还没有签名密钥，init 或 demo 会生成"), "no secret key yet"),
    "not_separated": (N_("三员分立未启用"), "administrators are not separated"),
    "calendar": (
        N_("%(year)s年的工作日历还没有载入，期限只能按平常的星期估算"),
        "the working-day calendar lacks this year: terms are estimates",
    ),
}


@dataclass(frozen=True)
class Advice:
    """One thing a keeper should know; no failure."""

    code: str
    params: dict[str, object] = field(default_factory=dict)

    @property
    def statement(self) -> Statement:
        """The sentence, to be said in the reader's language."""
        return Statement(WARNINGS[self.code][0], self.params)

    def __str__(self) -> str:
        return f"{self.statement} ({WARNINGS[self.code][1]})"


def is_embedded(config: Config) -> bool:
    """Whether the database is the embedded one."""
    return config.database_url.startswith("sqlite:")


def state_of(config: Config, session: Session | None, now: datetime) -> dict[str, Any]:
    """Versions, database, disk, backup, and what of the office's settings bears on them.

    ``session`` reads the database; ``None`` where there is none yet.
    """
    return dict(_state(config, session, now))


def _state(config: Config, session: Session | None, now: datetime) -> Iterator[tuple[str, Any]]:
    yield "program", program_version()
    yield "python", platform.python_version()
    if is_embedded(config):
        found = durability()
        yield "database", "SQLite"
        yield "sqlite_version", found.version
        yield "sqlite_mode", f"{found.mode} + FULL"
        yield "sqlite_reason", found.reason
        yield "sqlite_library", "pysqlite3" if importlib.util.find_spec("pysqlite3") else "Python"
    else:
        yield "database", "PostgreSQL"
        yield "dump_program", _dump_program()
    yield "disk_free_gib", round(shutil.disk_usage(_existing(config.data)).free / _GIB, 1)
    newest = last_backup(config.data)
    yield "last_backup", newest.astimezone(SHANGHAI).isoformat(timespec="seconds") if newest else None
    yield "last_backup_stamp", to_stamp(newest) if newest else None
    yield "backup_days", (now - newest).days if newest else None
    if session is None:
        yield "schema", None
        return
    connection = session.connection()
    yield "schema", migrate.current(connection)
    ready = migrate.at_head(connection)
    yield "schema_at_head", ready
    if not is_embedded(config):
        yield "application_role", connection.execute(text("SELECT current_user")).scalar_one()
        yield "table_owner", connection.execute(text(_OWNER)).scalar()
        yield "server", connection.execute(text("SHOW server_version")).scalar_one()
    if ready:
        yield from _office(session, now)


def _office(session: Session, now: datetime) -> Iterator[tuple[str, Any]]:
    values = settings(session)
    yield "office_name", office_names(session).on(now.astimezone(SHANGHAI).date())
    for key in ("region", "separation", "demo"):
        yield key, values[key]
    yield "terms", any(values[key] for key in ("term_file_within", "term_office_check", "term_correction"))
    years = session.scalars(select(CalendarYear.year).order_by(CalendarYear.year)).all()
    yield "calendar_years", f"{years[0]}-{years[-1]}" if years else ""
    yield "calendar_this_year", now.astimezone(SHANGHAI).year in years


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _dump_program() -> str | None:
    try:
        return postgresql_program("pg_dump")
    except Refused:
        return None


def program_version() -> str:
    """The version of this software; empty in a bare checkout."""
    try:
        return version("risk-registry")
    except PackageNotFoundError:
        return ""


def warnings_of(config: Config, state: dict[str, Any], now: datetime) -> list[Advice]:
    """What an operator should know; a warning is no failure."""
    year = now.astimezone(SHANGHAI).year
    found = {
        "no_registry": state["schema"] is None,
        "schema_behind": state["schema"] is not None and not state["schema_at_head"],
        "old_sqlite": str(state.get("sqlite_mode", "")).startswith("TRUNCATE"),
        "one_role": not is_embedded(config) and bool(state.get("table_owner") == state.get("application_role")),
        "migrate_url": bool(config.migrate_url) and make_url(config.migrate_url).get_backend_name() == "sqlite",
        "little_space": state["disk_free_gib"] < _LITTLE,
        "stale_backup": state["schema"] is not None and (state["backup_days"] is None or state["backup_days"] >= STALE),
        "no_dump_program": not is_embedded(config) and state["dump_program"] is None,
        "no_secret": not config.secret_key,
        "not_separated": state.get("separation") == "off",
        "calendar": not state.get("calendar_this_year", True) and bool(state["terms"] or state["calendar_years"]),
    }
    params: dict[str, dict[str, object]] = {"schema_behind": {"head": migrate.head()}, "calendar": {"year": year}}
    return [Advice(code, params.get(code, {})) for code, there in found.items() if there]
