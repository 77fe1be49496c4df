"""Accounts: who may change them, what is recorded, what ends at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from risk_registry.accounts import operations, queries, separation, signing_in
from risk_registry.accounts.cli import add_user, find_user
from risk_registry.accounts.models import Account, AccountRole, LoginRecord
from risk_registry.audit.models import Event
from risk_registry.audit.pending import UndeclaredChange
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import begin_write
from risk_registry.db.work import Sessions, reading, writing
from risk_registry.organisations.queries import by_code
from tests.accounts.conftest import CHEAP, Make


def faults(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return sorted({problem.field for problem in refused.value.problems})


def opened(session: Session, account: Account, clock: FixedClock) -> str:
    return signing_in.open_session(session, account, address="127.0.0.1", agent="test", now=clock.now())


def test_account_roles_and_scope_are_one_event_without_the_password(office: Sessions, make: Make) -> None:
    with writing(office) as session:
        clerk = make(session, "Zhang", "submitter", "department_head", display_name="张工")
        assert (clerk.roles, clerk.scope) == (frozenset({"submitter", "department_head"}), "own")
    with reading(office) as session:
        event = session.scalars(select(Event).where(Event.action == "create_account")).one()
        assert "role[submitter].role" in event.changes
        assert "scrypt" not in event.changes
        found = queries.by_name(session, " ＺＨＡＮＧ")
        assert found is not None
        actor = queries.actor_for(found, address="10.0.0.7")
        assert (actor.name, actor.organisation, actor.address) == ("张工", "示例县水利局", "10.0.0.7")
        assert actor.roles == found.roles == {"submitter", "department_head"}


def test_faulty_accounts_name_every_field(office: Sessions, make: Make) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
        with pytest.raises(Refused) as refused:
            make(session, "ＺＨＡＮＧ", "emperor", scope="office")
        assert faults(refused) == ["name", "roles", "scope"]
        with pytest.raises(Refused) as refused:
            make(session, "a\x00b", display_name="x" * 65)
        assert faults(refused) == ["display_name", "name", "roles"]


def test_roles_change_with_their_old_and_new_values(office: Sessions, operator: Actor, make: Make) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter", "statistician")
        seen = clerk.version
        operations.set_roles(session, operator, clerk, roles=["submitter", "leader"], version=seen)
        assert clerk.version > seen, "a page of the roles that was read before is stale"
        assert clerk.roles == {"submitter", "leader"}
    with reading(office) as session:
        changes = session.scalars(select(Event.changes).where(Event.action == "set_roles")).one()
        assert "role[leader].role" in changes
        assert "role[statistician].role" in changes
        assert "role[submitter]" not in changes


def test_separated_administrators_exclude_each_other(office: Sessions, operator: Actor, make: Make) -> None:
    with writing(office) as session:
        for name, role in (("keeper", "sysadmin"), ("guard", "secadmin"), ("watch", "auditor"), ("small", "auditor")):
            make(session, name, role, org="office")
        separation.turn_on(session, operator)
        small = queries.by_name(session, "small")
        assert small is not None
        for roles in (["sysadmin", "auditor"], ["secadmin", "submitter"], ["auditor", "leader"], []):
            with pytest.raises(Refused) as refused:
                operations.set_roles(session, operator, small, roles=roles)
            assert faults(refused) == ["roles"]
        operations.set_roles(session, operator, small, roles=["auditor"])
        clerk = make(session, "zhang", "submitter", "leader")
        sysadmin = replace(operator, kind="account", account_id=small.id, roles=frozenset({"sysadmin"}))
        with pytest.raises(NotAllowed):
            operations.set_roles(session, sysadmin, clerk, roles=["leader"])
        numbers = (small.id, clerk.id)
    rows = AccountRole.metadata.tables["account_role"]
    mixtures = (
        (numbers[0], "auditor", "submitter"),
        (numbers[1], "any", "sysadmin"),
        (numbers[1], "business", "auditor"),
    )
    for number, lane, role in mixtures:
        with office() as session:
            begin_write(session)
            with pytest.raises(DBAPIError):
                session.execute(rows.insert().values(account_id=number, lane=lane, role=role))
            session.rollback()


def test_sessions_die_with_lock_disabling_and_reset(
    office: Sessions, operator: Actor, make: Make, clock: FixedClock
) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        for verb in ("lock_account", "disable_account", "reset_password"):
            token = opened(session, clerk, clock)
            assert queries.resolve(session, token, clock.now()) is clerk
            options = {"password_hash": CHEAP} if verb == "reset_password" else {}
            getattr(operations, verb)(session, operator, clerk, **options)
            assert queries.resolve(session, token, clock.now()) is None
            operations.unlock_account(session, operator, clerk)
            operations.enable_account(session, operator, clerk)
            assert queries.resolve(session, token, clock.now()) is None, "an ended session stays ended"
        assert clerk.must_change_password


def test_disabled_flag_alone_kills_a_session(office: Sessions, make: Make, clock: FixedClock, operator: Actor) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        token = opened(session, clerk, clock)
        session.execute(text("UPDATE account SET locked = true"))
        session.expire_all()
        assert queries.resolve(session, token, clock.now()) is None


def test_own_password_ends_the_other_sessions(office: Sessions, make: Make, clock: FixedClock, operator: Actor) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter", must_change_password=True)
        here, there = opened(session, clerk, clock), opened(session, clerk, clock)
        kept = queries.standing(session, here, now=clock.now())
        assert kept is not None
        me = queries.actor_for(clerk)
        operations.change_own_password(session, me, clerk, password_hash="new", keep_session=kept.login_id)
        assert queries.resolve(session, here, clock.now()) is clerk
        assert queries.resolve(session, there, clock.now()) is None
        assert not clerk.must_change_password
        with pytest.raises(NotAllowed):
            operations.change_own_password(session, operator, clerk, password_hash="x")


def test_the_last_administrator_stays(office: Sessions, operator: Actor, make: Make) -> None:
    with writing(office) as session:
        first = make(session, "first", "sysadmin", org="office")
        for attempt in (
            lambda: operations.lock_account(session, operator, first),
            lambda: operations.disable_account(session, operator, first),
            lambda: operations.set_roles(session, operator, first, roles=["submitter"]),
        ):
            with pytest.raises(Refused):
                attempt()
        make(session, "second", "sysadmin", org="office")
        operations.disable_account(session, operator, first)


def test_only_administrators_change_accounts(office: Sessions, make: Make) -> None:
    with writing(office) as session:
        clerk, water = make(session, "zhang", "submitter"), by_code(session, "water")
        assert water is not None
        me = queries.actor_for(clerk)
        for attempt in (
            lambda: operations.set_roles(session, me, clerk, roles=["sysadmin"]),
            lambda: operations.reset_password(session, me, clerk, password_hash="x"),
            lambda: operations.lock_account(session, me, clerk),
            lambda: operations.change_account(session, me, clerk, display_name="x", organisation=water, scope="all"),
        ):
            with pytest.raises(NotAllowed):
                attempt()
        assert clerk.roles == {"submitter"}


def test_change_and_stale_version(office: Sessions, operator: Actor, make: Make) -> None:
    with writing(office) as session:
        clerk, above = make(session, "zhang", "submitter"), by_code(session, "office")
        assert above is not None
        seen = clerk.version
        operations.change_account(
            session, operator, clerk, display_name="张主任", organisation=above, scope="office", version=seen
        )
        assert (clerk.display_name, clerk.organisation_name, clerk.scope) == ("张主任", above.name, "office")
        with pytest.raises(Conflict):
            operations.set_roles(session, operator, clerk, roles=["leader"], version=seen)


def test_signing_in_does_not_spoil_an_open_edit(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        seen = clerk.version
        opened(session, clerk, clock)
        session.expire(clerk)
        assert clerk.version == seen
        assert clerk.last_login_at is not None


def test_change_without_an_act_is_refused(office: Sessions, make: Make) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
    for spoil in ("scope", "role"):
        with office() as session:
            begin_write(session)
            found = queries.by_name(session, "zhang")
            assert found is not None
            if spoil == "scope":
                found.scope = "all"
            else:
                session.add(AccountRole(account=found, role="sysadmin"))
            with pytest.raises(UndeclaredChange):
                session.commit()


def test_login_log_cannot_be_rewritten(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        candidate = signing_in.find_candidate(session, "nobody\nforged", address="1.2.3.4", now=clock.now())
        signing_in.settle(session, candidate, matched=False, agent="", now=clock.now())
        assert session.scalars(select(LoginRecord.name)).one() == "nobody\\u000aforged"
    for statement in ("UPDATE login_record SET outcome = 'success'", "DELETE FROM login_record"):
        with office() as session:
            begin_write(session)
            with pytest.raises(DBAPIError):
                session.execute(text(statement))
            session.rollback()


def test_command_line_functions(office: Sessions, operator: Actor) -> None:
    with writing(office) as session:
        account = add_user(
            session, operator, name="wang", roles=["filing_officer"], organisation_code="office", password_hash=CHEAP
        )
        assert (account.scope, account.must_change_password) == ("office", True)
        assert find_user(session, "WANG") is account
        with pytest.raises(Refused):
            find_user(session, "nobody")
        with pytest.raises(Refused):
            add_user(session, operator, name="li", roles=["leader"], organisation_code="moon", password_hash=CHEAP)
