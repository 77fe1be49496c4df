"""Writes of jobs: asked for, taken, heard of, ended. Of one kind only one waits or runs at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record_fact
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.jobs.models import Job
from risk_registry.jobs.queries import OPEN, find, is_silent, open_jobs

#: What is said of a job whose process ended without a word.
INTERRUPTED = N_("任务的进程已中断，没有做完，可以重新开始。")
#: Key of the PostgreSQL lock under which two requests for the same kind meet; the kind is its second half.
_LOCK = 0x4A4F_4221


def _now(session: Session) -> int:
    clock: Clock = session.info["clock"]
    return to_stamp(clock.now())


def ask(session: Session, actor: Actor, kind: str, asked: Mapping[str, Any] | None = None, *, subject: str = "") -> Job:
    """Ask for a piece of long work; the event says who asked and, in ``subject``, for what.

    Raises ``Conflict`` while another of the kind waits or runs. One that fell silent is told dead first.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(kind))))
    now = _now(session)
    for other in open_jobs(session, kind):
        if not is_silent(other, now):
            raise Conflict.one("", N_("同一任务正在进行，请等它结束。"))
        fail(session, other.id, [(INTERRUPTED, {})])
    job = Job(
        kind=kind,
        asked=json.dumps(dict(asked or {}), ensure_ascii=False),
        account_id=actor.account_id,
        actor=actor.name,
        state="waiting",
        created_at=now,
    )
    session.add(job)
    session.flush()
    record_fact(
        session, actor, kind, kind="job", text=subject or str(job.id), subject_id=job.id, note=dict(asked or {})
    )
    return job


def take(session: Session, number: int) -> Job:
    """Begin a job that waits. Raises ``Refused`` when there is none, or when it was taken already."""
    job = find(session, number)
    if job is None:
        raise Refused.one("number", N_("没有编号为 %(number)s 的任务"), number=number)
    if not _change(session, number, ("waiting",), state="running", started_at=_now(session), seen_at=_now(session)):
        raise Refused.one("number", N_("编号为 %(number)s 的任务已经开始或结束"), number=number)
    session.refresh(job)
    return job


def hear(session: Session, number: int, done: int, total: int | None, message: str) -> bool:
    """Note how far a running job has come, and that it lives; whether it is still wanted."""
    values = {"seen_at": _now(session), "done": done, "total": total, "message": message or None}
    return _change(session, number, ("running",), **values)


def finish(session: Session, number: int, result: Mapping[str, Any]) -> bool:
    """Note what came of a running job; ``False`` when it was told dead in the meantime."""
    text = json.dumps(dict(result), ensure_ascii=False)
    return _change(session, number, ("running",), state="done", result=text, message=None, finished_at=_now(session))


def fail(session: Session, number: int, problems: list[tuple[str, Mapping[str, object]]]) -> bool:
    """Note why a job came to nothing: messages in source text with what fills them, to be said in any language."""
    said = [
        {"message": text, "params": {name: str(value) for name, value in params.items()}} for text, params in problems
    ]
    text = json.dumps({"problems": said}, ensure_ascii=False)
    return _change(session, number, OPEN, state="failed", result=text, message=None, finished_at=_now(session))


def _change(session: Session, number: int, states: tuple[str, ...], **values: Any) -> bool:
    query = update(Job).where(Job.id == number, Job.state.in_(states)).values(**values)
    found = session.execute(query.returning(Job.id).execution_options(synchronize_session="fetch")).first()
    return found is not None
