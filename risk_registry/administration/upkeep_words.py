"""State, checks and backups in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _
from markupsafe import Markup

from risk_registry.casefile.presentation import all_fields
from risk_registry.config import SETTINGS, Config
from risk_registry.core.counting import MEASURES
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.jobs.models import Job
from risk_registry.jobs.queries import result_of
from risk_registry.matters.fields import column_name
from risk_registry.upkeep.state import Advice
from risk_registry.upkeep.verification import CHECKS
from risk_registry.upkeep.wording import in_words

#: Jobs of the administrators' pages.
KINDS: dict[str, str] = {
    "check": N_("体检"),
    "verify": N_("核验"),
    "backup": N_("备份"),
    "examine": N_("核对备份文件"),
}

_ORIGINS = {
    "default": N_("默认值"),
    "config.toml": N_("数据文件夹中的配置文件"),
    "secret.key": N_("数据文件夹中的密钥文件"),
    "--data": N_("启动命令"),
}
_SORTS = {"daily": N_("每日自动"), "by_hand": N_("手工"), "before_upgrade": N_("升级前")}
_KIB = 1024


def kind(code: str) -> str:
    """The name of a kind of job."""
    return str(gettext(KINDS[code]))


def sort(code: str) -> str:
    """How a backup came to be."""
    return str(gettext(_SORTS[code]))


def doing(job: Job) -> str:
    """The step a running job is at."""
    return str(gettext(job.message)) if job.message else ""


def code(text: object) -> Markup:
    """A value as it stands in a file or a command."""
    return Markup('<samp translate="no">{}</samp>').format(text)


def size(number: int) -> str:
    """A number of bytes, rounded for a reader."""
    value = float(number)
    for unit in ("B", "KB", "MB"):
        if value < _KIB:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _KIB
    return f"{value:.1f} GB"


def settings_rows(config: Config) -> list[tuple[str, object, str]]:
    """(meaning, value, where it came from) of every setting of the installation; secrets are masked."""
    labels = {setting.name: setting.zh for setting in SETTINGS}
    rows: list[tuple[str, object, str]] = []
    for name, value, origin in config.listing():
        came = gettext(_ORIGINS[origin]) if origin in _ORIGINS else _("环境变量")
        shown: object = code(value)
        if value in ("True", "False"):
            shown = _("是") if value == "True" else _("否")
        rows.append((gettext(labels[name]), shown if value else _("（空）"), came))
    return rows


def advice(items: list[Advice]) -> list[str]:
    """What a keeper should know, in the reader's language."""
    return [item.statement.say(gettext) for item in items]


def notices(items: list[Advice]) -> list[tuple[str, str]]:
    """The same with the kind of notice; what an office may choose to leave as it is, is no warning."""
    return [(item.statement.say(gettext), "info" if item.code == "not_separated" else "warning") for item in items]


def versions(state: Mapping[str, Any]) -> list[tuple[str, object]]:
    """What runs here."""
    schema, newest = code(state["schema"]), _("最新") if state["schema_at_head"] else _("需要升级")
    rows: list[tuple[str, object]] = [
        (_("程序版本"), code(state["program"])),
        (_("数据库结构版本"), Markup("{} · {}").format(schema, newest)),
        (_("语言环境"), code(f"Python {state['python']}")),
    ]
    if state["database"] == "SQLite":
        wal = str(state["sqlite_mode"]).startswith("WAL")
        why = (
            _("程序库已修正多连接下可能丢失写入的缺陷，用预写日志，每次保存都落盘")
            if wal
            else _("程序库尚有多连接下可能丢失写入的缺陷，改用较慢但安全的日志方式，每次保存都落盘")
        )
        rows += [
            (_("内嵌数据库"), code(f"SQLite {state['sqlite_version']}")),
            (_("保存方式"), Markup("{} · {}").format(code(state["sqlite_mode"]), why)),
        ]
    else:
        rows += [
            (_("数据库服务器"), code(f"PostgreSQL {state['server']}")),
            (_("应用账号"), code(state["application_role"])),
            (_("数据表所有者"), code(state["table_owner"])),
            (_("备份程序"), code(state["dump_program"]) if state["dump_program"] else _("没有找到")),
        ]
    return rows


def office(state: Mapping[str, Any], config: Config) -> list[tuple[str, object]]:
    """Where the data lie and how the office has set things up."""
    years = str(state["calendar_years"])
    calendar = _("已载入%(years)s年", years=years.replace("-", "—")) if years else _("还没有载入")
    return [
        (_("数据文件夹"), code(config.data)),
        (_("磁盘剩余空间"), code(f"{state['disk_free_gib']} GB")),
        (_("工作日历"), calendar),
        (_("三员分立"), _("已启用") if state["separation"] == "on" else _("未启用")),
    ]


@cache
def _labels() -> dict[str, dict[str, str]]:
    fields = {field.name: field.label for field in all_fields()}
    columns = {column_name(field): field.label for field in all_fields()}
    return {
        "status": {term.code: term.zh for term in STATUSES},
        "columns": fields | columns,
        "measure": {measure.id: measure.label for measure in MEASURES},
    }


def result(job: Job, *, places: bool) -> dict[str, Any]:
    """What came of a job. ``places``: whether the reader may know where a difference lies."""
    found = result_of(job)
    if "problems" in found:
        problems = [Problem("", item["message"], item["params"]).say(gettext) for item in found["problems"]]
        return {"problems": problems}
    if not found:
        return {}
    if job.kind == "verify":
        return _verified(found, places=places)
    if job.kind == "check":
        return {**found, "advice": advice([Advice(item["code"], item["params"]) for item in found["advice"]])}
    return found


def _verified(found: Mapping[str, Any], *, places: bool) -> dict[str, Any]:
    names = {
        place: {code: str(gettext(label)) for code, label in labels.items()} for place, labels in _labels().items()
    }
    checks = [
        (gettext(CHECKS.get(name, name)), size, found["found"].get(name, 0)) for name, size in found["checked"].items()
    ]
    faults = [
        (
            gettext(CHECKS.get(item["check"], item["check"])),
            in_words(item["place"], gettext, names),
            in_words(item["fault"], gettext, names),
        )
        for item in found["faults"]
    ]
    return {
        "ok": found["ok"],
        "head": found["head"],
        "checks": checks,
        "faults": faults if places else [],
        "hidden": bool(faults) and not places,
        "differences": sum(found["found"].values()),
    }
