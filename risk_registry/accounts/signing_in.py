"""Signing in and out: candidates, failures, locks, sessions and the log of them.

The password is checked between two transactions: ``find_candidate`` reads, the caller does the slow hash work with no
transaction open, ``settle`` writes and looks again at everything that may have changed meanwhile.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, LoginFailure, LoginRecord, LoginSession
from risk_registry.accounts.queries import digest, name_key
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import from_stamp, to_stamp

_MINUTE = 60 * 1_000_000

#: So many failures in a row close the way for ``LOCK`` (GB/T 22239-2019, 登录失败处理).
MOST_FAILURES = 5
LOCK = 10 * _MINUTE
#: Failures further apart than this are not "in a row".
_FORGET = 30 * _MINUTE
#: Rows this old say nothing any more.
_DROP = 24 * 60 * _MINUTE
#: A busy session is noted this often.
_SEEN_EVERY = _MINUTE

WRONG = Problem("", N_("账号或密码不正确，请重新输入"))
DISABLED = Problem("", N_("该账号已停用或锁定，请联系系统管理员"))
UNGRANTED = Problem("", N_("该账号还没有授予角色，请联系安全管理员"))


@dataclass(frozen=True)
class Candidate:
    """Who wants to sign in. ``password_hash`` is ``None`` when nobody has that name; the answer must not show it."""

    name: str
    key: str
    address: str
    account_id: int | None
    password_hash: str | None
    locked_until: int | None


@dataclass(frozen=True)
class Result:
    """How a try ended: a token, or a problem to show."""

    outcome: str
    token: str | None = None
    account: Account | None = None
    problem: Problem | None = None


def find_candidate(session: Session, name: str, *, address: str, now: datetime) -> Candidate:
    """Look up the name and whether this name is locked for this address. Reads only."""
    key = name_key(name)
    account = session.execute(select(Account.id, Account.password_hash).where(Account.name_key == key)).one_or_none()
    until = session.scalar(
        select(LoginFailure.locked_until).where(LoginFailure.name_key == key, LoginFailure.address == address)
    )
    return Candidate(
        name=_printable(name),
        key=key,
        address=address,
        account_id=account.id if account else None,
        password_hash=account.password_hash if account else None,
        locked_until=until if until is not None and until > to_stamp(now) else None,
    )


def settle(session: Session, candidate: Candidate, *, matched: bool, agent: str, now: datetime) -> Result:
    """Note the try; open a session when it was good. For the writing transaction, after the hash was compared."""
    stamp = to_stamp(now)
    failure = _failure(session, candidate, stamp)
    if failure.locked_until is not None and failure.locked_until > stamp:
        return _noted(session, candidate, stamp, Result("locked", problem=locked_problem(failure.locked_until)))
    account = None
    if candidate.account_id is not None:
        account = session.get(Account, candidate.account_id, populate_existing=True, with_for_update=_lock(session))
    if account is None or not matched or account.password_hash != candidate.password_hash:
        return _noted(session, candidate, stamp, Result("wrong", problem=_failed(failure, stamp)))
    session.delete(failure)
    if not account.usable:
        return _noted(session, candidate, stamp, Result("disabled", problem=DISABLED))
    if not account.role_rows:
        # With separated administrators an account works only after the second of them grants it something.
        return _noted(session, candidate, stamp, Result("disabled", problem=UNGRANTED))
    token = open_session(session, account, address=candidate.address, agent=agent, now=now)
    return _noted(session, candidate, stamp, Result("success", token=token, account=account))


def open_session(session: Session, account: Account, *, address: str, agent: str, now: datetime) -> str:
    """Open a session; its token of 256 bits is told only here."""
    token, stamp = secrets.token_urlsafe(32), to_stamp(now)
    session.add(
        LoginSession(
            token_hash=digest(token),
            account_id=account.id,
            created_at=stamp,
            last_seen_at=stamp,
            address=address[:64],
            agent=_printable(_shorter(agent), 120),
        )
    )
    # Not through the mapped row: signing in is no edit, so the version an administrator has open stays good.
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(last_login_at=stamp)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return token


def due_for_touch(last_seen_at: int, *, now: datetime) -> bool:
    """Whether it is a minute since the session was last noted as busy."""
    return to_stamp(now) - last_seen_at >= _SEEN_EVERY


def touch(session: Session, login_id: int, *, now: datetime) -> None:
    """Note that a session is busy, in a writing transaction of its own. Never brings an ended one back."""
    stamp = to_stamp(now)
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == login_id, LoginSession.ended_at.is_(None), LoginSession.last_seen_at < stamp)
        .values(last_seen_at=stamp)
        .execution_options(synchronize_session=False)
    )


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Sign out: the token is dead from now on. Harmless when it was."""
    login = session.scalar(select(LoginSession).where(LoginSession.token_hash == digest(token)))
    if login is None or login.ended_at is not None:
        return
    login.ended_at = to_stamp(now)
    account = session.get_one(Account, login.account_id)
    session.add(
        LoginRecord(at=to_stamp(now), name=account.name, account_id=account.id, address=login.address, outcome="logout")
    )
    session.flush()


def end_sessions(session: Session, account_id: int, *, now: datetime, keep: int | None = None) -> None:
    """End all sessions of an account, but the one with the id ``keep``."""
    query = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    if keep is not None:
        query = query.where(LoginSession.id != keep)
    session.execute(query.values(ended_at=to_stamp(now)).execution_options(synchronize_session="fetch"))


def forget_failures(session: Session, key: str) -> None:
    """Lift the locks of a sign-in name, from every address."""
    session.execute(
        delete(LoginFailure).where(LoginFailure.name_key == key).execution_options(synchronize_session="fetch")
    )


def has_failures(session: Session, key: str) -> bool:
    """Whether a sign-in name has failed tries that still count, or a lock by them, from any address."""
    return bool(session.scalar(select(exists().where(LoginFailure.name_key == key))))


def locked_problem(until: int) -> Problem:
    """When to try again, in whole minutes of Shanghai time, never too early."""
    moment = from_stamp(until) + timedelta(seconds=59, microseconds=999_999)
    return Problem(
        "",
        N_("账号或密码连续%(count)d次不正确，请在%(time)s之后再试"),
        {"count": MOST_FAILURES, "time": moment.strftime("%H:%M")},
    )


def _failure(session: Session, candidate: Candidate, stamp: int) -> LoginFailure:
    """The row that counts for this name and address, made when absent, locked to the end of the transaction."""
    table = LoginFailure
    session.execute(
        delete(table).where(table.last_failed_at < stamp - _DROP).execution_options(synchronize_session=False)
    )
    row = {"name_key": candidate.key, "address": candidate.address, "failures": 0, "last_failed_at": stamp}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(table).values(row).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(table).values(row).on_conflict_do_nothing())
    key = (candidate.key, candidate.address)
    return session.get_one(table, key, populate_existing=True, with_for_update=_lock(session))


def _failed(failure: LoginFailure, stamp: int) -> Problem:
    """Count one more failure; the problem to show."""
    again = failure.locked_until is None and stamp - failure.last_failed_at < _FORGET
    failure.failures = failure.failures + 1 if again else 1
    failure.last_failed_at = stamp
    failure.locked_until = stamp + LOCK if failure.failures >= MOST_FAILURES else None
    return WRONG if failure.locked_until is None else locked_problem(failure.locked_until)


def _noted(session: Session, candidate: Candidate, stamp: int, result: Result) -> Result:
    session.add(
        LoginRecord(
            at=stamp,
            name=candidate.name,
            account_id=candidate.account_id,
            address=candidate.address,
            outcome=result.outcome,
        )
    )
    session.flush()
    return result


def _lock(session: Session) -> bool | None:
    """Row locks where the engine has them; the embedded database has one writer anyway."""
    return True if session.get_bind().dialect.name == "postgresql" else None


def _shorter(agent: str) -> str:
    """Less what every browser says of itself, so that the name at the end still fits."""
    return agent.replace("Mozilla/5.0 ", "").replace("(KHTML, like Gecko) ", "")


def _printable(text: str, length: int = 64) -> str:
    """One line of the log: what does not print is written as its code, so no line can be forged."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:length])[:length]
