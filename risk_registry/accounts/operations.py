"""Writes of accounts. Password hashes come in ready made: hashing is slow and has no place in a transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole, StashedForm
from risk_registry.accounts.queries import KEPT, KEY_LENGTH, by_name, digest, name_key
from risk_registry.accounts.scope import SCOPES, default_scope
from risk_registry.accounts.signing_in import end_sessions, forget_failures
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import BUSINESS_ROLES, ROLES
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.organisations.models import Organisation

_ROLE_CODES = frozenset(term.code for term in ROLES)
_SCOPE_CODES = frozenset(term.code for term in SCOPES)
_KEPT_FORMS = 5


def create_account(
    session: Session,
    actor: Actor,
    *,
    name: str,
    password_hash: str,
    organisation: Organisation,
    roles: Collection[str],
    display_name: str = "",
    scope: str | None = None,
    separation: bool = False,
    must_change_password: bool = True,
) -> Account:
    """Add an account. Its first password must be changed at first sign-in, unless the demo says otherwise.

    ``scope`` left out follows from the roles. Raises ``Refused`` with every faulty field, ``NotAllowed``.
    """
    _administrator(actor, "sysadmin")
    clean_name, shown, problems = _names(session, name, display_name or name)
    lane = _lane(roles, separation=separation, problems=problems)
    scope = default_scope(roles, organisation.kind) if scope is None else scope
    problems += _scope_problems(scope, organisation)
    if problems:
        raise Refused(problems)
    now = to_stamp(_now(session))
    account = Account(
        name=clean_name,
        name_key=name_key(clean_name),
        display_name=shown,
        password_hash=password_hash,
        organisation=organisation,
        scope=scope,
        lane=lane,
        active=True,
        locked=False,
        must_change_password=must_change_password,
        password_changed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    _give(session, account, roles)
    record(session, actor, "create_account", account)
    return account


def set_roles(
    session: Session,
    actor: Actor,
    account: Account,
    *,
    roles: Collection[str],
    separation: bool = False,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Replace the roles. With ``separation`` sysadmin, secadmin and auditor exclude one another and business roles."""
    _administrator(actor, *(("secadmin",) if separation else ("sysadmin", "secadmin")))
    _same_version(account, version)
    problems: list[Problem] = []
    lane = _lane(roles, separation=separation, problems=problems)
    if problems:
        raise Refused(problems)
    if "sysadmin" in account.roles and "sysadmin" not in roles:
        _another_administrator(session, account)
    for row in list(account.role_rows):
        session.delete(row)
    session.flush()
    account.lane = lane
    session.flush()
    session.expire(account, ["role_rows"])
    _give(session, account, roles)
    record(session, actor, "set_roles", account, reason=reason)


def change_account(
    session: Session,
    actor: Actor,
    account: Account,
    *,
    display_name: str,
    organisation: Organisation,
    scope: str,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Change the shown name, the organisation and the data scope."""
    _administrator(actor, "sysadmin")
    _same_version(account, version)
    _, shown, problems = _names(session, account.name, display_name, known=account)
    problems += _scope_problems(scope, organisation)
    if problems:
        raise Refused(problems)
    account.display_name, account.organisation, account.scope = shown, organisation, scope
    session.flush()
    record(session, actor, "change_account", account, reason=reason)


def lock_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Keep an account out for the time being; its sessions end at once."""
    _administrator(actor, "sysadmin", "secadmin")
    _another_administrator(session, account)
    account.locked = True
    end_sessions(session, account.id, now=_now(session))
    record(session, actor, "lock_account", account, reason=reason)


def unlock_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Let a locked account in again, and forget its failed tries."""
    _administrator(actor, "sysadmin", "secadmin")
    account.locked = False
    forget_failures(session, account.name_key)
    record(session, actor, "unlock_account", account, reason=reason)


def disable_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Close an account whose holder left; its sessions end at once. It stays in every record."""
    _administrator(actor, "sysadmin")
    _another_administrator(session, account)
    account.active = False
    end_sessions(session, account.id, now=_now(session))
    record(session, actor, "disable_account", account, reason=reason)


def enable_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Open a closed account again."""
    _administrator(actor, "sysadmin")
    account.active = True
    record(session, actor, "enable_account", account, reason=reason)


def change_own_password(
    session: Session, actor: Actor, account: Account, *, password_hash: str, keep_session: int | None = None
) -> None:
    """Set one's own password; every session but ``keep_session`` (the one in use) ends. Raises ``NotAllowed``."""
    if actor.account_id != account.id:
        raise NotAllowed.one("", N_("只能修改自己的密码；忘记密码请由系统管理员重置"))
    _set_password(account, password_hash, to_stamp(_now(session)), must_change=False)
    end_sessions(session, account.id, now=_now(session), keep=keep_session)
    record(session, actor, "change_own_password", account)


def reset_password(session: Session, actor: Actor, account: Account, *, password_hash: str, reason: str = "") -> None:
    """Set a one-time password, to be changed at the next sign-in; sessions end, failed tries are forgotten."""
    _administrator(actor, "sysadmin")
    _set_password(account, password_hash, to_stamp(_now(session)), must_change=True)
    end_sessions(session, account.id, now=_now(session))
    forget_failures(session, account.name_key)
    record(session, actor, "reset_password", account, reason=reason)


def stash_form(session: Session, account_id: int, path: str, values: Mapping[str, list[str]]) -> str:
    """Keep a form posted after the session of ``account_id`` had ended; the token that gives it back.

    Passwords and session tokens must have been taken out. A few are kept for each account, for a day.
    """
    now = to_stamp(_now(session))
    session.execute(delete(StashedForm).where(StashedForm.created_at <= now - KEPT))
    kept = session.scalars(
        select(StashedForm)
        .where(StashedForm.account_id == account_id)
        .order_by(StashedForm.created_at.desc(), StashedForm.token_hash)
        .offset(_KEPT_FORMS - 1)
    )
    for old in kept.all():
        session.delete(old)
    token = secrets.token_urlsafe(32)
    body = json.dumps({"path": path, "values": dict(values)}, ensure_ascii=True)
    session.add(StashedForm(token_hash=digest(token), account_id=account_id, body=body, created_at=now))
    session.flush()
    return token


def drop_kept_form(session: Session, token: str, *, account_id: int) -> None:
    """A kept form is given back once."""
    session.execute(
        delete(StashedForm)
        .where(StashedForm.token_hash == digest(token), StashedForm.account_id == account_id)
        .execution_options(synchronize_session="fetch")
    )


def _now(session: Session) -> datetime:
    clock: Clock = session.info["clock"]
    return clock.now()


def _set_password(account: Account, password_hash: str, now: int, *, must_change: bool) -> None:
    account.password_hash = password_hash
    account.must_change_password = must_change
    # At least one microsecond on, so that the event always shows that the password was changed.
    account.password_changed_at = max(now, account.password_changed_at + 1)


def _give(session: Session, account: Account, roles: Collection[str]) -> None:
    for role in sorted(set(roles)):
        session.add(AccountRole(account=account, role=role))
    session.flush()


def _names(
    session: Session, name: str, display_name: str, *, known: Account | None = None
) -> tuple[str, str, list[Problem]]:
    """The cleaned sign-in and shown names, and what is wrong with them."""
    problems: list[Problem] = []
    cleaned = []
    for field, label, raw in (("name", N_("账号"), name), ("display_name", N_("姓名"), display_name)):
        try:
            text = clean_text(raw, multiline=False, field=field, label=label)
        except Refused as refused:
            problems += refused.problems
            text = ""
        else:
            if not text:
                problems.append(Problem(field, N_("%(label)s：请填写"), {"label": label}))
            elif len(text) > KEY_LENGTH:
                problems.append(
                    Problem(field, N_("%(label)s：最多%(count)d个字"), {"label": label, "count": KEY_LENGTH})
                )
        cleaned.append(text)
    if cleaned[0] and known is None and by_name(session, cleaned[0]) is not None:
        problems.append(
            Problem("name", N_("账号：“%(name)s”已存在（不区分大小写和全半角），请换一个"), {"name": cleaned[0]})
        )
    return cleaned[0], cleaned[1], problems


def _lane(roles: Collection[str], *, separation: bool, problems: list[Problem]) -> str:
    """Which roles the account may mix; adds to ``problems`` what it may not (三员分立, GB/T 22239-2019)."""
    held = frozenset(roles)
    unknown = sorted(held - _ROLE_CODES)
    if unknown:
        problems.append(Problem("roles", N_("角色：没有“%(role)s”这一项"), {"role": unknown[0]}))
    if not held:
        problems.append(Problem("roles", N_("角色：请至少选择一项")))
    if not separation or problems:
        return "any"
    if held <= BUSINESS_ROLES:
        return "business"
    if len(held) > 1:
        problems.append(
            Problem("roles", N_("角色：三员分立已启用，系统管理员、安全管理员、审计管理员和业务角色不能兼任"))
        )
        return "any"
    return next(iter(held))


def _scope_problems(scope: str, organisation: Organisation) -> list[Problem]:
    if scope not in _SCOPE_CODES:
        return [Problem("scope", N_("数据范围：没有“%(scope)s”这一项"), {"scope": scope})]
    if scope == "office" and organisation.kind != "filing_office":
        return [Problem("scope", N_("数据范围：“本备案机关”只适用于备案机关的账号，请另选"))]
    return []


def _another_administrator(session: Session, account: Account) -> None:
    """The registry must not be left without a system administrator who can sign in."""
    if "sysadmin" not in account.roles or not account.usable:
        return
    other = exists().where(
        AccountRole.account_id == Account.id,
        AccountRole.role == "sysadmin",
        Account.id != account.id,
        Account.active,
        ~Account.locked,
    )
    if not session.scalar(select(other)):
        raise Refused.one("", N_("这是唯一可用的系统管理员账号，请先设置另一名系统管理员"))


def _same_version(account: Account, version: int | None) -> None:
    if version is not None and version != account.version:
        raise Conflict.one("", N_("该账号在您打开页面后已被他人修改，请核对后重新提交"))


def _administrator(actor: Actor, *roles: str) -> None:
    """Accounts need one of the roles; the operator at the command line and the registry itself may."""
    if actor.kind == "account" and not actor.has(*roles):
        raise NotAllowed.one("", N_("您没有管理账号的权限，请联系系统管理员"))
