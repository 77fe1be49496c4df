"""The figures, lists and exported rows of the program against the plain oracle, on random histories."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.core.counting import AXES, MEASURES
from risk_registry.core.predicates import Predicate, Question, Within
from risk_registry.core.workflow import BY_NAME
from risk_registry.db.clock import day_of
from risk_registry.lines import predicates
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.statistics.queries import counts
from tests.registry import Registry, registry_on
from tests.statistics import oracle
from tests.statistics.histories import FIRST, LAST, Author, Chronicle

pytestmark = pytest.mark.slow

#: Histories on each engine; the embedded one alone makes up the 200 that are asked for.
MATTERS = {"sqlite": 210, "postgres": 60}
QUESTIONS = {"sqlite": 60, "postgres": 25}
ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@dataclass
class Written:
    """A registry full of histories, and what was done in it."""

    registry: Registry
    chronicle: Chronicle
    engine: str


@pytest.fixture(scope="module", params=ENGINES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """Histories entered once; every test only asks."""
    with registry_on(request.param, request, tmp_path_factory.mktemp("histories")) as registry:
        yield Written(registry, Author(registry, matters=MATTERS[request.param], seed=20241231).write(), request.param)


@dataclass(frozen=True)
class Random:
    """A random question: period, as-of day, and a known-at moment or the present."""

    asked: oracle.Asked
    known_at: int | None

    @property
    def question(self) -> Question:
        return Question(self.asked.first, self.asked.last, self.asked.as_of, self.asked.passed)

    def query(self, **filters: Any) -> LineQuery:
        return LineQuery(EVERYTHING, LineFilter(self.question, **filters), self.known_at, present=LAST)


def questions(chronicle: Chronicle, number: int) -> Iterator[Random]:
    """Years, quarters, odd spans and single days; as-of days at, before, after the end and on days of change."""
    chance = random.Random(7)
    days = sorted({done.day for done in chronicle.log})
    for _ in range(number):
        year = chance.choice([2023, 2024, 2025])
        start = chance.choice([date(year, 1, 1), date(year, chance.choice([4, 7, 10]), 1), chance.choice(days)])
        end = chance.choice([date(year, 12, 31), start, chance.choice(days), start + timedelta(days=89)])
        start, end = min(start, end), max(start, end)
        as_of = chance.choice([end, end, chance.choice(days), chance.choice(days) - timedelta(days=1), LAST])
        passed = chance.choice([oracle.PASS, oracle.PASS, frozenset({"implement"})])
        known = chance.choice([None, None, chance.choice(chronicle.stamps), chance.choice(chronicle.stamps) - 1])
        yield Random(oracle.Asked(start, end, as_of, passed), known)


def compare(session: Session, chronicle: Chronicle, asked: Random) -> list[str]:
    """Where the program differs from the oracle for one question."""
    rounds = oracle.replay(chronicle.log, known_at=asked.known_at)
    expected = oracle.figures(rounds, asked.asked)
    found = counts(session, asked.query())
    faults = [
        f"{name}: counted {found.measures[name]}, oracle {figure}"
        for name, figure in expected.items()
        if found.measures[name] != figure
    ]
    for measure in MEASURES:
        query = asked.query(measure=measure.id)
        wanted = {chronicle.ids[r.matter, r.seq] for r in oracle.lines(rounds, asked.asked, measure.id)}
        rows = [row.assessment_id for row in query.rows(session, ["assessment_id"])]
        if set(rows) != wanted or len(rows) != len(wanted):
            faults.append(f"{measure.id}: rows differ in {sorted(set(rows) ^ wanted)[:5]}")
        if query.count(session) != len(wanted):
            faults.append(f"{measure.id}: list of {query.count(session)}, oracle {len(wanted)}")
    return faults


def test_the_generator_covers_every_step_and_enough_of_the_rare(written: Written) -> None:
    acts = written.chronicle.acts()
    assert set(acts) == set(BY_NAME) | {"declare"}
    if written.engine == "sqlite":
        assert len({done.matter for done in written.chronicle.log}) >= 200
    shares = written.chronicle.shares()
    assert min(shares.values()) >= 0.05, shares
    often = Counter((done.matter, done.round) for done in written.chronicle.log if done.act == "withdraw")
    assert max(often.values()) >= 2, "some round was withdrawn more than once"
    backdated = sum(day_of(done.known) - done.day > timedelta(days=7) for done in written.chronicle.log)
    assert backdated > len(written.chronicle.log) * 0.02


def test_counts_lists_and_rows_agree_with_the_oracle(written: Written) -> None:
    with written.registry.reading() as session:
        seen: Counter[str] = Counter()
        for asked in questions(written.chronicle, QUESTIONS[written.engine]):
            assert compare(session, written.chronicle, asked) == [], asked
            rounds = oracle.replay(written.chronicle.log, known_at=asked.known_at)
            seen += Counter({name: figure for name, figure in oracle.figures(rounds, asked.asked).items() if figure})
        assert set(seen) == set(oracle.RULES), "every measure was more than zero somewhere"


def test_the_axes_agree_with_the_oracle(written: Written) -> None:
    with written.registry.reading() as session:
        for asked in list(questions(written.chronicle, 12)):
            rounds = oracle.replay(written.chronicle.log, known_at=asked.known_at)
            found = counts(session, asked.query())
            for axis in AXES:
                by = {code: dict(row) for code, row in found.by[axis].items() if any(row.values())}
                assert by == oracle.along(rounds, asked.asked, axis), (axis, asked)


def test_the_bridge_holds_at_the_end_of_every_period(written: Written) -> None:
    with written.registry.reading() as session:
        for year in (2023, 2024, 2025):
            end = date(year, 12, 31)
            asked = LineQuery(EVERYTHING, LineFilter(Question(date(year, 1, 1), end, end)))
            assert counts(session, asked).bridge_holds


def test_the_present_is_told_alike_by_stored_and_computed_values(written: Written) -> None:
    """The quick way (as of today, nothing hidden) and the slow one (computed for the day) say the same."""
    with written.registry.reading() as session:
        for first in (FIRST, date(2024, 1, 1), date(2025, 1, 1)):
            for last in (date(2023, 12, 31), date(2024, 12, 31), date(2025, 12, 31)):
                if first > last:
                    continue
                for basis in ("concluded", "filed", "declared", "all"):
                    question = Question(first, last, LAST)
                    quick = LineQuery(EVERYTHING, LineFilter(question, basis=basis), present=LAST)
                    slow = LineQuery(EVERYTHING, LineFilter(question, basis=basis))
                    assert (quick.is_present, slow.is_present) == (True, False)
                    names = ["assessment_id", "status", "filing_number", "outcome", "concluded_on", "ended_on"]
                    rows = [tuple(row) for row in quick.rows(session, names)]
                    assert [row[1:] for row in rows] == [tuple(row)[1:] for row in slow.rows(session, names)]
                    assert quick.count(session) == slow.count(session) == len(rows)


def test_an_off_by_one_in_the_sql_is_found(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is able to fail: with the last day of a period cut off, it does, wherever that day matters."""
    right = predicates.condition

    def wrong(predicate: Predicate, question: Question) -> ColumnElement[bool]:
        if isinstance(predicate, Within):
            day = LINE.c[predicate.date]
            last = min(question.last, question.as_of)
            return and_(day.is_not(None), day >= question.first, day < last)
        return right(predicate, question)

    monkeypatch.setattr(predicates, "condition", wrong)
    rounds = oracle.replay(written.chronicle.log)
    ends = []
    for day in sorted({done.day for done in written.chronicle.log}):
        whole = oracle.Asked(day.replace(month=1, day=1), day, day)
        short = oracle.Asked(whole.first, day - timedelta(days=1), day)
        # Only where the last day itself counts for something can leaving it out show.
        if oracle.figures(rounds, whole) != oracle.figures(rounds, short):
            ends.append(day)
    assert len(ends) > 20
    with written.registry.reading() as session:
        for end in ends[::20]:
            asked = Random(oracle.Asked(end.replace(month=1, day=1), end, end), None)
            assert compare(session, written.chronicle, asked), end
