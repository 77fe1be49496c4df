"""Stops of the tour: state of the system, checks, backups."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.jobs.operations import ask, fail, finish, hear, take
from tests.visit import Visit, made

_VERIFIED = {
    "ok": False,
    "head": "120-0123456789ab",
    "checked": {"chain": 354, "guards": 9, "line_digests": 188, "lines": 28, "figures": 11},
    "found": {"chain": 1, "lines": 1},
    "faults": [
        {"check": "chain", "place": "event 120", "fault": "its content differs from its digest"},
        {
            "check": "lines",
            "place": "line 31 (500229-2024-0007/1 version 3)",
            "fault": "differs from its recomputation in outcome, title",
        },
    ],
}


def furnish(session: Session) -> dict[str, Any]:
    """A job in every state in which a page can show it."""
    account = by_name(session, "guanli")
    assert account is not None
    actor = actor_for(account)
    found = {}
    for name, kind in (("failed", "backup"), ("verified", "verify"), ("checked", "check"), ("going", "examine")):
        job = ask(session, actor, kind, {})
        session.flush()
        take(session, job.id)
        found[f"job_{name}"] = job.id
    fail(session, found["job_failed"], [("备份文件中的数据库与清单不符", {})])
    finish(session, found["job_verified"], _VERIFIED)
    advice = [{"code": "stale_backup", "params": {}}, {"code": "not_separated", "params": {}}]
    finish(session, found["job_checked"], {"advice": advice, "whole": True, "fault": "ok", "writable": True})
    hear(session, found["job_going"], 3, 14, "核对备份文件")
    return found


VISITS: tuple[Visit, ...] = (
    Visit("state", "state.index", "guanli"),
    Visit("state-auditor", "state.index", "shenji"),
    Visit("backups", "backups.index", "guanli"),
    Visit("job-failed", "jobs.show", "guanli", made(number="job_failed")),
    Visit("job-verified", "jobs.show", "shenji", made(number="job_verified")),
    Visit("job-checked", "jobs.show", "guanli", made(number="job_checked")),
    Visit("job-going", "jobs.show", "anquan", made(number="job_going")),
)
