"""启用准备 as a page: every step with its state, why it is there, and the link that does it."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from risk_registry.accounts.sessions import current_actor
from risk_registry.administration.first_steps import Progress, progress, states, tick
from risk_registry.administration.places import place
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.web.forms import form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("first_steps", __name__)

TickForm = form_class("TickForm", [])

_STATES = {"done": N_("已完成"), "ticked": N_("已确认"), "open": N_("待办")}


def present_progress() -> Progress:
    """How far the office has come today."""
    session = db.session()
    return progress(session, today=today(session.info["clock"]), data=Path(current_app.config["DATA"]))


def listed(found: Progress) -> list[dict[str, object]]:
    """The steps as a list of tasks; one whose page is not open to the reader has no link."""
    return [
        {
            "code": step.code,
            "label": _(step.label),
            "hint": _(step.why),
            "url": place(step.endpoint) or None,
            "state": state,
            "state_code": "empty" if state == "open" else "done",
            "state_label": _(_STATES[state]),
            "decided": _(step.decided) if step.decided else "",
        }
        for step, state in states(found)
    ]


@blueprint.route("/admin/first-steps", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The steps; a decision is ticked off here, or opened again."""
    form = TickForm()

    def act() -> str:
        done, open_again = request.form.get("tick", ""), request.form.get("untick", "")
        tick(db.session(), current_actor(), done or open_again, done=bool(done))
        return url_for("first_steps.index")

    answer = submit(form, act)
    if answer:
        return answer
    found = present_progress()
    page = render_template("admin/first_steps/index.html", steps=listed(found), left=len(found.left), form=form)
    return page, form.http_status
