"""Many at once: one filing is filed once, numbers come without gap or repeat, a stale writer is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.audit.queries import breaks
from risk_registry.core.problems import Refused
from risk_registry.filings import operations as filing
from risk_registry.filings.models import Filing, NumberCounter
from risk_registry.filings.numbers import set_first_number
from risk_registry.settings.queries import settings
from tests.acting import Cast, attempt, bring_to, declare
from tests.casefile.test_histories import assert_lines_recompute
from tests.registry import Registry, organisation

TODAY = date(2024, 5, 6)

#: What a writer meets when another was first; the pages answer all of them with "look again".
BEATEN = (Refused, StaleDataError)


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What each of ``count`` threads brought back, or the error it met, started together."""
    start = threading.Barrier(count)
    answers: list[object] = [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            answers[number] = work(number)
        except BaseException as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def received(registry: Registry, count: int) -> list[int]:
    """Rounds that wait for their number."""
    registry.clock.set(TODAY)
    with registry.writing() as session:
        cast = Cast(session, TODAY, settings(session))
        return [bring_to(session, cast, "received", title=f"示例事项{number}").id for number in range(count)]


def accept(registry: Registry, number: int, who: str) -> str:
    with registry.writing() as session:
        cast = Cast(session, TODAY, settings(session))
        return filing.accept(session, cast.act(who), attempt(session, session.get_one(Assessment, number)))


def test_eight_approvers_at_once_file_once(registry: Registry) -> None:
    (number,) = received(registry, 1)
    answers = at_once(8, lambda who: accept(registry, number, ("second", "approver")[who % 2]))
    filed = [answer for answer in answers if isinstance(answer, str)]
    assert filed == ["示稳评备〔2024〕1号"]
    assert all(isinstance(answer, BEATEN) for answer in answers if not isinstance(answer, str)), answers
    with registry.reading() as session:
        assert session.scalars(select(Filing.number_text)).all() == filed
        assert session.scalars(select(NumberCounter.last)).one() == 1
        accepted = session.scalars(select(Event.seq).where(Event.action == "accept")).all()
        assert len(accepted) == 1
        assert breaks(session) == []


@pytest.mark.slow
def test_two_hundred_filings_from_eight_clients_are_numbered_without_gap_or_repeat(registry: Registry) -> None:
    numbers = received(registry, 200)

    def client(who: int) -> list[str]:
        got = []
        for position, number in enumerate(numbers[who::8]):
            if position % 5 == 4:
                # An acceptance that fails after its number was taken gives the number back.
                with pytest.raises(ZeroDivisionError), registry.writing() as session:
                    _take_and_fail(registry, session, number)
            got.append(accept(registry, number, "second"))
        return got

    answers = at_once(8, client)
    assert [answer for answer in answers if not isinstance(answer, list)] == []
    texts = [text for answer in answers if isinstance(answer, list) for text in answer]
    assert len(set(texts)) == 200
    with registry.reading() as session:
        assert sorted(session.execute(select(Filing.number_seq)).scalars()) == list(range(1, 201))  # type: ignore[type-var]
        assert breaks(session) == []
        assert_lines_recompute(session)


def _take_and_fail(registry: Registry, session: object, number: int) -> None:
    cast = Cast(session, TODAY, settings(session))  # type: ignore[arg-type]
    filing.accept(cast.session, cast.act("second"), attempt(cast.session, cast.session.get_one(Assessment, number)))
    cast.session.flush()
    raise ZeroDivisionError


def test_registrations_at_once_get_numbers_of_their_own(registry: Registry) -> None:
    registry.clock.set(TODAY)

    def register(who: int) -> str:
        with registry.writing() as session:
            cast = Cast(session, TODAY, settings(session))
            return declare(session, cast, ("water", "school")[who % 2]).matter.reg_no

    answers = at_once(12, register)
    assert sorted(map(str, answers)) == [f"500229-2024-{number:04d}" for number in range(1, 13)]


def test_a_withdrawal_and_an_acceptance_at_once_end_in_one_of_them(registry: Registry) -> None:
    numbers = received(registry, 4)

    def act(who: int) -> str:
        number = numbers[who // 2]
        if who % 2:
            return accept(registry, number, "second")
        with registry.writing() as session:
            cast = Cast(session, TODAY, settings(session))
            filing.withdraw(session, cast.act("clerk"), attempt(session, session.get_one(Assessment, number)), "理由")
        return "withdrawn"

    answers = at_once(8, act)
    for pair in (answers[place : place + 2] for place in range(0, 8, 2)):
        assert sum(isinstance(answer, str) for answer in pair) == 1, pair
        assert sum(isinstance(answer, BEATEN) for answer in pair) == 1, pair
    with registry.reading() as session:
        assert_lines_recompute(session)


def test_a_first_number_is_not_set_over_one_given_meanwhile(registry: Registry) -> None:
    (number,) = received(registry, 1)

    def act(who: int) -> object:
        if who == 0:
            return accept(registry, number, "second")
        with registry.writing() as session:
            cast = Cast(session, TODAY, settings(session))
            set_first_number(session, cast.act("sysadmin"), organisation(session, "office"), 2024, 10 * who)
        return who

    answers = at_once(4, act)
    assert isinstance(answers[0], str), answers
    assert all(isinstance(answer, (str, int, DBAPIError, *BEATEN)) for answer in answers), answers
    with registry.reading() as session:
        counter = session.scalars(select(NumberCounter)).one()
        given = session.scalars(select(Filing.number_seq)).all()
        assert given == [counter.opening] == [counter.last]
