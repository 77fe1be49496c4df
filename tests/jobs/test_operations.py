"""Jobs: one of a kind at a time, taken once, told dead when silent; all of it on both engines."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from risk_registry.audit.models import Event
from risk_registry.core.problems import Busy, Conflict, Refused
from risk_registry.db.clock import to_stamp
from risk_registry.jobs.models import Job
from risk_registry.jobs.operations import ask, fail, finish, hear, take
from risk_registry.jobs.queries import find, newest, result_of, standing, under_way
from risk_registry.jobs.running import Progress, Task, carry_out
from tests.registry import OPERATOR, Registry

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def day(registry: Registry) -> None:
    registry.clock.set(DAY)


def asked(registry: Registry, kind: str = "verify", **what: Any) -> int:
    """Ask for a job; its number."""
    with registry.writing() as session:
        return ask(session, OPERATOR, kind, what).id


def job(registry: Registry, number: int) -> Job:
    """The job as it stands."""
    with registry.reading() as session:
        found = find(session, number)
        assert found is not None
        session.expunge(found)
        return found


def how(registry: Registry, number: int) -> str:
    return standing(job(registry, number), to_stamp(registry.clock.now()))


def test_a_job_from_asking_to_its_end(registry: Registry) -> None:
    number = asked(registry, file="x.zip")
    assert how(registry, number) == "waiting"
    with registry.writing() as session:
        assert json.loads(take(session, number).asked) == {"file": "x.zip"}
    assert how(registry, number) == "running"
    with registry.writing() as session:
        assert hear(session, number, 3, 10, "复制")
    found = job(registry, number)
    assert (found.done, found.total, found.message) == (3, 10, "复制")
    with registry.writing() as session:
        assert finish(session, number, {"ok": True})
    assert how(registry, number) == "done"
    assert result_of(job(registry, number)) == {"ok": True}
    with registry.writing() as session:
        assert not hear(session, number, 4, 10, "")
        assert not finish(session, number, {})
        assert not fail(session, number, [("x", {})])
    with registry.reading() as session:
        event = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
        assert (event.action, event.subject_kind, event.subject_id) == ("verify", "job", number)


def test_only_one_of_a_kind(registry: Registry) -> None:
    first = asked(registry)
    with pytest.raises(Conflict, match="正在进行"):
        asked(registry)
    other = asked(registry, "backup")
    with registry.writing() as session:
        take(session, first)
    with pytest.raises(Conflict):
        asked(registry)
    with registry.writing() as session:
        finish(session, first, {})
    assert asked(registry) > other


def test_two_who_ask_at_once_get_one_job(registry: Registry) -> None:
    gate = threading.Barrier(4)
    outcomes: list[str] = []

    def work() -> None:
        gate.wait()
        try:
            outcomes.append(str(asked(registry)))
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[1:] == ["conflict"] * 3
    with registry.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_a_job_is_taken_once(registry: Registry) -> None:
    number = asked(registry)
    with registry.writing() as session:
        take(session, number)
    with pytest.raises(Refused, match="已经开始或结束"), registry.writing() as session:
        take(session, number)
    with pytest.raises(Refused, match="没有编号为 77 的任务"), registry.writing() as session:
        take(session, 77)


@pytest.mark.parametrize("started", [False, True])
def test_a_job_that_fell_silent_is_told_dead_and_another_may_begin(registry: Registry, started: bool) -> None:
    number = asked(registry)
    if started:
        registry.clock.advance(minutes=2)
        with registry.writing() as session:
            take(session, number)
    registry.clock.advance(minutes=3)
    assert how(registry, number) in ("waiting", "running")
    registry.clock.advance(seconds=1)
    assert how(registry, number) == "dead"
    with registry.reading() as session:
        assert under_way(session, "verify", to_stamp(registry.clock.now())) is None
    following = asked(registry)
    assert how(registry, number) == "failed"
    assert "中断" in result_of(job(registry, number))["problems"][0]["message"]
    with registry.writing() as session:
        assert not finish(session, number, {"late": True})
    with registry.reading() as session:
        last = newest(session, "verify")
        assert last is not None
        assert last.id == following


def test_work_is_carried_out_with_word_of_its_progress(registry: Registry) -> None:
    number = asked(registry, what="a")
    seen: list[Job] = []

    def work(task: Task) -> Mapping[str, Any]:
        task.tell(2, 5, "一半")
        heard = threading.Event()
        for _ in range(400):
            found = job(registry, number)
            if found.done == 2:
                seen.append(found)
                break
            heard.wait(0.01)
        return {"asked": task.asked, "number": task.number}

    assert carry_out(registry.sessions, number, {"verify": work})
    assert (seen[0].state, seen[0].total, seen[0].message) == ("running", 5, "一半")
    assert result_of(job(registry, number)) == {"asked": {"what": "a"}, "number": number}


def _refuse(_task: Task) -> Mapping[str, Any]:
    raise Refused.one("file", "找不到“%(file)s”", file="x.zip")


def _break(_task: Task) -> Mapping[str, Any]:
    raise ZeroDivisionError


def _end(_task: Task) -> Mapping[str, Any]:
    raise SystemExit(1)


def test_work_that_fails_says_why(registry: Registry) -> None:
    number = asked(registry)
    assert not carry_out(registry.sessions, number, {"verify": _refuse})
    assert result_of(job(registry, number)) == {
        "problems": [{"message": "找不到“%(file)s”", "params": {"file": "x.zip"}}]
    }
    number = asked(registry)
    assert not carry_out(registry.sessions, number, {"verify": _break})
    assert "任务日志" in result_of(job(registry, number))["problems"][0]["message"]
    number = asked(registry)
    with pytest.raises(SystemExit):
        carry_out(registry.sessions, number, {"verify": _end})
    assert "中断" in result_of(job(registry, number))["problems"][0]["message"]
    assert how(registry, number) == "failed"


def test_progress_while_others_write_is_no_fault(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    number = asked(registry)
    with registry.writing() as session:
        take(session, number)
    progress = Progress(registry.sessions, number)
    progress.tell(1, 2, "")

    def busy(*_arguments: object) -> None:
        raise Busy([])

    monkeypatch.setattr("risk_registry.jobs.running.hear", busy)
    progress.write()
    monkeypatch.undo()
    progress.write()
    assert job(registry, number).done == 1
