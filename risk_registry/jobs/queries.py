"""Reads of jobs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.jobs.models import Job

#: States from which a job can still go on.
OPEN = ("waiting", "running")
#: Microseconds after which a job that says nothing is dead; a living one says something every few seconds.
SILENCE = 3 * 60 * 1_000_000


def find(session: Session, number: int) -> Job | None:
    """The job of this number."""
    return session.get(Job, number)


def open_jobs(session: Session, kind: str) -> Sequence[Job]:
    """The jobs of a kind that wait or run."""
    return session.scalars(select(Job).where(Job.kind == kind, Job.state.in_(OPEN)).order_by(Job.id)).all()


def is_silent(job: Job, now: int) -> bool:
    """Whether a job that waits or runs has not been heard of for so long that its process must be dead."""
    return job.state in OPEN and now - max(job.created_at, job.seen_at or 0) > SILENCE


def under_way(session: Session, kind: str, now: int) -> Job | None:
    """The living job of a kind."""
    return next((job for job in open_jobs(session, kind) if not is_silent(job, now)), None)


def standing(job: Job, now: int) -> str:
    """``waiting``, ``running``, ``done``, ``failed``, or ``dead`` for one that fell silent."""
    return "dead" if is_silent(job, now) else job.state


def newest(session: Session, kind: str, *states: str) -> Job | None:
    """The newest job of a kind, in one of ``states`` when they are given."""
    query = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)
    return session.scalar(query.where(Job.state.in_(states)) if states else query)


def result_of(job: Job) -> dict[str, Any]:
    """What came of a job; empty until it ends."""
    found: dict[str, Any] = json.loads(job.result) if job.result else {}
    return found
