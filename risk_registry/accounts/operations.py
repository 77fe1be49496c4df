"""Writes of accounts. Password hashes come in ready made: hashing is slow and has no place in a transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from risk_registry.accounts.models import Account, AccountRole, StashedForm
from risk_registry.accounts.queries import KEPT, digest, name_key
from risk_registry.accounts.rules import (
    clean_names,
    hold_accounts,
    is_separated,
    lane_of,
    require_administrator,
    require_another,
    role_problems,
    scope_problems,
)
from risk_registry.accounts.scope import default_scope
from risk_registry.accounts.signing_in import end_sessions, forget_failures
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.organisations.models import Organisation

_KEPT_FORMS = 5
_GRANTED_BY_SECURITY = N_("三员分立已启用，角色和数据范围由安全管理员授予，这里请留空")


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
    must_change_password: bool = True,
) -> Account:
    """Add an account. Its first password must be changed at first sign-in, unless the demo says otherwise.

    ``scope`` left out follows from the roles. While the administrators are separated the system administrator adds
    accounts without roles and scope; the security administrator grants them. Raises ``Refused`` with every faulty
    field, ``NotAllowed``.
    """
    require_administrator(actor, "sysadmin")
    hold_accounts(session)
    separation = is_separated(session)
    clean_name, shown, problems = clean_names(session, name, display_name or name)
    problems += role_problems(roles, separation=separation, required=not separation)
    if separation and actor.kind == "account" and (roles or scope):
        problems.append(Problem("roles", _GRANTED_BY_SECURITY))
    scope = default_scope(roles, organisation.kind) if scope is None else scope
    problems += scope_problems(scope, organisation)
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
        lane=lane_of(roles, separation=separation) or "any",
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
    scope: str | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Replace the roles, and the data scope when one is given.

    While the administrators are separated this is the security administrator's alone, never for the own account, and
    sysadmin, secadmin and auditor exclude one another and business roles. Raises ``Refused``, ``NotAllowed``.
    """
    hold_accounts(session)
    separation = is_separated(session)
    require_administrator(actor, *(("secadmin",) if separation else ("sysadmin", "secadmin")))
    if separation and actor.account_id == account.id:
        raise NotAllowed.one("", N_("三员分立已启用，不能给自己授予角色"))
    _same_version(account, version)
    problems = role_problems(roles, separation=separation)
    if scope is not None:
        problems += scope_problems(scope, account.organisation)
    if problems:
        raise Refused(problems)
    require_another(session, account, roles)
    for row in list(account.role_rows):
        session.delete(row)
    session.flush()
    account.lane = lane_of(roles, separation=separation) or "any"
    # A page read before must notice, though roles are rows of their own; the column is not declared.
    flag_modified(account, "created_at")
    if scope is not None:
        account.scope = scope
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
    """Change the shown name, the organisation and the data scope.

    The scope is a grant: while the administrators are separated the system administrator leaves it as it is.
    """
    require_administrator(actor, "sysadmin")
    _same_version(account, version)
    _, shown, problems = clean_names(session, account.name, display_name, known=account)
    if scope != account.scope and actor.kind == "account" and is_separated(session):
        problems.append(Problem("scope", _GRANTED_BY_SECURITY))
    problems += scope_problems(scope, organisation)
    if problems:
        raise Refused(problems)
    account.display_name, account.organisation, account.scope = shown, organisation, scope
    session.flush()
    record(session, actor, "change_account", account, reason=reason)


def lock_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Keep an account out for the time being; its sessions end at once."""
    require_administrator(actor, "sysadmin", "secadmin")
    hold_accounts(session)
    require_another(session, account)
    account.locked = True
    end_sessions(session, account.id, now=_now(session))
    record(session, actor, "lock_account", account, reason=reason)


def unlock_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Let a locked account in again, and forget its failed tries."""
    require_administrator(actor, "sysadmin", "secadmin")
    account.locked = False
    forget_failures(session, account.name_key)
    record(session, actor, "unlock_account", account, reason=reason)


def disable_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Close an account whose holder left; its sessions end at once. It stays in every record."""
    require_administrator(actor, "sysadmin")
    hold_accounts(session)
    require_another(session, account)
    account.active = False
    end_sessions(session, account.id, now=_now(session))
    record(session, actor, "disable_account", account, reason=reason)


def enable_account(session: Session, actor: Actor, account: Account, *, reason: str = "") -> None:
    """Open a closed account again."""
    require_administrator(actor, "sysadmin")
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
    require_administrator(actor, "sysadmin")
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


def _same_version(account: Account, version: int | None) -> None:
    if version is not None and version != account.version:
        raise Conflict.one("", N_("该账号在您打开页面后已被他人修改，请核对后重新提交"))
