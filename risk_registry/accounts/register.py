"""The list of accounts as an administrator searches it, and what the page of one account shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole, LoginRecord
from risk_registry.accounts.queries import name_key
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import Term
from risk_registry.organisations.models import Organisation
from risk_registry.web.paging import COUNT_CAP, Cursor, Page, count_text, make_page

SIZE = 50
_RECORDS = 10

#: States of an account, in the order of the query bar.
STATES = (
    Term("usable", N_("可用"), "usable"),
    Term("first", N_("待首次登录"), "never signed in"),
    Term("ungranted", N_("待授予角色"), "no role yet"),
    Term("locked", N_("已锁定"), "locked"),
    Term("disabled", N_("已停用"), "closed"),
)

#: How a try to sign in ended, and the end of a sign-in.
LOGIN_OUTCOMES = {
    "success": N_("登录成功"),
    "wrong": N_("账号或密码不对"),
    "locked": N_("已锁定"),
    "disabled": N_("账号已停用"),
    "logout": N_("退出"),
}

_HAS_ROLE = exists().where(AccountRole.account_id == Account.id)
_CONDITIONS: dict[str, tuple[Any, ...]] = {
    "usable": (Account.active, ~Account.locked, _HAS_ROLE, Account.last_login_at.is_not(None)),
    "first": (Account.active, ~Account.locked, _HAS_ROLE, Account.last_login_at.is_(None)),
    "ungranted": (Account.active, ~Account.locked, ~_HAS_ROLE),
    "locked": (Account.active, Account.locked),
    "disabled": (~Account.active,),
}


def state_of(account: Account) -> str:
    """The one state an account is in; a code of ``STATES``."""
    if not account.active:
        return "disabled"
    if account.locked:
        return "locked"
    if not account.role_rows:
        return "ungranted"
    return "usable" if account.last_login_at is not None else "first"


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty texts ask for nothing. ``organisation`` is part of a name or a whole code."""

    text: str = ""
    organisation: str = ""
    role: str = ""
    state: str = ""


def account_page(session: Session, cursor: Cursor, wanted: Wanted) -> Page[Account]:
    """Fifty accounts from ``cursor`` on, the newest first, with their number."""
    conditions = _conditions(wanted)
    query = select(Account).join(Organisation, Account.organisation_id == Organisation.id).where(*conditions)
    if cursor.key is not None:
        query = query.where(Account.id > cursor.key if cursor.backwards else Account.id < cursor.key)
    rows = session.scalars(query.order_by(Account.id if cursor.backwards else Account.id.desc()).limit(SIZE + 1)).all()
    inside = select(Account.id).join(Organisation, Account.organisation_id == Organisation.id).where(*conditions)
    total = session.scalar(select(func.count()).select_from(inside.limit(COUNT_CAP + 1).subquery())) or 0
    return make_page(rows, size=SIZE, cursor=cursor, key=lambda row: row.id, total=count_text(total))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        # Sign-in names as they are compared at sign-in: case and width make no difference on either engine.
        key = name_key(wanted.text)
        named = [Account.display_name.contains(wanted.text, autoescape=True)]
        found.append(or_(*named, Account.name_key.contains(key, autoescape=True)) if key else named[0])
    if wanted.organisation:
        found.append(
            or_(
                Organisation.name.contains(wanted.organisation, autoescape=True),
                Organisation.code == wanted.organisation,
            )
        )
    if wanted.role:
        found.append(exists().where(AccountRole.account_id == Account.id, AccountRole.role == wanted.role))
    found += _CONDITIONS.get(wanted.state, ())
    return found


def login_records(session: Session, account_id: int) -> Sequence[Row[Any]]:
    """The latest tries to sign in to an account, the newest first: moment, address, outcome."""
    query = (
        select(LoginRecord.at, LoginRecord.address, LoginRecord.outcome)
        .where(LoginRecord.account_id == account_id)
        .order_by(LoginRecord.id.desc())
        .limit(_RECORDS)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return rows
