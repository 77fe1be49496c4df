"""The fair gate: one writer at a time, first come first served, over threads and processes; an honest Busy in time."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from risk_registry.core.problems import Busy
from risk_registry.db.clock import SystemClock
from risk_registry.db.engine import begin_write, make_engine
from risk_registry.db.gate import Gate
from risk_registry.db.work import make_sessions, writing
from tests.registry import Registry


@pytest.fixture(params=["threads", "processes"])
def gate(request: pytest.FixtureRequest, tmp_path: Path) -> Gate:
    """A gate with little patience, with and without its file."""
    return Gate(tmp_path / "gate.lock" if request.param == "processes" else None, patience=0.2)


def test_threads_enter_in_the_order_they_came(gate: Gate) -> None:
    gate = Gate(gate._path, patience=10)
    order: list[int] = []

    def enter(number: int) -> None:
        gate.acquire()
        order.append(number)
        gate.release()

    gate.acquire()
    threads = []
    for number in range(8):
        thread = threading.Thread(target=enter, args=(number,))
        thread.start()
        threads.append(thread)
        deadline = time.monotonic() + 5
        while len(gate._queue) <= number and time.monotonic() < deadline:
            time.sleep(0.001)
    gate.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_a_wait_beyond_patience_is_busy_and_leaves_the_gate_whole(gate: Gate) -> None:
    gate.acquire()
    answers: list[str] = []

    def impatient() -> None:
        try:
            gate.acquire()
        except Busy as busy:
            answers.append(str(busy))

    threads = [threading.Thread(target=impatient) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(answers) == 3
    assert "请稍后重试" in answers[0]
    gate.release()
    for _ in range(3):
        gate.acquire()
        gate.release()


def test_a_file_held_by_another_is_busy_in_time_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "gate.lock"
    other, mine = Gate(path, patience=0.2), Gate(path, patience=0.2)
    other.acquire()
    for _ in range(3):
        with pytest.raises(Busy):
            mine.acquire()
    other.release()
    mine = Gate(path, patience=10)
    mine.acquire()
    mine.release()


def test_one_thread_cannot_wait_for_itself(gate: Gate) -> None:
    gate.acquire()
    with pytest.raises(RuntimeError, match="one unit of work"):
        gate.acquire()
    gate.release()


def test_a_session_gives_the_gate_back_however_it_ends(sqlite_registry: Registry) -> None:
    for end in ("commit", "rollback", "close", "error"):
        with sqlite_registry.sessions() as session:
            begin_write(session)
            if end == "error":
                with pytest.raises(Exception, match="no such table"):
                    session.execute(text("SELECT * FROM nowhere"))
            else:
                getattr(session, end)()
    with sqlite_registry.writing() as session:
        session.execute(text("SELECT 1"))


def test_a_busy_registry_says_so(sqlite_registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = sqlite_registry.engine.get_execution_options()["registry_gate"]
    monkeypatch.setattr(gate, "_patience", 0.1)
    with sqlite_registry.writing():
        answers: list[BaseException] = []

        def second() -> None:
            try:
                with sqlite_registry.writing():
                    pass
            except BaseException as error:
                answers.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(10)
    assert [type(answer) for answer in answers] == [Busy]
    with sqlite_registry.writing() as session:
        session.execute(text("SELECT 1"))


_ADD = text("UPDATE tally SET n = n + 1 WHERE who = :who")


def _tally(url: str, who: int, rounds: int, waits: list[float] | None = None) -> float:
    """Write ``rounds`` times; the longest wait for a turn in seconds."""
    engine = make_engine(url)
    factory = make_sessions(engine, SystemClock())
    longest = 0.0
    for _ in range(rounds):
        began = time.monotonic()
        with writing(factory) as session:
            longest = max(longest, time.monotonic() - began)
            session.execute(_ADD, {"who": who})
    engine.dispose()
    if waits is not None:
        waits.append(longest)
    return longest


def _process(url: str, who: int, rounds: int, results: multiprocessing.Queue[float]) -> None:
    results.put(_tally(url, who, rounds))


@pytest.fixture
def tally(tmp_path: Path) -> str:
    """The address of a database with a counter for each of eight writers."""
    url = f"sqlite:///{tmp_path / 'tally.db'}"
    engine = make_engine(url)
    with writing(make_sessions(engine, SystemClock())) as session:
        session.execute(text("CREATE TABLE tally (who INTEGER PRIMARY KEY, n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO tally VALUES (0,0),(1,0),(2,0),(3,0),(4,0),(5,0),(6,0),(7,0)"))
    engine.dispose()
    return url


def tallies(url: str) -> dict[int, int]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {row.who: row.n for row in connection.execute(text("SELECT who, n FROM tally"))}
    engine.dispose()
    return found


def test_eight_threads_share_the_gate_fairly(tally: str) -> None:
    """In the time all of them write, none gets more than its share by much, and nobody meets a locked database."""
    engine = make_engine(tally)
    factory = make_sessions(engine, SystemClock())
    order: list[int] = []
    faults: list[BaseException] = []
    start = threading.Barrier(8)

    def write(who: int) -> None:
        start.wait()
        try:
            for _ in range(20):
                with writing(factory) as session:
                    session.execute(_ADD, {"who": who})
                    order.append(who)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    engine.dispose()
    assert faults == []
    assert set(tallies(tally).values()) == {20}
    # While all eight have work left, whoever leaves queues behind the other seven.
    shares = Counter(order[40:100])
    assert len(shares) == 8
    assert max(shares.values()) <= 3 * min(shares.values()), shares


@pytest.mark.slow
def test_processes_share_the_gate(tally: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[float] = spawn.Queue()
    processes = [spawn.Process(target=_process, args=(tally, who, 25, results)) for who in range(4)]
    for process in processes:
        process.start()
    waits: list[float] = []
    threads = [threading.Thread(target=_tally, args=(tally, who, 25, waits)) for who in range(4, 8)]
    for thread in threads:
        thread.start()
    for process in processes:
        process.join(90)
        assert process.exitcode == 0
    for thread in threads:
        thread.join(90)
    waits += [results.get(timeout=10) for _ in processes]
    assert set(tallies(tally).values()) == {25}
    assert len(waits) == 8
    assert max(waits) < 10
