"""Stops of the tour: accounts, roles, sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.operations import create_account, disable_account, lock_account
from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.organisations.queries import by_code
from tests.visit import Found, Visit, made


def furnish(session: Session) -> dict[str, Any]:
    """An account whose holder has left, and a locked one."""
    keeper, unit = by_name(session, "guanli"), by_code(session, "water")
    assert keeper is not None
    assert unit is not None
    actor = actor_for(keeper)
    found = {}
    for name, words in (("yidiaoli", "已调离填报员"), ("yisuoding", "已锁定填报员")):
        account = create_account(
            session,
            actor,
            name=name,
            display_name=words,
            password_hash="unusable",
            organisation=unit,
            roles=["submitter"],
        )
        found[name] = account
    disable_account(session, actor, found["yidiaoli"], reason="已调离")
    lock_account(session, actor, found["yisuoding"], reason="待查")
    return {"departed": found["yidiaoli"].id, "locked": found["yisuoding"].id}


_PERSON = {"reason": "请联系13812345678"}


def _account(name: str) -> dict[str, Found]:
    """The number of an account of the demo county."""
    return {"number": lambda known: known.one("SELECT id FROM account WHERE name = :name", name=name)}


VISITS: tuple[Visit, ...] = (
    Visit("accounts", "account_admin.index", "guanli"),
    Visit("accounts-security", "account_admin.index", "anquan", query={"role": "submitter"}),
    Visit("accounts-empty", "account_admin.index", "guanli", query={"text": "没有这个人"}),
    Visit("account", "account_admin.detail", "guanli", _account("shuili")),
    Visit("account-own", "account_admin.detail", "guanli", _account("guanli")),
    Visit("account-new", "account_admin.new", "guanli", faulty={"name": "SHUILI", "display_name": ""}),
    Visit("account-edit", "account_admin.edit", "guanli", _account("shuili"), faulty={"display_name": ""}),
    Visit("account-lock", "account_admin.lock", "anquan", _account("shuili"), faulty={}),
    Visit("account-unlock", "account_admin.unlock", "anquan", made(number="locked"), faulty=_PERSON),
    Visit("account-disable", "account_admin.disable", "guanli", _account("shuili"), faulty={}),
    Visit("account-enable", "account_admin.enable", "guanli", made(number="departed"), faulty=_PERSON),
    Visit("account-reset", "account_admin.reset", "guanli", _account("shuili"), faulty=_PERSON),
    Visit("account-list", "account_admin.list", "guanli", faulty={}),
    Visit("roles", "role_admin.index", "anquan"),
    Visit("roles-audit", "role_admin.index", "shenji"),
    Visit(
        "account-roles", "role_admin.account", "anquan", _account("shuili"), faulty={"role_submitter": "", **_PERSON}
    ),
    Visit("separation", "role_admin.separate", "anquan", faulty=_PERSON),
    Visit("sessions", "session_admin.index", "anquan"),
    Visit("sessions-empty", "session_admin.index", "guanli", query={"text": "没有这个人"}),
    Visit("own-sessions", "accounts.sessions", "shuili"),
)
