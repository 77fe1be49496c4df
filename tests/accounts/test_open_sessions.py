"""Sign-ins seen and ended, and the sweep of those long over."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.housekeeping import purge
from risk_registry.accounts.models import LoginRecord, LoginSession, StashedForm
from risk_registry.accounts.open_sessions import browser_words, end_logins, end_own_logins, open_logins
from risk_registry.accounts.operations import lock_account, stash_form
from risk_registry.accounts.queries import Limits, actor_for, standing
from risk_registry.accounts.signing_in import end_session, open_session
from risk_registry.audit.models import Event
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.db.clock import to_stamp
from risk_registry.web.tokens import KEPT, LIFE, OnceToken
from tests.registry import Registry, account

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198"


def opened(registry: Registry, session: Session, name: str, *, address: str = "10.0.0.7", agent: str = CHROME) -> str:
    return open_session(session, account(session, name), address=address, agent=agent, now=registry.clock.now())


def names(registry: Registry, session: Session, **options: object) -> list[str]:
    return [item.name for item in open_logins(session, now=registry.clock.now(), **options)]  # type: ignore[arg-type]


def test_who_is_signed_in(registry: Registry) -> None:
    with registry.writing() as session:
        opened(registry, session, "clerk")
        registry.clock.advance(minutes=20)
        opened(registry, session, "teacher", address="10.0.0.8")
        out = opened(registry, session, "officer")
        end_session(session, out, now=registry.clock.now())
        opened(registry, session, "head")
        lock_account(session, actor_for(account(session, "sysadmin")), account(session, "head"))
        assert names(registry, session) == ["teacher", "clerk"]
        assert names(registry, session, name="水利") == ["clerk"]
        assert names(registry, session, name="10.0.0.8") == ["teacher"]
        assert names(registry, session, name="%") == []
        assert names(registry, session, account_id=account(session, "clerk").id) == ["clerk"]
        registry.clock.advance(minutes=15)
        assert names(registry, session) == ["teacher"], "idle for half an hour is over"
        assert names(registry, session, limits=Limits.of(minutes=60, hours=12)) == ["teacher", "clerk"]


def test_an_administrator_ends_one_or_all(registry: Registry) -> None:
    with registry.writing() as session:
        keeper, clerk = actor_for(account(session, "secadmin")), account(session, "clerk")
        tokens = [opened(registry, session, "clerk") for _ in range(3)]
        first = standing(session, tokens[0], now=registry.clock.now())
        assert first is not None
        assert end_logins(session, keeper, clerk, login_id=first.login_id) == 1
        with pytest.raises(Refused, match="已经结束"):
            end_logins(session, keeper, clerk, login_id=first.login_id)
        other = open_logins(session, now=registry.clock.now(), account_id=clerk.id)[0]
        with pytest.raises(Refused, match="已经结束"):
            end_logins(session, keeper, account(session, "teacher"), login_id=other.id)
        assert end_logins(session, keeper, clerk) == 2
        assert end_logins(session, keeper, clerk) == 0
        for token in tokens:
            found = standing(session, token, now=registry.clock.now())
            assert found is not None
            assert not found.alive
        with pytest.raises(NotAllowed):
            end_logins(session, actor_for(account(session, "auditor")), clerk)
    with registry.reading() as session:
        events = session.scalars(select(Event).where(Event.action == "end_sessions").order_by(Event.seq)).all()
        assert [(event.actor, event.note) for event in events] == [
            ("secadmin", '{"addresses":["10.0.0.7"],"count":1}'),
            ("secadmin", '{"addresses":["10.0.0.7"],"count":2}'),
        ]
        assert session.scalar(select(func.count()).where(LoginRecord.outcome == "logout")) == 3


def test_ones_own_others(registry: Registry) -> None:
    with registry.writing() as session:
        clerk = account(session, "clerk")
        me = actor_for(clerk)
        here, *others = [opened(registry, session, "clerk") for _ in range(3)]
        kept = standing(session, here, now=registry.clock.now())
        assert kept is not None
        with pytest.raises(NotAllowed):
            end_own_logins(session, actor_for(account(session, "teacher")), clerk, keep=kept.login_id)
        with pytest.raises(Refused, match="已经结束"):
            end_own_logins(session, me, clerk, keep=kept.login_id, login_id=kept.login_id)
        assert end_own_logins(session, me, clerk, keep=kept.login_id) == len(others)
        assert [item.id for item in open_logins(session, now=registry.clock.now())] == [kept.login_id]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME + " Safari/537.36", ("谷歌内核浏览器", "86", "视窗电脑")),
        (CHROME + " Safari/537.36 Edg/120.0.1", ("微软浏览器", "120", "视窗电脑")),
        (CHROME + " Safari/537.36 QIHU 360SE", ("三六零浏览器", "", "视窗电脑")),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
            ("火狐浏览器", "115", "国产系统或其他电脑"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15",
            ("苹果浏览器", "17", "苹果电脑"),
        ),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", ("旧版微软浏览器", "11", "视窗电脑")),
        ("curl/8.0", ("未识别的程序", "", "")),
    ],
)
def test_browsers_in_words(agent: str, words: tuple[str, str, str]) -> None:
    assert browser_words(agent) == words


def test_the_name_at_the_end_of_a_long_agent_is_kept(registry: Registry) -> None:
    with registry.writing() as session:
        opened(registry, session, "clerk", agent=CHROME + " Safari/537.36 Edg/120.0.2210.91")
        kept = session.scalars(select(LoginSession.agent)).one()
        assert browser_words(kept)[:2] == ("微软浏览器", "120")


def rows(session: Session) -> tuple[int, int, int]:
    counted = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (LoginSession, StashedForm)]
    return counted[0], counted[1], session.scalar(select(func.count()).select_from(OnceToken)) or 0


def test_what_is_long_over_is_swept_a_few_at_a_time(registry: Registry) -> None:
    assert LIFE < KEPT, "a form must be refused before its row is gone"
    with registry.writing() as session:
        for number in range(5):
            opened(registry, session, "clerk")
            stamp = to_stamp(registry.clock.now())
            session.add(OnceToken(token=f"t{number}", account_id=1, result_url="/", created_at=stamp))
        stash_form(session, account(session, "clerk").id, "/x", {})
    registry.clock.advance(days=6)
    with registry.writing() as session:
        opened(registry, session, "teacher")
        purge(session, now=registry.clock.now())
        assert rows(session) == (6, 0, 5), "the form was kept for a day, the rest is kept longer"
    registry.clock.advance(days=4)
    with registry.writing() as session:
        purge(session, now=registry.clock.now(), most=2)
        assert rows(session) == (4, 0, 3)
        purge(session, now=registry.clock.now())
        assert rows(session) == (1, 0, 0)
        assert session.scalars(select(LoginSession.account_id)).one() == account(session, "teacher").id
    with registry.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginRecord)) == 0, "the log is no part of this"
