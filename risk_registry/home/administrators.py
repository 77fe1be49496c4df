"""What an administrator finds on the desk: what the office still lacks, and how the registry itself stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, LoginSession
from risk_registry.accounts.queries import Limits
from risk_registry.accounts.sessions import SignedIn
from risk_registry.administration.first_steps import lacking, whom_to_ask
from risk_registry.administration.first_steps_pages import listed, present_progress
from risk_registry.administration.places import place
from risk_registry.calendar.queries import missing_years
from risk_registry.db.clock import Clock, from_stamp, to_stamp, today
from risk_registry.db.extension import db
from risk_registry.jobs.queries import newest
from risk_registry.upkeep.backup import last_backup
from risk_registry.web.i18n import listed as in_a_row
from risk_registry.web.i18n import zh_date

BACKUP_WARNING = timedelta(days=3)
_ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})
#: Who keeps accounts, and so is told how many are signed in or locked.
_KEEPERS = frozenset({"sysadmin", "secadmin"})


def administrators_desk(account: SignedIn) -> dict[str, object]:
    """The part of the desk that is for administrators; nothing for other accounts."""
    if not account.roles & _ADMINISTRATORS:
        return {"administrator": False}
    session = db.session()
    clock: Clock = session.info["clock"]
    now, data = clock.now(), Path(current_app.config["DATA"])
    keeper = "sysadmin" in account.roles
    return {
        "administrator": True,
        "steps": [step for step in listed(present_progress()) if step["state"] == "open"] if keeper else [],
        "steps_url": place("first_steps.index"),
        "missing_years": missing_years(session, today(clock)) if keeper else [],
        "calendar_url": place("calendar_admin.load", "POST"),
        "backup": _backup_warning(data, now) if keeper else "",
        "states": _states(session, data, now, people=not account.roles.isdisjoint(_KEEPERS)),
    }


def not_ready(day: date) -> str:
    """What people with business here are told while the office cannot work yet; "" as soon as it can."""
    session = db.session()
    wanted = lacking(session, today=day)
    if not wanted:
        return ""
    what = in_a_row(*(gettext(step.label) for step in wanted))
    who = in_a_row(*whom_to_ask(session)) or gettext("系统管理员")
    return str(gettext("登记库还在准备，暂不能办理备案，还差：%(what)s。请联系%(who)s。", what=what, who=who))


def _backup_warning(data: Path, now: datetime) -> str:
    """What an administrator is told when the last backup is older than three days, or there is none."""
    last = last_backup(data)
    if last is None:
        return str(gettext("还没有备份。请备份一次，或让系统保持运行以自动备份。"))
    if now - last > BACKUP_WARNING:
        days = (now - last) // timedelta(days=1)
        return str(gettext("最近一次备份在 %(days)s 天前。请检查自动备份并尽快备份一次。", days=days))
    return ""


def _states(session: Session, data: Path, now: datetime, *, people: bool) -> list[tuple[str, str, str]]:
    """(label, how it stands, where it is looked at)."""
    last, checked = last_backup(data), newest(session, "verify", "done")
    rows = [
        (
            gettext("最近备份"),
            zh_date(from_stamp(to_stamp(last)).date()) if last else gettext("从未"),
            place("backups.index"),
        ),
        (
            gettext("最近核验"),
            zh_date(from_stamp(checked.finished_at).date()) if checked and checked.finished_at else gettext("从未"),
            place("state.index"),
        ),
    ]
    if people:
        rows += [
            (
                gettext("正在登录"),
                gettext("%(count)s 人", count=_signed_in(session, now)),
                place("account_admin.index"),
            ),
            (gettext("已锁定的账号"), gettext("%(count)s 个", count=_locked(session)), place("account_admin.index")),
        ]
    return rows


def _signed_in(session: Session, now: datetime) -> int:
    limits = Limits.of(minutes=current_app.config["SESSION_IDLE_MINUTES"], hours=current_app.config["SESSION_HOURS"])
    stamp = to_stamp(now)
    query = select(func.count(LoginSession.account_id.distinct())).where(
        LoginSession.ended_at.is_(None),
        LoginSession.last_seen_at > stamp - limits.idle,
        LoginSession.created_at > stamp - limits.absolute,
    )
    return session.scalar(query) or 0


def _locked(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Account).where(Account.active, Account.locked)) or 0
