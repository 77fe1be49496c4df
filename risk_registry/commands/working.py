"""``job``: one piece of long work, in a process that a page started. The table of what kinds of work there are."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from functools import partial
from types import FrameType
from typing import Any

import click
from sqlalchemy import text

from risk_registry.commands.operator import Operator, operator
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.jobs.running import Task, Work, carry_out
from risk_registry.upkeep.backup import kept_files, open_backup, write_backup
from risk_registry.upkeep.state import state_of, warnings_of
from risk_registry.upkeep.verification import verify
from risk_registry.web import logs


def check(owner: Operator, task: Task) -> Mapping[str, Any]:
    """What ``check`` says, and whether the database answers and the data folder can be written."""
    now = owner.clock.now()
    task.tell(0, 3, N_("读取数据库"))
    with owner.reading() as session:
        state = state_of(owner.config, session, now)
        task.tell(1, 3, N_("检查数据库文件"))
        whole = "ok"
        if owner.embedded:
            whole = str(session.execute(text("PRAGMA quick_check(1)")).scalar_one())
    task.tell(2, 3, N_("检查数据文件夹"))
    folder = owner.config.data / "backups"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".write-test").write_text("", encoding="ascii")
        (folder / ".write-test").unlink()
        writable = True
    except OSError:
        writable = False
    advice = [{"code": item.code, "params": item.params} for item in warnings_of(owner.config, state, now)]
    return {"state": state, "advice": advice, "whole": whole == "ok", "fault": whole, "writable": writable}


def verification(owner: Operator, task: Task) -> Mapping[str, Any]:
    """What ``verify`` says."""
    with owner.reading() as session:
        return verify(session, today(owner.clock), task.tell).as_json()


def backup(owner: Operator, task: Task) -> Mapping[str, Any]:
    """A backup under the name that was asked for, read once more when it is written."""
    target = owner.config.data / "backups" / str(task.asked["file"])
    write_backup(owner.source(), target, owner.clock.now(), task.tell)
    task.tell(2, 3, N_("重新读取并核对"))
    return {"file": target.name, **_seen(owner, target.name)}


def examination(owner: Operator, task: Task) -> Mapping[str, Any]:
    """Every backup file read from its first byte to its last, against its own digest."""
    files = [file.name for file in kept_files(owner.config.data) if file.restorable]
    found = {}
    for number, name in enumerate(files):
        task.tell(number, len(files), N_("核对备份文件"))
        found[name] = _seen(owner, name)
    return {"files": found}


def _seen(owner: Operator, name: str) -> dict[str, Any]:
    path = owner.config.data / "backups" / name
    try:
        about = path.stat()
        manifest = open_backup(path).manifest
    except (Refused, OSError):
        return {"mark": path.stat().st_mtime_ns if path.exists() else 0, "good": False}
    return {
        "mark": about.st_mtime_ns,
        "good": True,
        "size": about.st_size,
        "assessments": manifest["counts"]["assessment"],
        "events": manifest["head"]["seq"],
    }


def works(owner: Operator) -> dict[str, Work]:
    """Every kind of job. A new kind is a function here and a page that asks for it."""
    return {
        "check": partial(check, owner),
        "verify": partial(verification, owner),
        "backup": partial(backup, owner),
        "examine": partial(examination, owner),
    }


@click.command("job", hidden=True, help="执行一项后台任务，由网页启动 (carry out one job; started by the pages).")
@click.argument("number", type=click.IntRange(1))
def job(number: int) -> None:
    """Exit 1 when the work came to nothing; the job says why."""
    logs.configure(sys.stderr)
    signal.signal(signal.SIGTERM, _stop)
    owner = operator()
    if not carry_out(owner.sessions, number, works(owner)):
        raise click.exceptions.Exit(1)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """The job is told interrupted on the way out."""
    raise SystemExit(1)
