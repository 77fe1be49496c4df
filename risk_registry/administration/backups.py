"""备份: the files there are, a button for another one, and how the registry comes back from one of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from risk_registry.administration import upkeep_words as words
from risk_registry.administration.jobs import ActForm, ask_for, configuration, present
from risk_registry.db.clock import Clock
from risk_registry.db.extension import db
from risk_registry.jobs.queries import newest, result_of, under_way
from risk_registry.upkeep.backup import KEPT, Kept, by_hand, kept_files
from risk_registry.upkeep.state import state_of, warnings_of
from risk_registry.web.forms import RegistryForm

blueprint = Blueprint("backups", __name__)

#: Warnings of the state page that bear on backups.
_ABOUT = frozenset({"stale_backup", "no_dump_program", "little_space"})


@blueprint.get("/admin/backups")
def index() -> ResponseReturnValue:
    """The files are listed, never handed out: whoever keeps the machine copies them from their folder."""
    return _page(ActForm())


@blueprint.post("/admin/backups/new")
def make() -> ResponseReturnValue:
    """Ask for a backup now."""
    form = ActForm()
    name = by_hand(configuration().data, _clock().now()).name
    return ask_for(form, "backup", {"file": name}, subject=name) or (_page(form), form.http_status)


@blueprint.post("/admin/backups/examine")
def examine() -> ResponseReturnValue:
    """Ask for every file to be read and compared with its own digest."""
    form = ActForm()
    return ask_for(form, "examine") or (_page(form), form.http_status)


def _clock() -> Clock:
    found: Clock = db.session.info["clock"]
    return found


def _page(form: RegistryForm) -> str:
    config, session, now = configuration(), db.session(), _clock().now()
    state = state_of(config, session, now)
    about = [item for item in warnings_of(config, state, now) if item.code in _ABOUT]
    known = _examined()
    files = [
        {
            "name": file.name,
            "sort": words.sort(file.sort),
            "size": words.size(file.size),
            "changed": file.changed,
            "seen": _verdict(file, known),
        }
        for file in kept_files(config.data)
    ]
    return render_template(
        "admin/backups/index.html",
        form=form,
        warnings=words.advice(about),
        files=files,
        folder=config.data / "backups",
        kept=KEPT,
        last_days=state["backup_days"],
        embedded=state["database"] == "SQLite",
        dump_program=state.get("dump_program"),
        server=state.get("server"),
        running=[job for kind in ("backup", "examine") if (job := under_way(session, kind, present()))],
    )


def _examined() -> dict[str, dict[str, Any]]:
    """What the last examination and the last backups asked for here found of each file."""
    session = db.session()
    found: dict[str, dict[str, Any]] = {}
    examination, backup = newest(session, "examine", "done"), newest(session, "backup", "done")
    if examination is not None:
        for name, verdict in result_of(examination)["files"].items():
            found[name] = {**verdict, "at": examination.finished_at}
    if backup is not None and (examination is None or backup.id > examination.id):
        verdict = result_of(backup)
        found[verdict["file"]] = {**verdict, "at": backup.finished_at}
    return found


def _verdict(file: Kept, known: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What is known of this very file; one that was changed since is not known."""
    found = known.get(file.name)
    return found if found is not None and found["mark"] == file.mark else None
