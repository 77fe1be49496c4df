"""系统状态: what runs here and how it is set up, with a check of the installation and a verification of the data."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from risk_registry.administration import upkeep_words as words
from risk_registry.administration.jobs import ActForm, ask_for, configuration, present, seen
from risk_registry.db.clock import Clock, from_stamp
from risk_registry.db.extension import db
from risk_registry.jobs.queries import newest, under_way
from risk_registry.upkeep.state import state_of, warnings_of
from risk_registry.web.forms import RegistryForm

blueprint = Blueprint("state", __name__)


@blueprint.get("/admin/state")
def index() -> ResponseReturnValue:
    """Warnings first, then the two checks with their last results, then what there is to know."""
    return _page(ActForm())


@blueprint.post("/admin/state/check")
def check() -> ResponseReturnValue:
    """Ask for a check of the installation."""
    form = ActForm()
    return ask_for(form, "check") or (_page(form), form.http_status)


@blueprint.post("/admin/state/verify")
def verify() -> ResponseReturnValue:
    """Ask for a verification of everything the registry holds."""
    form = ActForm()
    return ask_for(form, "verify") or (_page(form), form.http_status)


def _page(form: RegistryForm) -> str:
    session, config = db.session(), configuration()
    clock: Clock = db.session.info["clock"]
    found = state_of(config, session, clock.now())
    return render_template(
        "admin/state/index.html",
        form=form,
        warnings=words.notices(warnings_of(config, found, clock.now())),
        versions=words.versions(found),
        office=words.office(found, config),
        last_backup=from_stamp(found["last_backup_stamp"]) if found["last_backup_stamp"] else None,
        settings=words.settings_rows(config),
        checks=[_last(session, kind) for kind in ("check", "verify")],
    )


def _last(session: Session, kind: str) -> dict[str, object]:
    """The job of a kind that is under way, and the last one that ended."""
    last = newest(session, kind, "done", "failed")
    running = under_way(session, kind, present())
    return {"kind": kind, "name": words.kind(kind), "running": running, "job": last, **(seen(last) if last else {})}
