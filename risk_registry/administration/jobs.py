"""A job from the page that asks for it to its result: asked for, started, watched."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration import upkeep_words as words
from risk_registry.config import Config
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.jobs import process
from risk_registry.jobs.models import Job
from risk_registry.jobs.operations import ask, fail
from risk_registry.jobs.queries import find, standing, under_way
from risk_registry.web.access import is_separated
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("jobs", __name__)
_log = logging.getLogger(__name__)

#: The form of a page that only has buttons.
ActForm = form_class("ActForm", [])
_NOT_STARTED = N_("任务的进程没有启动。请查看服务器日志，或稍后再试。")


def configuration() -> Config:
    """The settings of this installation, each with where it came from."""
    found: Config = current_app.extensions["config"]
    return found


def present() -> int:
    """This moment by the clock of the application."""
    clock: Clock = db.session.info["clock"]
    return to_stamp(clock.now())


def ask_for(
    form: RegistryForm, kind: str, asked: Mapping[str, Any] | None = None, *, subject: str = ""
) -> Response | None:
    """What a posted button leads to: the page of the job it asked for, or of the one that is under way already."""
    begun: list[int] = []

    def act() -> str:
        session = db.session()
        other = under_way(session, kind, present())
        if other is None:
            other = ask(session, current_actor(), kind, asked, subject=subject)
            begun.append(other.id)
        return url_for("jobs.show", number=other.id)

    answer = submit(form, act)
    if answer is not None:
        for number in begun:
            _start(number)
    return answer


def _start(number: int) -> None:
    """The job is committed by now, so that its process finds it."""
    config = configuration()
    environ = {
        "RISK_REGISTRY_DATA": str(config.data),
        "RISK_REGISTRY_DATABASE_URL": config.database_url,
        "RISK_REGISTRY_MIGRATE_URL": config.migrate_url,
    }
    try:
        process.start(number, data=config.data, environ=environ)
    except OSError:
        _log.exception("the process of job %s was not started", number)
        session = db.session()
        begin_write(session)
        fail(session, number, [(_NOT_STARTED, {})])
        session.commit()


@blueprint.get("/admin/jobs/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """How far a job has come; what came of it. The page asks for itself anew until the job has ended."""
    session = db.session()
    job = find(session, number)
    if job is None or job.kind not in words.KINDS:
        abort(404)
    return render_template("admin/jobs/show.html", job=job, **seen(job))


def seen(job: Job) -> dict[str, Any]:
    """A job as a page shows it."""
    separated = is_separated()
    places = "auditor" in signed_in().roles or not separated
    return {
        "title": words.kind(job.kind),
        "standing": standing(job, present()),
        "result": words.result(job, places=places),
        "doing": words.doing(job),
    }
