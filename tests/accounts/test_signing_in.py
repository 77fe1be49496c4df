"""Sign-in: locks, secrecy about names, time limits, forms kept over expiry."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts import operations, queries, signing_in
from risk_registry.accounts.models import LoginFailure, LoginRecord, LoginSession, StashedForm
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock
from risk_registry.db.work import Sessions, reading, writing
from tests.accounts.conftest import Make


def attempt(
    session: Session, clock: FixedClock, name: str = "zhang", *, good: bool = False, address: str = "10.0.0.1"
) -> signing_in.Result:
    candidate = signing_in.find_candidate(session, name, address=address, now=clock.now())
    return signing_in.settle(session, candidate, matched=good, agent="test", now=clock.now())


def test_five_failures_lock_account_and_address_for_ten_minutes(
    office: Sessions, make: Make, clock: FixedClock
) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
        for _ in range(4):
            assert attempt(session, clock).problem is signing_in.WRONG
        assert "10:10" in str(attempt(session, clock).problem)
        clock.advance(minutes=9, seconds=59)
        assert attempt(session, clock, good=True).outcome == "locked"
        assert signing_in.find_candidate(session, "ZHANG", address="10.0.0.1", now=clock.now()).locked_until
        elsewhere = attempt(session, clock, good=True, address="10.0.0.2")
        assert elsewhere.outcome == "success", "a stranger at another desk cannot lock the clerk out"
        clock.advance(seconds=1)
        assert attempt(session, clock, good=True).outcome == "success"
        outcomes = list(session.scalars(select(LoginRecord.outcome).order_by(LoginRecord.id)))
        assert outcomes == ["wrong"] * 5 + ["locked", "success", "success"]


def test_unknown_names_are_answered_the_same(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
        known = [str(attempt(session, clock).problem) for _ in range(6)]
        unknown = [str(attempt(session, clock, "nobody", good=True).problem) for _ in range(6)]
        assert known == unknown


def test_success_and_time_forget_failures(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
        for _ in range(4):
            attempt(session, clock)
        assert attempt(session, clock, good=True).outcome == "success"
        for _ in range(4):
            assert attempt(session, clock).problem is signing_in.WRONG
        clock.advance(minutes=31)
        assert attempt(session, clock).problem is signing_in.WRONG
        clock.advance(hours=25)
        attempt(session, clock, "nobody")
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 1


def test_unlocking_and_reset_lift_the_lock(office: Sessions, operator: Actor, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        for _ in range(5):
            attempt(session, clock)
        operations.unlock_account(session, operator, clerk)
        assert attempt(session, clock, good=True).outcome == "success"


def test_a_disabled_account_learns_it_only_with_the_right_password(
    office: Sessions, operator: Actor, make: Make, clock: FixedClock
) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        operations.disable_account(session, operator, clerk)
        assert attempt(session, clock).problem is signing_in.WRONG
        result = attempt(session, clock, good=True)
        assert (result.outcome, result.token, result.problem) == ("disabled", None, signing_in.DISABLED)


def test_a_password_changed_meanwhile_does_not_match(
    office: Sessions, operator: Actor, make: Make, clock: FixedClock
) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        candidate = signing_in.find_candidate(session, "zhang", address="a", now=clock.now())
        operations.reset_password(session, operator, clerk, password_hash="other")
        assert signing_in.settle(session, candidate, matched=True, agent="", now=clock.now()).outcome == "wrong"


@pytest.mark.parametrize("engine_threads", [8])
def test_parallel_guesses_get_no_more_than_five(
    office: Sessions, make: Make, clock: FixedClock, engine_threads: int
) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
    with reading(office) as session:
        candidate = signing_in.find_candidate(session, "zhang", address="a", now=clock.now())

    def guess() -> None:
        with writing(office) as session:
            signing_in.settle(session, candidate, matched=False, agent="", now=clock.now())

    threads = [threading.Thread(target=guess) for _ in range(engine_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with reading(office) as session:
        outcomes = list(session.scalars(select(LoginRecord.outcome)))
        assert (outcomes.count("wrong"), outcomes.count("locked")) == (5, engine_threads - 5)


def test_idle_and_absolute_limits(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        token = attempt(session, clock, good=True).token
        assert token is not None
        login = session.scalars(select(LoginSession)).one()
        assert token not in (login.token_hash, "")
        clock.advance(minutes=29, seconds=59)
        assert queries.resolve(session, token, clock.now()) is clerk
        clock.advance(seconds=1)
        assert queries.resolve(session, token, clock.now()) is None
        dead = queries.standing(session, token, now=clock.now())
        assert dead is not None
        assert (dead.alive, dead.account_id) == (False, clerk.id), "it still tells whose form may be kept"
        clock.advance(minutes=-30)
        for _ in range(36):
            clock.advance(minutes=20)
            still = queries.resolve(session, token, clock.now())
            signing_in.touch(session, login.id, now=clock.now())
            session.expire(login)
        assert still is None, "twelve hours after sign-in, however busy"
        assert queries.resolve(session, "unknown", clock.now()) is None


def test_limits_follow_the_settings(office: Sessions, make: Make, clock: FixedClock) -> None:
    limits = queries.Limits.of(minutes=5, hours=1)
    with writing(office) as session:
        token = opened = signing_in.open_session(
            session, make(session, "zhang", "submitter"), address="a", agent="x" * 500, now=clock.now()
        )
        clock.advance(minutes=5)
        found = queries.standing(session, opened, now=clock.now(), limits=limits)
        assert found is not None
        assert not found.alive
        assert queries.resolve(session, token, clock.now()) is not None


def test_touch_is_due_once_a_minute_and_never_revives(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        make(session, "zhang", "submitter")
        token = attempt(session, clock, good=True).token
        assert token is not None
        login = session.scalars(select(LoginSession)).one()
        clock.advance(seconds=59)
        assert not signing_in.due_for_touch(login.last_seen_at, now=clock.now())
        clock.advance(seconds=1)
        assert signing_in.due_for_touch(login.last_seen_at, now=clock.now())
        signing_in.end_session(session, token, now=clock.now())
        seen = login.last_seen_at
        clock.advance(minutes=2)
        signing_in.touch(session, login.id, now=clock.now())
        session.expire(login)
        assert login.last_seen_at == seen
        assert queries.resolve(session, token, clock.now()) is None
        assert session.scalars(select(LoginRecord.outcome).order_by(LoginRecord.id.desc())).first() == "logout"


def test_kept_form_goes_back_once_to_its_account_within_a_day(office: Sessions, make: Make, clock: FixedClock) -> None:
    values = {"title": ["河堤工程\x00\ud800"], "method": ["survey", "meeting"]}
    with writing(office) as session:
        clerk, other = make(session, "zhang", "submitter"), make(session, "li", "submitter")
        token = operations.stash_form(session, clerk.id, "/matters/new?step=2", values)
        assert queries.kept_form(session, token, account_id=other.id, now=clock.now()) is None
        assert queries.kept_form(session, "x", account_id=clerk.id, now=clock.now()) is None
        kept = queries.kept_form(session, token, account_id=clerk.id, now=clock.now())
        assert kept is not None
        assert kept.path == "/matters/new?step=2"
        assert kept.pairs == (("title", "河堤工程\x00\ud800"), ("method", "survey"), ("method", "meeting"))
        operations.drop_kept_form(session, token, account_id=other.id)
        assert queries.kept_form(session, token, account_id=clerk.id, now=clock.now()) is not None
        operations.drop_kept_form(session, token, account_id=clerk.id)
        assert queries.kept_form(session, token, account_id=clerk.id, now=clock.now()) is None
        late = operations.stash_form(session, clerk.id, "/", values)
        clock.advance(hours=24)
        assert queries.kept_form(session, late, account_id=clerk.id, now=clock.now()) is None


def test_few_forms_are_kept(office: Sessions, make: Make, clock: FixedClock) -> None:
    with writing(office) as session:
        clerk = make(session, "zhang", "submitter")
        tokens = []
        for number in range(8):
            clock.advance(minutes=1)
            tokens.append(operations.stash_form(session, clerk.id, f"/{number}", {}))
        alive = [bool(queries.kept_form(session, token, account_id=clerk.id, now=clock.now())) for token in tokens]
        assert alive == [False] * 3 + [True] * 5
        clock.advance(hours=25)
        operations.stash_form(session, clerk.id, "/", {})
        assert session.scalar(select(func.count()).select_from(StashedForm)) == 1
