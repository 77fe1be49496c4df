"""Sign-ins that are open now: who is there, since when, from where; and their end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, LoginRecord, LoginSession
from risk_registry.accounts.queries import DEFAULT_LIMITS, Limits
from risk_registry.accounts.rules import require_administrator
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.organisations.models import Organisation

#: Browsers by the mark they leave, the more particular first: most of them also call themselves Chrome and Safari.
_BROWSERS = (
    (r"Edge?/(\d+)", N_("微软浏览器")),
    (r"(?:360SE|360EE|QIHU|QHBrowser)\S*?/?(\d*)", N_("三六零浏览器")),
    (r"(?:MQQBrowser|QQBrowser)/(\d+)", N_("腾讯浏览器")),
    (r"(?:MetaSr|SE) (\d+)", N_("搜狗浏览器")),
    (r"(?:Qaxbrowser|QAX)\S*?/?(\d*)", N_("奇安信浏览器")),
    (r"(?:UOSBrowser|UBrowser|UOS)\S*?/?(\d*)", N_("统信浏览器")),
    (r"Firefox/(\d+)", N_("火狐浏览器")),
    (r"Chrom(?:e|ium)/(\d+)", N_("谷歌内核浏览器")),
    (r"Version/(\d+)\S* .*Safari/", N_("苹果浏览器")),
    (r"(?:MSIE |rv:)(\d+)", N_("旧版微软浏览器")),
)
_MACHINES = (
    (r"Android|HarmonyOS|Mobile", N_("手机")),
    (r"iPhone|iPad", N_("手机")),
    (r"Windows", N_("视窗电脑")),
    (r"Macintosh|Mac OS", N_("苹果电脑")),
    (r"Linux|X11|UOS|Kylin", N_("国产系统或其他电脑")),
)
_OVER = N_("这个登录已经结束")
_UNKNOWN = N_("未识别的程序")


@dataclass(frozen=True)
class OpenLogin:
    """One sign-in that is open; the times are stamps."""

    id: int
    account_id: int
    name: str
    display_name: str
    organisation: str
    created_at: int
    last_seen_at: int
    address: str
    agent: str


_COLUMNS = (
    LoginSession.id,
    LoginSession.account_id,
    Account.name,
    Account.display_name,
    Organisation.name.label("organisation"),
    LoginSession.created_at,
    LoginSession.last_seen_at,
    LoginSession.address,
    LoginSession.agent,
)


def is_open(now: datetime, limits: Limits = DEFAULT_LIMITS) -> ColumnElement[bool]:
    """The condition that a sign-in still counts; the account itself is asked besides."""
    stamp = to_stamp(now)
    return and_(
        LoginSession.ended_at.is_(None),
        LoginSession.last_seen_at > stamp - limits.idle,
        LoginSession.created_at > stamp - limits.absolute,
    )


def open_logins(
    session: Session,
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
    account_id: int | None = None,
    name: str = "",
    most: int = 200,
) -> list[OpenLogin]:
    """Who is signed in, the latest first; of one account, or with ``name`` in name, shown name or address."""
    query = (
        select(*_COLUMNS)
        .join(Account, LoginSession.account_id == Account.id)
        .join(Organisation, Account.organisation_id == Organisation.id)
        .where(is_open(now, limits), Account.active, ~Account.locked)
        .order_by(LoginSession.id.desc())
        .limit(most)
    )
    if account_id is not None:
        query = query.where(LoginSession.account_id == account_id)
    if name:
        texts = (Account.name, Account.display_name, Organisation.name, LoginSession.address)
        found = [column.contains(name, autoescape=True) for column in texts]
        query = query.where(found[0] | found[1] | found[2] | found[3])
    rows: Sequence[Any] = session.execute(query).all()
    return [OpenLogin(*row) for row in rows]


def end_logins(session: Session, actor: Actor, account: Account, *, login_id: int | None = None) -> int:
    """End one sign-in of an account, or all of them; the number that ended. An act with an event.

    Raises ``Refused`` when the one is over already, ``NotAllowed``.
    """
    require_administrator(actor, "sysadmin", "secadmin")
    ended = _end(session, account, login_id=login_id)
    if login_id is not None and not ended:
        raise Refused.one("", _OVER)
    if ended:
        addresses = sorted({login.address for login in ended})
        record(session, actor, "end_sessions", account, note={"count": len(ended), "addresses": addresses})
    return len(ended)


def end_own_logins(session: Session, actor: Actor, account: Account, *, keep: int, login_id: int | None = None) -> int:
    """End one of one's own sign-ins, or all but ``keep`` (the one in use); the number that ended.

    Raises ``Refused`` when the one is over already, ``NotAllowed`` for another person's account.
    """
    if actor.account_id != account.id:
        raise NotAllowed.one("", N_("只能结束自己的登录"))
    ended = _end(session, account, login_id=login_id, keep=keep)
    if login_id is not None and not ended:
        raise Refused.one("", _OVER)
    return len(ended)


def _end(
    session: Session, account: Account, *, login_id: int | None = None, keep: int | None = None
) -> Sequence[LoginSession]:
    query = select(LoginSession).where(LoginSession.account_id == account.id, LoginSession.ended_at.is_(None))
    if login_id is not None:
        query = query.where(LoginSession.id == login_id)
    if keep is not None:
        query = query.where(LoginSession.id != keep)
    clock: Clock = session.info["clock"]
    now = to_stamp(clock.now())
    found = session.scalars(query).all()
    for login in found:
        login.ended_at = now
        session.add(
            LoginRecord(at=now, name=account.name, account_id=account.id, address=login.address, outcome="logout")
        )
    session.flush()
    return found


def browser_words(agent: str) -> tuple[str, str, str]:
    """Browser, its main version ("" when unknown) and machine of a user agent, in plain words to be translated."""
    machine = next((words for mark, words in _MACHINES if re.search(mark, agent)), "")
    for mark, words in _BROWSERS:
        match = re.search(mark, agent)
        if match is not None:
            return words, match.group(1), machine
    return _UNKNOWN, "", machine
