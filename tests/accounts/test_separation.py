"""三员分立: what it asks for, what it forbids while it is on, and what the database itself refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from risk_registry.accounts import separation
from risk_registry.accounts.models import Account, AccountRole
from risk_registry.accounts.operations import (
    change_account,
    create_account,
    disable_account,
    lock_account,
    set_roles,
)
from risk_registry.accounts.queries import actor_for
from risk_registry.accounts.rules import is_separated
from risk_registry.accounts.signing_in import find_candidate, settle
from risk_registry.audit.models import Event
from risk_registry.core.actors import Actor
from risk_registry.core.problems import NotAllowed, Refused
from tests.registry import OPERATOR, Registry, account, organisation


def actor(session: Session, name: str) -> Actor:
    return actor_for(account(session, name))


def turned_on(registry: Registry) -> None:
    with registry.writing() as session:
        separation.turn_on(session, actor(session, "sysadmin"))


def lanes(session: Session) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(select(Account.name, Account.lane))}


def test_turning_on_gives_every_account_its_lane(registry: Registry) -> None:
    with registry.reading() as session:
        before = {item.name: item.roles for item in session.scalars(select(Account))}
        assert set(lanes(session).values()) == {"any"}
    turned_on(registry)
    with registry.reading() as session:
        assert is_separated(session)
        assert {item.name: item.roles for item in session.scalars(select(Account))} == before, "nobody's roles changed"
        found = lanes(session)
        assert {found.pop(name) for name in ("sysadmin", "secadmin", "auditor")} == {"sysadmin", "secadmin", "auditor"}
        assert set(found.values()) == {"business"}
        assert session.scalar(text("SELECT count(*) FROM account_role WHERE lane = 'any'")) == 0
        events = session.scalars(select(Event).where(Event.action == "turn_on_separation")).all()
        assert [(event.actor, event.subject_kind) for event in events] == [("sysadmin", "setting")]


def test_the_database_refuses_a_mixture_afterwards(registry: Registry) -> None:
    turned_on(registry)
    table = AccountRole.metadata.tables["account_role"]
    for name, lane, role in (
        ("clerk", "business", "sysadmin"),
        ("sysadmin", "sysadmin", "auditor"),
        ("sysadmin", "sysadmin", "submitter"),
        ("secadmin", "any", "sysadmin"),
    ):
        with registry.writing() as session:
            row = {"account_id": account(session, name).id, "lane": lane, "role": role}
            with pytest.raises(DBAPIError):
                session.execute(table.insert(), [row])
            session.rollback()


def test_what_stands_in_the_way_is_named(registry: Registry) -> None:
    with registry.writing() as session:
        set_roles(session, OPERATOR, account(session, "auditor"), roles=["auditor", "secadmin"])
        set_roles(session, OPERATOR, account(session, "clerk"), roles=["submitter", "sysadmin"])
        lock_account(session, OPERATOR, account(session, "secadmin"))
        disable_account(session, OPERATOR, account(session, "clerk"))
    with registry.reading() as session:
        found = separation.readiness(session)
        assert [(item.name, item.roles) for item in found.mixed] == [
            ("clerk", ("submitter", "sysadmin")),
            ("auditor", ("auditor", "secadmin")),
        ], "closed accounts count: the database will hold them to a lane too"
        assert not found.missing
    with pytest.raises(Refused, match="账号“auditor”同时有审计管理员、安全管理员"), registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    with registry.writing() as session:
        set_roles(session, OPERATOR, account(session, "auditor"), roles=["auditor"])
        set_roles(session, OPERATOR, account(session, "clerk"), roles=["submitter"])
    with pytest.raises(Refused, match="还没有可用的安全管理员账号"), registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    with registry.reading() as session:
        assert not is_separated(session)
        assert set(lanes(session).values()) == {"any"}


def test_only_the_security_administrator_turns_it_off_and_says_why(registry: Registry) -> None:
    turned_on(registry)
    with pytest.raises(Refused, match="已经启用"), registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    with pytest.raises(NotAllowed), registry.writing() as session:
        separation.turn_off(session, actor(session, "sysadmin"), reason="人员不足")
    with pytest.raises(Refused, match="理由"), registry.writing() as session:
        separation.turn_off(session, actor(session, "secadmin"), reason=" ")
    with registry.writing() as session:
        separation.turn_off(session, actor(session, "secadmin"), reason="人员不足")
    with registry.reading() as session:
        assert not is_separated(session)
        assert set(lanes(session).values()) == {"any"}
        event = session.scalars(select(Event).where(Event.action == "turn_off_separation")).one()
        assert (event.actor, event.reason) == ("secadmin", "人员不足")


def made(session: Session, who: str, *roles: str, **options: object) -> Account:
    return create_account(
        session,
        actor(session, who),
        name="newcomer",
        password_hash="unusable",
        organisation=organisation(session, "water"),
        roles=roles,
        **options,  # type: ignore[arg-type]  # a test's shorthand
    )


def test_one_adds_accounts_another_grants(registry: Registry) -> None:
    turned_on(registry)
    for roles, scope in ((["submitter"], None), ([], "all")):
        with pytest.raises(Refused, match="由安全管理员授予"), registry.writing() as session:
            made(session, "sysadmin", *roles, scope=scope)
    with pytest.raises(NotAllowed), registry.writing() as session:
        made(session, "secadmin")
    with registry.writing() as session:
        newcomer = made(session, "sysadmin")
        assert (newcomer.roles, newcomer.lane, newcomer.scope) == (frozenset(), "business", "own")
        now = registry.clock.now()
        candidate = find_candidate(session, "newcomer", address="127.0.0.1", now=now)
        result = settle(session, candidate, matched=True, agent="", now=now)
        assert result.token is None
        assert result.problem is not None
        assert "还没有授予角色" in str(result.problem)
    with pytest.raises(NotAllowed), registry.writing() as session:
        set_roles(session, actor(session, "sysadmin"), account(session, "newcomer"), roles=["submitter"])
    with pytest.raises(NotAllowed, match="给自己"), registry.writing() as session:
        set_roles(session, actor(session, "secadmin"), account(session, "secadmin"), roles=["secadmin"])
    with pytest.raises(Refused, match="不能兼任"), registry.writing() as session:
        set_roles(session, actor(session, "secadmin"), account(session, "newcomer"), roles=["submitter", "auditor"])
    with registry.writing() as session:
        newcomer = account(session, "newcomer")
        set_roles(session, actor(session, "secadmin"), newcomer, roles=["auditor"], scope="subtree")
        assert (newcomer.roles, newcomer.lane, newcomer.scope) == (frozenset({"auditor"}), "auditor", "subtree")


def test_the_scope_is_the_security_administrators_too(registry: Registry) -> None:
    turned_on(registry)
    for scope, good in (("all", False), ("own", True)):
        with registry.writing() as session:
            clerk = account(session, "clerk")
            values = {"display_name": "张工", "organisation": clerk.organisation, "scope": scope}
            if good:
                change_account(session, actor(session, "sysadmin"), clerk, **values)  # type: ignore[arg-type]
                continue
            with pytest.raises(Refused, match="由安全管理员授予"):
                change_account(session, actor(session, "sysadmin"), clerk, **values)  # type: ignore[arg-type]
            session.rollback()


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditor"])
def test_none_of_the_three_is_lost(registry: Registry, name: str) -> None:
    turned_on(registry)
    for act in (lock_account, disable_account):
        with pytest.raises(Refused, match="这是唯一可用的"), registry.writing() as session:
            act(session, OPERATOR, account(session, name))
    with pytest.raises(Refused, match="这是唯一可用的"), registry.writing() as session:
        set_roles(session, OPERATOR, account(session, name), roles=["leader"])
    with registry.writing() as session:
        set_roles(session, OPERATOR, account(session, "leader"), roles=[name])
        lock_account(session, OPERATOR, account(session, name))
