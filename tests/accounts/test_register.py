"""The list of accounts as an administrator searches it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from risk_registry.accounts import register
from risk_registry.accounts.models import AccountRole
from risk_registry.accounts.operations import disable_account, lock_account
from risk_registry.accounts.register import Wanted, account_page, login_records, state_of
from risk_registry.accounts.signing_in import find_candidate, open_session, settle
from risk_registry.web.paging import Cursor
from tests.registry import ACCOUNTS, OPERATOR, Registry, account


def names(session: Session, **wanted: str) -> set[str]:
    return {item.name for item in account_page(session, Cursor(), Wanted(**wanted)).rows}


def test_search_and_filters(registry: Registry) -> None:
    with registry.reading() as session:
        assert names(session) == {row[0] for row in ACCOUNTS}
        assert names(session, text="ＬEAD") == {"leader"}
        assert names(session, text="%") == set()
        assert names(session, organisation="水利") == {"clerk", "colleague", "head"}
        assert names(session, organisation="school") == {"teacher"}
        assert names(session, organisation="schoo") == set(), "a code is asked for whole"
        assert names(session, role="filing_approver") == {"approver", "second"}
        assert names(session, role="filing_approver", text="sec") == {"second"}


def test_states(registry: Registry) -> None:
    with registry.writing() as session:
        open_session(session, account(session, "clerk"), address="", agent="", now=registry.clock.now())
        lock_account(session, OPERATOR, account(session, "teacher"))
        lock_account(session, OPERATOR, account(session, "head"))
        disable_account(session, OPERATOR, account(session, "head"))
        session.execute(
            AccountRole.metadata.tables["account_role"]
            .delete()
            .where(AccountRole.account_id == account(session, "leader").id)
        )
        session.expire_all()
        for name, state in (
            ("clerk", "usable"),
            ("teacher", "locked"),
            ("head", "disabled"),
            ("leader", "ungranted"),
            ("officer", "first"),
        ):
            assert state_of(account(session, name)) == state
            assert name in names(session, state=state)
        assert sum(len(names(session, state=term.code)) for term in register.STATES) == len(ACCOUNTS)


def test_pages(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    with registry.reading() as session:
        whole = [item.name for item in account_page(session, Cursor(), Wanted()).rows]
        monkeypatch.setattr(register, "SIZE", 5)
        first = account_page(session, Cursor(), Wanted())
        assert first.next is not None
        second = account_page(session, first.next, Wanted())
        assert second.previous is not None
        assert [item.name for item in (*first.rows, *second.rows)] == whole[:10]
        assert [item.name for item in account_page(session, second.previous, Wanted()).rows] == whole[:5]
        assert (first.total, second.total) == (str(len(ACCOUNTS)), str(len(ACCOUNTS)))


def test_latest_tries(registry: Registry) -> None:
    with registry.writing() as session:
        clerk = account(session, "clerk")
        for matched in (False, True):
            now = registry.clock.now()
            candidate = find_candidate(session, "clerk", address="10.0.0.7", now=now)
            settle(session, candidate, matched=matched, agent="", now=now)
        assert [row.outcome for row in login_records(session, clerk.id)] == ["success", "wrong"]
        assert login_records(session, account(session, "teacher").id) == []
